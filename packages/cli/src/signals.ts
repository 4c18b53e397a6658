import { StopSignal } from '@kd/core';
import { exitCodes } from './act.ts';

/** The first signal asks the run to save and end; the second ends it at once. */
export function stopOnSignals(say: (message: string) => void): StopSignal {
  const stop = new StopSignal();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.requested) process.exit(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
      stop.request(signal);
      say(`${signal}: saving after this step; once more to end at once.`);
    });
  }
  return stop;
}
