import { spawn, type ChildProcess } from 'node:child_process';
import { expect } from 'vitest';
import { bundle, commandFor } from './driver/bundle.mjs';
import type { Job, Outcome } from './driver/job.ts';

let script = '';

export async function bundleDriver(outfile: string): Promise<void> {
  await bundle('run-once.ts', outfile);
  script = outfile;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Undefined for a process that was killed. */
  readonly outcome: Outcome | undefined;
  /** Of all processes that a wrapper has started, one after the other. */
  readonly outcomes: readonly Outcome[];
  readonly stderr: string;
}

/** Starts a process for a job. */
export function start(job: Job, wrapper: readonly string[] = []): { readonly process: ChildProcess; readonly said: (text: string) => Promise<void>; readonly ended: Promise<Ended> } {
  const [command, ...rest] = [...wrapper, ...commandFor(script), JSON.stringify(job)];
  const child = spawn(command!, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const said = (text: string): Promise<void> => new Promise((resolve) => {
    const look = (): void => void (stdout.includes(text) && resolve());
    child.stdout.on('data', look);
    look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      const outcomes = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Outcome);
      resolve({ exitCode, signal, stderr, outcomes, outcome: outcomes.at(-1) });
    });
  });
  return { process: child, said, ended };
}

/** Runs a job to its end. */
export async function run(job: Job, wrapper?: readonly string[]): Promise<Ended> {
  return start(job, wrapper).ended;
}

/** Runs a job that must come through. */
export async function finish(job: Job): Promise<Outcome> {
  const { outcome, stderr } = await run(job);
  expect(outcome?.done, outcome?.message ?? stderr).toBe(true);
  return outcome!;
}

/** Runs a job whose process must end by `kill -9`. */
export async function runKilled(job: Job): Promise<void> {
  const { signal, outcome, stderr } = await run(job);
  expect(signal, `${JSON.stringify(job.kill)} ${outcome?.message ?? stderr}`).toBe('SIGKILL');
}

/** Runs a job that must fail with a certain error of kd, whose message says what to do. */
export async function failWith(code: string, job: Job, wrapper?: readonly string[]): Promise<Outcome> {
  const { outcome, stderr } = await run(job, wrapper);
  expect(outcome?.code, outcome?.message ?? stderr).toBe(code);
  return outcome!;
}
