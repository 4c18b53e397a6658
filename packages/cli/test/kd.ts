import { fork, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const bin: string = join(import.meta.dirname, '../bin/kd.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has said it. */
  said(text: string): Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For node itself; left out: {@link brief}. */
  readonly node?: readonly string[];
  /** A command that starts it. */
  readonly under?: readonly string[];
}

/** For processes that live a second: optimized code would come too late for them. */
export const brief: readonly string[] = ['--no-opt', '--liftoff-only'];

/** Runs compute with what npm brings, whatever this machine has installed. */
const withoutTensorflow: Readonly<Record<string, string>> = { KD_TENSORFLOW: '/none' };

/** Nothing else of this process's environment is there. */
const environment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: process.env['HOME'], ...withoutTensorflow, ...more });

/** Starts the built command without anything of this process's environment that it would look at. */
export function startKd(args: readonly string[], { cwd, env, node = brief, under = [] }: StartOptions): Started {
  const [command = '', ...rest] = [...under, process.execPath, ...node, bin, ...args];
  const child = spawn(command, rest, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  const heard = (): void => listeners.forEach((listener) => listener());
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
      heard();
    });
  });
  const said = (text: string): Promise<void> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (stderr.includes(text)) resolve();
      else if (child.exitCode !== null) reject(new Error(`It ended with ${child.exitCode} before it said '${text}':\n${stderr}`));
      else return;
      listeners.delete(look);
    };
    listeners.add(look);
    look();
  });
  return { child, ended, said };
}

export function kd(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return startKd(args, { cwd }).ended;
}

/**
 * What answers as {@link kd}, but the commands of a test file, one after the other, share a process: four fifths of what a
 * command takes is the loading of its modules. Those of the project are loaded once.
 */
export function kdInOneProcess(): typeof kd {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  afterAll(() => void child?.kill('SIGKILL'));
  const ask = (cwd: string, args: readonly string[]): Promise<Ended> => new Promise((resolve, reject) => {
    child ??= fork(join(import.meta.dirname, 'many-commands.mjs'), { env: environment(), execArgv: [...brief], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = (code: number | null): void => {
      child = undefined;
      reject(new Error(`'kd ${args.join(' ')}' ended the process of all commands with ${code}`));
    };
    child.once('exit', ended).once('message', (answer) => {
      child?.off('exit', ended);
      resolve(answer as Ended);
    });
    child.send({ cwd, args });
  });
  return (cwd, ...args) => {
    const answer = last.then(() => ask(cwd, args));
    last = answer.catch(() => {});
    return answer;
  };
}

/** Every JSON line of a text. */
export function events(text: string): readonly Record<string, unknown>[] {
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The stages that a run with `--json` has ended, and whether they were unchanged. */
export function stagesOf(stderr: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(events(stderr).filter(({ event }) => event === 'stage-end').map(({ stage, skipped }) => [stage as string, skipped as boolean]));
}
