import { styleText } from 'node:util';
import type { GlobalFlags } from './flags.ts';

/** How the process ends. */
export const exitCodes: { readonly done: 0; readonly failed: 1; readonly mistake: 2; readonly interrupted: 130; readonly terminated: 143 } = { done: 0, failed: 1, mistake: 2, interrupted: 130, terminated: 143 };

/** Runs a command and turns what it throws into a message and an exit code; a stack trace only with `--debug`. */
export async function act(flags: GlobalFlags, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = codeOf(error);
    const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
    const known = isKdError(error);
    if (flags.json) process.stderr.write(`${JSON.stringify({ event: 'error', code: known ? code : 'UNEXPECTED', message })}\n`);
    else if (known) process.stderr.write(`${styleText('red', String(code))}  ${message}\n`);
    else process.stderr.write(`${styleText('red', 'Unexpected error')}  ${message ?? String(error)}\nThis is a fault of kd or of a plugin. Run again with --debug to see where it comes from.\n`);
    if (flags.debug) process.stderr.write(`${stack ?? ''}\n${causeOf(error)}`);
  }
}

function isKdError(error: unknown): error is Error & { code: string; exitCode: number; details: Record<string, unknown> } {
  return error instanceof Error && error.name === 'KdError';
}

function codeOf(error: unknown): number {
  if (!isKdError(error)) return exitCodes.failed;
  if (error.code !== 'KD_STOPPED') return error.exitCode;
  return error.details['signal'] === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? `caused by ${cause.stack ?? cause.message}\n` : '';
}
