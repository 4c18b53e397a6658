import { configErrors } from './config-errors.ts';
import { dataErrors } from './data-errors.ts';
import { fileErrors } from './file-errors.ts';
import { labelErrors } from './label-errors.ts';
import { pluginErrors } from './plugin-errors.ts';
import { runErrors } from './run-errors.ts';

/** Every error of kd, by code. `docs/errors.md` is made from this table. */
export const errorTable = {
  ...labelErrors,
  ...dataErrors,
  ...fileErrors,
  ...configErrors,
  ...pluginErrors,
  ...runErrors,
} as const;

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>[0];
