import { StopSignal } from '@kd/core';
import { exitCodes } from './act.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal asks the run to save and end; the second ends it at once. */
export function stopOnSignals(say: (message: string) => void): StopSignal {
  const stop = new StopSignal();
  for (const signal of signals) {
    process.on(signal, () => {
      if (stop.requested) process.exit(codeOf(signal));
      stop.request(signal);
      say(`${signal}: saving after this step; once more to end at once.`);
    });
  }
  return stop;
}

/** A signal ends a command that has nothing to save, at once. */
export function endOnSignals(say: (message: string) => void, meaning: string): void {
  for (const signal of signals) {
    process.on(signal, () => {
      say(`${signal}: ${meaning}`);
      process.exit(codeOf(signal));
    });
  }
}

function codeOf(signal: (typeof signals)[number]): number {
  return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
}
