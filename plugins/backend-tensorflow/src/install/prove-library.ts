import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FoundLibrary } from '../library/library-in.ts';

/** What a library has shown of itself. */
export interface Proof {
  /** As the library itself says it. */
  readonly version: string;
  /** The kinds of devices that it computes on: `CPU`, `GPU`. */
  readonly devices: readonly string[];
}

/** Shows that a library works, or throws with the reason. */
export type Prove = (library: FoundLibrary) => Promise<Proof>;

const mostMs = 120_000;

/** Loads the library in a process of its own, for a broken one may end its process, and multiplies two matrices with it. */
export const proveLibrary: Prove = async ({ cc, framework }) => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('./probe.js', import.meta.url)), framework, cc], { timeout: mostMs, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
    return JSON.parse(stdout) as Proof;
  } catch (error) {
    const { stderr = '', signal, killed } = error as { stderr?: string; signal?: string; killed?: boolean };
    const said = /^probe: (.+)$/m.exec(stderr)?.[1];
    throw new Error(said ?? (killed ? `it gave no answer within ${mostMs / 1000} s` : signal ? `it ended with ${signal}` : stderr.trim().split('\n').at(-1) || String(error)), { cause: error });
  }
};
