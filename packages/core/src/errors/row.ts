/** One row of the error table: what is said, how a command exits, and an example that the documentation shows. */
export interface ErrorRow<Details> {
  /** What happened (expected, received), where, and what to do next. */
  readonly message: (details: Details) => string;
  readonly exit: 1 | 2;
  /** Details as they may occur, for `docs/errors.md`. */
  readonly example: Details;
}

/** A mistake in config, usage or input: the command exits with 2. */
export function mistake<Details>(message: (details: NoInfer<Details>) => string, example: NoInfer<Details>): ErrorRow<Details> {
  return { message, exit: 2, example };
}

/** A run that could not go on: the command exits with 1. */
export function failure<Details>(message: (details: NoInfer<Details>) => string, example: NoInfer<Details>): ErrorRow<Details> {
  return { message, exit: 1, example };
}
