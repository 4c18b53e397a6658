import { errorTable, type ErrorCode, type ErrorDetails } from './table.ts';

/** How a command that fails with this error exits: 1 = the run failed, 2 = config, usage or input must be mended. */
export type ExitCode = 1 | 2;

/**
 * The one error class of kd. `code` is stable and documented in `docs/errors.md`; `details` holds the values that the
 * message names; `cause` is the error underneath, where there is one.
 */
export class KdError extends Error {
  override readonly name: string = 'KdError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly exitCode: ExitCode;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>>, exitCode: ExitCode, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
    this.exitCode = exitCode;
  }
}

/**
 * Makes the error of a row of the table: `throw kdError('KD_LABEL_UNKNOWN', { label, space, known })`.
 * The details are typed by the row, so that a message never lacks a value.
 */
export function kdError<Code extends ErrorCode>(code: Code, details: ErrorDetails<Code>, cause?: unknown): KdError {
  const row = errorTable[code];
  const message = (row.message as (details: ErrorDetails<Code>) => string)(details);
  return new KdError(code, message, details as Readonly<Record<string, unknown>>, row.exit, cause);
}
