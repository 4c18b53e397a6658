import { mistake, type ErrorRow } from './row.ts';

export const configErrors: {
  readonly KD_CONFIG_INVALID: ErrorRow<{ source: string; problems: readonly string[] }>;
  readonly KD_NUMBER: ErrorRow<{ what: string; expected: string; received: number }>;
} = {
  KD_CONFIG_INVALID: mistake(
    ({ source, problems }) => `${source} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    { source: 'kd.config.ts', problems: ["student.modle: unknown key, did you mean 'model'?"] },
  ),
  KD_NUMBER: mistake(
    ({ what, expected, received }) => `${what} must be ${expected}, but ${received} was given. Correct the number where it is set.`,
    { what: 'A random seed', expected: 'a whole number from 0 to 2^53 - 1', received: 1.5 },
  ),
};
