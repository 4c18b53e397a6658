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
  return { pid: process.pid, host: hostname(), boot: bootId(), started: startOf(process.pid) };
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
  const started = startOf(other.pid);
  return started === '' || other.started === '' || started === other.started;
}

function bootId(): string {
  return readOr('/proc/sys/kernel/random/boot_id').trim();
}

/** Field 22 of /proc/<pid>/stat; the second field, a name in brackets, may itself hold spaces and brackets. */
function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not Linux, or the process has just ended
  }
}
