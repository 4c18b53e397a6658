import { installLibrary } from '@kd/plugin-backend-tensorflow';
import type { GlobalFlags } from '../../flags.ts';
import { print } from '../../output/print.ts';
import { reporterFor } from '../../output/reporter-for.ts';
import { safeText } from '../../output/safe-text.ts';
import { endOnSignals } from '../../signals.ts';

export interface InstallFlags {
  readonly version?: string;
  readonly cuda?: boolean;
  readonly from?: string;
  readonly index?: string;
}

/** `kd backend install tensorflow` */
export async function installBackend(flags: GlobalFlags, { version, cuda, from, index }: InstallFlags): Promise<void> {
  const reporter = reporterFor(flags);
  endOnSignals((message) => reporter.note?.(message), 'nothing was installed. What was fetched is kept: the same command goes on from there.');
  const { library, unchanged } = await installLibrary({ version, cuda, from, index, reporter });
  const { folder, entry } = library;
  const what = `TensorFlow ${library.version}${library.cuda ? ' with CUDA' : ''}`;
  print(flags, { version: library.version, cuda: library.cuda, folder, entry, unchanged }, () => `${unchanged ? `${what} is there already, in` : `Installed ${what} in`} ${safeText(entry)}\nNext: npx kd backend list shows which backend runs take\n`);
}
