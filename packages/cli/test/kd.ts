import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const bin: string = join(import.meta.dirname, '../bin/kd.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has said it. */
  said(text: string): Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For node itself; left out: {@link brief}. */
  readonly node?: readonly string[];
  /** A command that starts it. */
  readonly under?: readonly string[];
}

/** For processes that live a second: optimized code would come too late for them. */
export const brief: readonly string[] = ['--no-opt', '--liftoff-only'];

/** Runs compute with what npm brings, whatever this machine has installed. */
const withoutTensorflow: Readonly<Record<string, string>> = { KD_TENSORFLOW: '/none' };

/** Starts the built command without anything of this process's environment that it would look at. */
export function startKd(args: readonly string[], { cwd, env = {}, node = brief, under = [] }: StartOptions): Started {
  const [command = '', ...rest] = [...under, process.execPath, ...node, bin, ...args];
  const child = spawn(command, rest, { cwd, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...withoutTensorflow, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  const heard = (): void => listeners.forEach((listener) => listener());
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
      heard();
    });
  });
  const said = (text: string): Promise<void> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (stderr.includes(text)) resolve();
      else if (child.exitCode !== null) reject(new Error(`It ended with ${child.exitCode} before it said '${text}':\n${stderr}`));
      else return;
      listeners.delete(look);
    };
    listeners.add(look);
    look();
  });
  return { child, ended, said };
}

export function kd(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return startKd(args, { cwd }).ended;
}

/** Every JSON line of a text. */
export function events(text: string): readonly Record<string, unknown>[] {
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The stages that a run with `--json` has ended, and whether they were unchanged. */
export function stagesOf(stderr: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(events(stderr).filter(({ event }) => event === 'stage-end').map(({ stage, skipped }) => [stage as string, skipped as boolean]));
}
