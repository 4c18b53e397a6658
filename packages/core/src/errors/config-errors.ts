import { mistake, type ErrorRow } from './row.ts';

export const configErrors: {
  readonly KD_CONFIG_INVALID: ErrorRow<{ source: string; problems: readonly string[] }>;
} = {
  KD_CONFIG_INVALID: mistake(
    ({ source, problems }) => `${source} has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    { source: 'kd.config.ts', problems: ["student.modle: unknown key, did you mean 'model'?"] },
  ),
};
