import type { GlobalFlags } from '../flags.ts';
import { safeText } from './safe-text.ts';

/** What to type next, about the same config: `npx kd inspect --config examples/a/kd.config.ts`. */
export function nextCommand({ config }: GlobalFlags, command: string): string {
  return config === undefined ? `npx kd ${command}` : `npx kd ${command} --config ${asArgument(config)}`;
}

/** A path as a shell takes it for one word. */
export function asArgument(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${safeText(path).replaceAll("'", "'\\''")}'`;
}
