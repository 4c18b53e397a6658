import { Option, type Command } from 'commander';

/** What every command understands. */
export interface GlobalFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly set?: readonly string[];
  readonly seed?: string;
  readonly name?: string;
  readonly out?: string;
}

/** Each of these may stand before or after a command's name. */
export function flagOptions(): readonly Option[] {
  return [
    new Option('-c, --config <file>', 'the config; else the nearest kd.config.{ts,mts,js,mjs,json,yaml} or package.json#kd'),
    new Option('--out <folder>', 'where the run keeps its files; default runs/<name> beside the config'),
    new Option('--name <name>', 'name of the run'),
    new Option('--seed <number>', 'repeats a run byte for byte'),
    new Option('--set <key.path=value>', 'replace a value of the config; may be repeated').argParser((text: string, all: readonly string[] = []) => [...all, text]),
    new Option('--json', 'one JSON object on stdout, events as JSON lines on stderr'),
    new Option('-q, --quiet', 'errors only'),
    new Option('--debug', 'show stack traces'),
  ];
}

/** The flags of a command, wherever they stood; of two, the later one counts. */
export function flagsOf(command: Command): GlobalFlags {
  const outer = command.parent ? flagsOf(command.parent) : {};
  const own = command.opts<GlobalFlags>();
  return { ...outer, ...own, ...(outer.set && own.set ? { set: [...outer.set, ...own.set] } : {}) };
}
