import type { GlobalFlags } from '../flags.ts';

/** What a command has found, on stdout: for a program, for a person, or, with `--quiet`, not at all. */
export function print({ json, quiet }: GlobalFlags, found: Readonly<Record<string, unknown>>, text: () => string): void {
  if (json) process.stdout.write(`${JSON.stringify({ schema: 1, ...found })}\n`);
  else if (!quiet) process.stdout.write(text());
}
