/** Says what npm met when no registry can be reached; other failures of npm are failures. */
export function unreachable(error: unknown): string | undefined {
  return /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.exec(String((error as { stderr?: string }).stderr))?.[1];
}
