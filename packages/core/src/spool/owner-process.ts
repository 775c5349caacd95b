import { readFile, readlink } from 'node:fs/promises';
import type { Json } from '../util/json.js';

/**
 * Identifies a process among all that ever ran on this machine. A pid alone does not: it is reused, and containers have
 * their own.
 */
export interface OwnerProcess {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** In clock ticks since the boot. */
  readonly startTime: string;
}

/** @returns undefined if the platform has no /proc */
export async function thisProcess(): Promise<OwnerProcess | undefined> {
  try {
    const [bootId, pidNamespace, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
      readFile('/proc/self/stat', 'utf8'),
    ]);
    const { startTime } = parseStat(stat);
    return { bootId: bootId.trim(), pidNamespace, pid: process.pid, startTime };
  } catch {
    return undefined;
  }
}

/**
 * Whether a process is certainly dead. Nothing is known about a process on another host or in another pid namespace.
 */
export async function isProvenDead(other: OwnerProcess, self: OwnerProcess): Promise<boolean> {
  if (other.bootId !== self.bootId || other.pidNamespace !== self.pidNamespace) return false;
  try {
    const { state, startTime } = parseStat(await readFile(`/proc/${other.pid}/stat`, 'utf8'));
    return state === 'Z' || state === 'X' || startTime !== other.startTime;
  } catch {
    return !answersSignals(other.pid);
  }
}

/**
 * For when /proc cannot be read: it may hide other users' processes, and this process may be out of file descriptors.
 */
function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parseStat(stat: string): { readonly state: string; readonly startTime: string } {
  // The second field is the program's name in parentheses. It may contain spaces and parentheses itself.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[18];
  if (state === undefined || startTime === undefined) throw new Error('/proc/<pid>/stat is cut short');
  return { state, startTime };
}

/** @returns undefined if the object does not describe a process */
export function toOwnerProcess({ bootId, pidNamespace, pid, startTime }: Json): OwnerProcess | undefined {
  const isWhole =
    typeof bootId === 'string' &&
    typeof pidNamespace === 'string' &&
    typeof startTime === 'string' &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0;
  return isWhole ? { bootId, pidNamespace, pid: Number(pid), startTime } : undefined;
}
