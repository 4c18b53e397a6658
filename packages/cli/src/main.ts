import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { act } from './act.ts';
import type { GlobalFlags } from './flags.ts';

/** Commands that compute are imported when they are called: TensorFlow.js takes longer to load than help to print. */
const stages: Readonly<Record<string, string>> = {
  teachers: 'open the source models',
  student: 'open the target model',
  'train-teachers': 'train the teachers that the config trains, and judge all of them',
  'distillation-data': 'store the teachers’ answers on the transfer set',
  distill: 'train the student',
};

/** The `kd` command. @param argv as `process.argv` */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away (`kd run | head`) is no reason to stop training.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const program = new Command('kd')
    .description('Distills several teachers, which may speak different label sets, into one small student.')
    .version(version)
    .option('-c, --config <file>', 'the config; else the nearest kd.config.{ts,mts,js,mjs,json,yaml} or package.json#kd')
    .option('--out <folder>', 'where the run keeps its files; default runs/<name> beside the config')
    .option('--name <name>', 'name of the run')
    .option('--seed <number>', 'repeats a run byte for byte')
    .option('--set <key.path=value>', 'replace a value of the config; may be repeated', (text: string, all: readonly string[] = []) => [...all, text])
    .option('--json', 'one JSON object on stdout, events as JSON lines on stderr')
    .option('-q, --quiet', 'errors only')
    .option('--debug', 'show stack traces')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(kd --help lists the commands)')
    .exitOverride();
  const flags = (): GlobalFlags => program.opts();
  program.command('run', { isDefault: false }).description('all five stages; what is unchanged is not run again')
    .action(() => act(flags(), async () => (await import('./commands/run.ts')).run(flags())));
  for (const [stage, description] of Object.entries(stages)) {
    program.command(stage).description(`up to this stage: ${description}`)
      .action(() => act(flags(), async () => (await import('./commands/run.ts')).run(flags(), stage as 'distill')));
  }
  program.command('check').description('find mistakes before anything runs; show label map, cost and backend')
    .action(() => act(flags(), async () => (await import('./commands/check.ts')).check(flags())));
  program.command('inspect').description('the resolved objective, and the config with the origin of each value')
    .action(() => act(flags(), async () => (await import('./commands/inspect.ts')).inspect(flags())));
  program.command('evaluate').argument('<student>', 'a folder with model.json, or a run’s folder').description('judge a saved student on the config’s test data')
    .action((student: string) => act(flags(), async () => (await import('./commands/evaluate.ts')).evaluate(student, flags())));
  program.command('init').description('write a commented kd.config.ts')
    .action(() => act(flags(), async () => (await import('./commands/init.ts')).init(flags())));
  program.command('plugins').description('list every strategy that a config can name')
    .action(() => act(flags(), async () => (await import('./commands/plugins.ts')).plugins(flags())));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}
