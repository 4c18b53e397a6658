import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';

/** The calls that change files, and the place of the path that names the change among their arguments. */
const changing = { open: 0, rename: 1, rm: 0, link: 1, writeFile: 0, mkdir: 0 } as const;

/**
 * Tells `listener` about every change to a file below `root`, before and after it is made: `before rename units/distill.json`.
 * Replaces functions of node:fs/promises; named imports of a builtin module follow.
 */
export function listenToFiles(root: string, listener: (label: string) => void): void {
  const all = promises as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const [call, place] of Object.entries(changing)) {
    const own = all[call]!;
    all[call] = async (...given) => {
      const reads = call === 'open' && (given[1] === undefined || given[1] === 'r');
      if (reads) return own(...given);
      const label = `${call} ${plainName(relative(root, String(given[place])))}`;
      listener(`before ${label}`);
      const made = await own(...given);
      listener(`after ${label}`);
      return made;
    };
  }
  syncBuiltinESMExports();
}

function plainName(path: string): string {
  return path.replace(/\.kd-[0-9a-f]{16}\.tmp/, 'tmp').replace(/after-[0-9a-f]{16}/, 'claim');
}
