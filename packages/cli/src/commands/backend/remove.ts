import { removeLibrary } from '@kd/plugin-backend-tensorflow';
import type { GlobalFlags } from '../../flags.ts';
import { print } from '../../output/print.ts';
import { safeText } from '../../output/safe-text.ts';

export interface RemoveFlags {
  readonly version?: string;
}

/** `kd backend remove tensorflow` */
export async function removeBackend(flags: GlobalFlags, { version }: RemoveFlags): Promise<void> {
  const removed = (await removeLibrary({ version })).map(({ version: of, cuda, entry }) => ({ version: of, cuda, entry }));
  print(flags, { removed }, () => removed.map(({ entry }) => `Removed ${safeText(entry)}\n`).join('') || 'Nothing of TensorFlow was installed by kd\n');
}
