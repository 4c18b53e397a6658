import { configErrors } from './config-errors.ts';
import { dataErrors } from './data-errors.ts';
import { exportErrors } from './export-errors.ts';
import { fileErrors } from './file-errors.ts';
import { labelErrors } from './label-errors.ts';
import { libraryErrors } from './library-errors.ts';
import { objectiveErrors } from './objective-errors.ts';
import { pluginErrors } from './plugin-errors.ts';
import { runErrors } from './run-errors.ts';
import { teacherErrors } from './teacher-errors.ts';

/** The rows of all areas: code, details, message and exit. */
export type ErrorTable = typeof labelErrors & typeof dataErrors & typeof fileErrors & typeof configErrors & typeof pluginErrors & typeof teacherErrors & typeof objectiveErrors & typeof runErrors & typeof libraryErrors & typeof exportErrors;

/** Every error of kd, by code. `docs/errors.md` is made from this table. */
export const errorTable: ErrorTable = {
  ...labelErrors,
  ...dataErrors,
  ...fileErrors,
  ...configErrors,
  ...pluginErrors,
  ...teacherErrors,
  ...objectiveErrors,
  ...runErrors,
  ...libraryErrors,
  ...exportErrors,
};

export type ErrorCode = keyof ErrorTable;
export type ErrorDetails<Code extends ErrorCode> = Parameters<ErrorTable[Code]['message']>[0];
