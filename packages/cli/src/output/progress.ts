import type { Reporter, WorkProgress } from '@kd/core';
import { said } from './paint.ts';
import { safeLines, safeText } from './safe-text.ts';
import { percent, seconds } from './table.ts';

/** Where talk goes: a terminal gets one live line, everything else a line now and then. */
export interface Talk {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const BAR = 24;
/** A live line is drawn this often; plain lines come at least this often. */
const LIVE_MS = 100;
const PLAIN_MS = 30_000;
/** Plain lines come at every such share of a unit. */
const SHARES = 4;

/** Shows how a run goes. @param live one line that moves, for a terminal that a person looks at */
export function progressReporter(talk: Talk, live: boolean): Reporter {
  let unit = '';
  let started = 0;
  let first = 0;
  let drawn = 0;
  let share = 0;
  let open = false;
  const clear = (): void => {
    if (open) talk.write('\r\u001b[2K');
    open = false;
  };
  const line = (text: string): void => {
    clear();
    talk.write(`${text}\n`);
  };
  return {
    stageEnd: (stage, { skipped, seconds: took }) => line(`${said('bold', stage.padEnd(18))} ${skipped ? said('dim', 'unchanged') : seconds(took)}`),
    warn: (message) => line(`${said('yellow', 'warning')} ${safeLines(message)}`),
    note: (message) => line(safeLines(message)),
    progress(progress) {
      const now = performance.now();
      if (unit !== progress.unit) [unit, started, first, share, drawn] = [progress.unit, now, progress.done, 0, now];
      const rate = (progress.done - first) / Math.max(1e-3, (now - started) / 1000);
      const finished = progress.done >= progress.total;
      if (live) {
        if (now - drawn < LIVE_MS && !finished && open) return;
        clear();
        if (finished) return;
        drawn = now;
        open = true;
        talk.write(describe(progress, rate, true).slice(0, (talk.columns ?? 100) - 1));
        return;
      }
      const reached = Math.floor((SHARES * progress.done) / progress.total);
      if (reached <= share && now - drawn < PLAIN_MS) return;
      share = reached;
      drawn = now;
      line(describe(progress, rate, false));
    },
  };
}

function describe({ stage, unit, done, total, what, numbers = {} }: WorkProgress, rate: number, bar: boolean): string {
  const filled = Math.round((BAR * done) / total);
  const drawnBar = bar ? `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ` : '';
  const left = rate > 0 && done < total ? `  ${seconds((total - done) / rate)} left` : '';
  const loss = numbers['loss'] === undefined ? '' : `  loss ${numbers['loss'].toFixed(3)}`;
  const alpha = numbers['alpha'] === undefined || !numbers['soft'] ? '' : `  α ${numbers['alpha'].toFixed(2)}`;
  const validated = numbers['validationAccuracy'] === undefined ? '' : `  validated ${percent(numbers['validationAccuracy'])}`;
  // The first report of a unit says where it stands; how fast it goes is known from the second on.
  const speed = rate > 0 ? `  ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} ${what}/s` : '';
  return `  ${safeText(stage === 'distillation-data' ? `answers of ${unit}` : unit).padEnd(22)} ${drawnBar}${String(Math.floor((100 * done) / total)).padStart(3)} %${speed}${left}${loss}${alpha}${validated}`;
}

/** Progress as JSON lines, for programs. */
export function jsonReporter(talk: Talk): Reporter {
  const say = (event: Readonly<Record<string, unknown>>): unknown => talk.write(`${JSON.stringify(event)}\n`);
  let last = 0;
  return {
    stageStart: (stage) => say({ event: 'stage-start', stage }),
    stageEnd: (stage, outcome) => say({ event: 'stage-end', stage, ...outcome }),
    warn: (message) => say({ event: 'warning', message }),
    note: (message) => say({ event: 'note', message }),
    progress(progress) {
      if (performance.now() - last < 1000 && progress.done < progress.total) return;
      last = performance.now();
      say({ event: 'progress', ...progress });
    },
  };
}
