import { kdError } from '../../errors/kd-error.ts';

/** Throws `KD_NUMBER` unless `holds`. */
export function expectOption(what: string, received: number, holds: boolean, expected: string): void {
  if (!holds) throw kdError('KD_NUMBER', { what, expected, received });
}
