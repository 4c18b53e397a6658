import { Console } from 'node:console';
import type { GlobalFlags } from './flags.ts';
import { said } from './output/paint.ts';
import { safeLines } from './output/safe-text.ts';

/** How the process ends. */
export const exitCodes: { readonly done: 0; readonly failed: 1; readonly mistake: 2; readonly interrupted: 130; readonly terminated: 143 } = { done: 0, failed: 1, mistake: 2, interrupted: 130, terminated: 143 };

/** Runs a command and turns what it throws into a message and an exit code; a stack trace only with `--debug`. */
export async function act(flags: GlobalFlags, work: () => Promise<void>): Promise<void> {
  // stdout holds results alone; what models and plugins print is talk.
  globalThis.console = new Console(process.stderr, process.stderr);
  // Promises that nobody awaits, in a plugin for instance. What was saved last stands.
  process.once('uncaughtException', (error) => {
    report(error, flags);
    process.exit(codeOf(error));
  });
  try {
    await work();
  } catch (error) {
    process.exitCode = codeOf(error);
    report(error, flags);
  }
}

function report(error: unknown, { json, debug }: GlobalFlags): void {
  const message = error instanceof Error ? error.message : String(error);
  const trace = debug ? traceOf(error) : undefined;
  if (json) {
    process.stderr.write(`${JSON.stringify({ event: 'error', code: isKdError(error) ? error.code : 'UNEXPECTED', message, ...(trace === undefined ? {} : { trace }) })}\n`);
    return;
  }
  const text = isKdError(error) ? `${said('red', error.code)}  ${safeLines(message)}`
    : `${said('red', 'Unexpected error')}  ${safeLines(message)}\nThis is a fault of kd, of a plugin or of a module that the config names.${debug ? '' : ' Run again with --debug to see where it comes from.'}`;
  process.stderr.write(`${text}\n${trace === undefined ? '' : `${safeLines(trace)}\n`}`);
}

function isKdError(error: unknown): error is Error & { code: string; exitCode: number; details: Record<string, unknown> } {
  return error instanceof Error && error.name === 'KdError';
}

function codeOf(error: unknown): number {
  if (!isKdError(error)) return exitCodes.failed;
  if (error.code !== 'KD_STOPPED') return error.exitCode;
  return error.details['signal'] === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
}

/** Where an error comes from, and what lies underneath it. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${traceOf(error.cause)}`;
}
