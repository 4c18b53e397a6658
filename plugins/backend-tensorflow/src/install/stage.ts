import type { Reporter } from '@kd/core';
import type { OnBytes } from './download.ts';

/** Runs a part of the work and reports how long it took. */
export async function stage<T>(reporter: Reporter, name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  reporter.stageStart?.(name);
  const done = await work();
  reporter.stageEnd?.(name, { skipped: false, seconds: (performance.now() - start) / 1000 });
  return done;
}

/** Reports bytes as MB of a unit of work. */
export function progressOf(reporter: Reporter, stage: string, unit: string): OnBytes {
  const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
  return (done, total) => {
    if (total) reporter.progress?.({ stage, unit, done: megabytes(done), total: Math.max(0.1, megabytes(total)), what: 'MB' });
  };
}
