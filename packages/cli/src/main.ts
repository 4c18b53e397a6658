import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { act } from './act.ts';
import { addBackendCommands } from './commands/backend/commands.ts';
import { flagOptions, flagsOf, type GlobalFlags } from './flags.ts';
import { addHelp } from './help.ts';

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
    .showHelpAfterError('(kd --help lists the commands)')
    .enablePositionalOptions() // `kd backend install tensorflow --version 2.20.0` is not `kd --version`
    .exitOverride();
  for (const option of flagOptions()) program.addOption(option);
  add(program, 'run', 'all five stages; what is unchanged is not run again', async (flags) => (await import('./commands/run.ts')).run(flags));
  for (const [stage, description] of Object.entries(stages)) {
    add(program, stage, `up to this stage: ${description}`, async (flags) => (await import('./commands/run.ts')).run(flags, stage as 'distill'));
  }
  add(program, 'check', 'find mistakes before anything runs; show label map, cost and backend', async (flags) => (await import('./commands/check.ts')).check(flags));
  add(program, 'inspect', 'the resolved objective, and the config with the origin of each value', async (flags) => (await import('./commands/inspect.ts')).inspect(flags));
  add(program, 'evaluate', 'judge a saved student on the config’s test data', async (flags, [student]) => (await import('./commands/evaluate.ts')).evaluate(student!, flags))
    .argument('<student>', 'a folder with model.json, or a run’s folder');
  add(program, 'report', 'what a run found, as one page: report.html in its folder', async (flags, [run]) => (await import('./commands/report.ts')).report(run, flags))
    .argument('[run]', 'the run’s folder; default: that of the config');
  add(program, 'compare', 'the students of several runs, such as one a seed, with mean and spread', async (flags, runs) => (await import('./commands/compare.ts')).compare(runs, flags))
    .argument('<runs...>', 'folders of runs');
  add(program, 'export', 'the student as it ships: model, labels, loader, demo page', async (flags, [run]) => (await import('./commands/export.ts')).exportRun(run, flags))
    .argument('[run]', 'the run’s folder; default: that of the config')
    .option('--to <folder>', 'where to; default: export in the run’s folder')
    .option('--precision <type>', 'how matrices are stored: float32, float16 or uint8')
    .option('--onnx', 'also model.onnx, for ONNX Runtime on phones and servers')
    .option('--budget <size>', 'the most that the weights may take, such as 300kb');
  add(program, 'init', 'write a commented kd.config.ts', async (flags) => (await import('./commands/init.ts')).init(flags));
  add(program, 'plugins', 'list every strategy that a config can name', async (flags) => (await import('./commands/plugins.ts')).plugins(flags));
  addBackendCommands(program);
  for (const command of [...program.commands]) addFlags(command, version);
  addHelp(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}

function add(program: Command, name: string, description: string, work: (flags: GlobalFlags, args: readonly string[]) => Promise<void>): Command {
  const command: Command = program.command(name).description(description).action(() => {
    const flags = flagsOf(command);
    return act(flags, () => work(flags, command.args));
  });
  return command;
}

/** Each command takes the flags of the program after its name, too. */
function addFlags(command: Command, version: string): void {
  for (const inner of command.commands) addFlags(inner, version);
  if (!command.options.some(({ long }) => long === '--version')) command.version(version);
  for (const option of flagOptions()) command.addOption(option);
}
