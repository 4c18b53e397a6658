import type { GlobalFlags } from '../flags.ts';
import { safeText } from './safe-text.ts';

/** What to type next, about the same config: `npx kd inspect --config examples/a/kd.config.ts`. */
export function nextCommand({ config }: GlobalFlags, command: string): string {
  return config === undefined ? `npx kd ${command}` : `npx kd ${command} --config ${/^[\w./-]+$/.test(config) ? config : `'${safeText(config)}'`}`;
}
