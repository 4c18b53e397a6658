import type { z } from 'zod';

const most = 3;

/** What a schema finds wrong with a file's JSON, by place, in one line. */
export function shapeProblem({ issues }: z.ZodError): string {
  const told = issues.slice(0, most).map(({ path, message }) => `${path.length === 0 ? 'it' : path.join('.')}: ${message.replace(/^Invalid input: /, '')}`);
  return [...told, ...(issues.length > most ? [`and ${issues.length - most} more`] : [])].join('; ');
}
