import { readFile, readlink } from 'node:fs/promises';
import type { Json } from '../util/json.js';

/**
 * A process, told apart from every other that ever ran on this machine: a pid is used again, and means another process in
 * another container. undefined: this platform does not tell (there is no /proc).
 */
export interface OwnerProcess {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** In clock ticks after the boot. */
  readonly startTime: string;
}

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
 * Whether that process is certainly dead. Only the same kernel can tell, and only in the same pid namespace: of a process
 * on another host, or in another container, nothing is known.
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

/** /proc may hide the processes of other users, and be out of descriptors. */
function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parseStat(stat: string): { readonly state: string; readonly startTime: string } {
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[18];
  if (state === undefined || startTime === undefined) throw new Error('/proc/<pid>/stat is cut short');
  return { state, startTime };
}

/** What was written as JSON of one; undefined when it is none. */
export function toOwnerProcess({ bootId, pidNamespace, pid, startTime }: Json): OwnerProcess | undefined {
  const isWhole =
    typeof bootId === 'string' &&
    typeof pidNamespace === 'string' &&
    typeof startTime === 'string' &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0;
  return isWhole ? { bootId, pidNamespace, pid: Number(pid), startTime } : undefined;
}
