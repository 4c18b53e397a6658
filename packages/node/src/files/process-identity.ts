import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from './disk-error.ts';

/** Tells one process from every other: a pid alone is used again after a while, and after each start of the machine. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Names this start of the machine; empty where the system does not tell. */
  readonly boot: string;
  /** When the process started, in the system's own ticks since boot; empty where the system does not tell. */
  readonly started: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), boot: bootId(), started: statOf(process.pid).started };
}

/** Whether a process of this machine still runs: same start of the machine, same pid, same start of the process. */
export function isRunning(other: ProcessIdentity): boolean {
  const boot = bootId();
  if (boot !== '' && other.boot !== '' && boot !== other.boot) return false;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const { state, started } = statOf(other.pid);
  if (state === 'Z' || state === 'X') return false; // killed, and not yet collected by who started it
  return started === '' || other.started === '' || started === other.started;
}

function bootId(): string {
  return readOr('/proc/sys/kernel/random/boot_id').trim();
}

/** Fields 3 and 22 of /proc/<pid>/stat; the second field, a name in brackets, may itself hold spaces and brackets. */
function statOf(pid: number): { readonly state: string; readonly started: string } {
  const stat = readOr(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, started: fields[19] ?? '' };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not Linux, or the process has just ended
  }
}
