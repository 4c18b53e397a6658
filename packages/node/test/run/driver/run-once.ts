// One run in a process of its own, as the kd command does it. The job comes as JSON in the first argument; what happened
// goes as JSON to the last line of standard output.
import { definePlugin, KdError, LOADER, resolveConfig, runStages, ServiceContainer, startBackend, StopSignal, version, type KdConfig, type Plugin } from '@kd/core';
import { BASE_FOLDER, fileLoader, nodePlugin, openRun } from '../../../src/index.ts';
import adaptiveAlpha from '../../../../../plugins/adaptive-alpha/src/index.ts';
import { listenToFiles } from './file-events.ts';
import type { At, Job, Outcome } from './job.ts';
import { variants } from './variants.ts';

const job = JSON.parse(process.argv[2]!) as Job;
const events: string[] = [];
const warnings: string[] = [];
const skipped: string[] = [];
const seen = new Map<At, number>();
const stop = new StopSignal();
let signalled: number | undefined;

function isAt(label: string, at: At | undefined): at is At {
  if (!at || (at.label.endsWith('*') ? !label.startsWith(at.label.slice(0, -1)) : label !== at.label)) return false;
  seen.set(at, (seen.get(at) ?? 0) + 1);
  return seen.get(at) === (at.count ?? 1);
}

function happened(label: string): void {
  events.push(label);
  if (isAt(label, job.stop)) stop.request('a test');
  if (isAt(label, job.kill)) process.kill(process.pid, 'SIGKILL');
  if (!isAt(label, job.signal)) return;
  signalled = performance.now();
  process.kill(process.pid, 'SIGTERM');
}

const observer: Plugin = definePlugin({
  name: 'observer',
  apply({ hooks }) {
    hooks.stageStart.tapPromise('observer', (stage) => reached(`stage ${stage}`));
    hooks.stepEnd.tapPromise('observer', (_, { unit, progress }) => reached(`step ${unit} ${progress.step}`));
    hooks.evaluate.tap('observer', (sections, { unit }) => {
      happened(`evaluate ${unit}`);
      return sections;
    });
    hooks.report.tap('observer', (sections) => {
      happened('report');
      return sections;
    });
  },
});

async function reached(label: string): Promise<void> {
  happened(label);
  if (isAt(label, job.pause)) await lineFromParent();
}

async function lineFromParent(): Promise<void> {
  process.stdout.write('paused\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.pause();
}

async function runOnce(config: KdConfig): Promise<void> {
  const services = new ServiceContainer().provide(LOADER, fileLoader(job.base)).provide(BASE_FOLDER, job.base);
  const resolved = resolveConfig(config, { services, plugins: [nodePlugin, adaptiveAlpha, observer] });
  const run = await openRun(job.folder, (message) => void warnings.push(message));
  try {
    const { backend } = await startBackend(resolved);
    await run.readSummary();
    const reporter = { unitSkipped: (_: string, unit: string) => void skipped.push(unit), warn: (message: string) => void warnings.push(message) };
    const { summary } = await runStages(resolved, { workspace: run.workspace, reporter, stop, backend: backend.name, versions: { kd: version } });
    await run.writeSummary(summary!);
  } finally {
    await run.close();
  }
}

function failureOf(error: unknown): Partial<Outcome> {
  if (error instanceof KdError) return { code: error.code, exitCode: error.exitCode, message: error.message, details: error.details };
  return { code: 'UNEXPECTED', exitCode: 1, message: error instanceof Error ? error.stack! : String(error) };
}

async function main(): Promise<void> {
  let failure: Partial<Outcome> = {};
  try {
    await runOnce({ ...variants[job.variant ?? 'small']!(job, happened), ...job.changes });
  } catch (error) {
    failure = failureOf(error);
    process.exitCode = failure.exitCode;
  }
  const outcome: Outcome = { done: failure.code === undefined, ...failure, events, warnings, skipped, ...(signalled === undefined ? {} : { milliseconds: performance.now() - signalled }) };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

process.on('SIGTERM', () => stop.request('SIGTERM'));
listenToFiles(job.folder, happened);
void main();
