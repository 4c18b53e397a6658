import { Argument, type Command } from 'commander';
import { act } from '../../act.ts';
import { flagsOf } from '../../flags.ts';
import type { InstallFlags } from './install.ts';
import type { RemoveFlags } from './remove.ts';

/** `kd backend`: what computes, and the native libraries for it. */
export function addBackendCommands(program: Command): void {
  const backend = program.command('backend').description('install, list or remove what computes');
  const name = (): Argument => new Argument('<name>', 'whose library').choices(['tensorflow']);
  const install: Command = backend.command('install').description('fetch TensorFlow’s native library, for much faster training').addArgument(name())
    .option('--version <version>', 'exactly this version; else the newest that kd has been tested with')
    .option('--cuda', 'with CUDA and NVIDIA’s libraries for it (Linux on x64; several GB)')
    .option('--from <wheel or folder>', 'a wheel of TensorFlow, a folder of wheels, or a folder with the libraries')
    .option('--index <url>', 'a Python package index; else the one that pip asks here')
    .action(() => act(flagsOf(install), async () => (await import('./install.ts')).installBackend(flagsOf(install), install.opts<InstallFlags>())));
  const list: Command = backend.command('list').description('what there is, and which one `auto` takes')
    .action(() => act(flagsOf(list), async () => (await import('./list.ts')).listBackends(flagsOf(list))));
  const remove: Command = backend.command('remove').description('take away what `install` has put into the cache').addArgument(name())
    .option('--version <version>', 'this version alone')
    .action(() => act(flagsOf(remove), async () => (await import('./remove.ts')).removeBackend(flagsOf(remove), remove.opts<RemoveFlags>())));
}
