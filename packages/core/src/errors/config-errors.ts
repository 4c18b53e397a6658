import { mistake, type ErrorRow } from './row.ts';
import { listOf, withoutStop } from './wording.ts';

export const configErrors: {
  readonly KD_CONFIG_INVALID: ErrorRow<{ source: string; problems: readonly string[] }>;
  readonly KD_NUMBER: ErrorRow<{ what: string; expected: string; received: number }>;
  readonly KD_CONFIG_MISSING: ErrorRow<{ looked: readonly string[] }>;
  readonly KD_CONFIG_SEVERAL: ErrorRow<{ files: readonly string[] }>;
  readonly KD_CONFIG_UNREADABLE: ErrorRow<{ file: string; message: string }>;
  readonly KD_PLUGIN_MISSING: ErrorRow<{ name: string; tried: readonly string[] }>;
  readonly KD_USAGE: ErrorRow<{ problem: string; next: string }>;
} = {
  KD_CONFIG_INVALID: mistake(
    ({ source, problems }) => `${source} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    { source: 'kd.config.ts', problems: ["student.modle: unknown key, did you mean 'model'?"] },
  ),
  KD_NUMBER: mistake(
    ({ what, expected, received }) => `${what} must be ${expected}, but ${received} was given. Correct the number where it is set.`,
    { what: 'A random seed', expected: 'a whole number from 0 to 2^53 - 1', received: 1.5 },
  ),
  KD_CONFIG_MISSING: mistake(
    ({ looked }) => `No config found. Looked for ${looked.join(', ')}. Write one with \`npx kd init\`, or name it with --config.`,
    { looked: ['package.json', 'kd.config.ts'] },
  ),
  KD_CONFIG_SEVERAL: mistake(
    ({ files }) => `One folder holds ${files.length} configs: ${listOf(files)}. Keep one of them, or name the one that you mean with --config.`,
    { files: ['kd.config.ts', 'kd.config.json'] },
  ),
  KD_CONFIG_UNREADABLE: mistake(
    ({ file, message }) => `${file} could not be read: ${withoutStop(message)}. Correct the file.`,
    { file: 'kd.config.yaml', message: 'bad indentation on line 3' },
  ),
  KD_PLUGIN_MISSING: mistake(
    ({ name, tried }) => `Plugin '${name}' was not found; tried ${tried.join(', ')}. Install it, or correct its name in \`plugins\`.`,
    { name: 'loses', tried: ['@kd/plugin-loses', 'kd-plugin-loses'] },
  ),
  KD_USAGE: mistake(
    ({ problem, next }) => `${problem}. ${next}`,
    { problem: '--set epochs: expected key.path=value', next: 'Write for example --set train.epochs=2.' },
  ),
};
