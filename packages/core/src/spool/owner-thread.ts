import { readlinkSync } from 'node:fs';
import { access, readFile, readlink } from 'node:fs/promises';
import type { Json } from '../util/json.js';
import { isMissing } from './trusted-file.js';

/**
 * Identifies a thread among all that ever ran on this machine. Ids alone do not: they are reused, and containers have
 * their own.
 */
export interface OwnerThread {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process started, in clock ticks since the boot. */
  readonly startTime: string;
  /** The kernel's id of the thread. */
  readonly tid: number;
}

/** Not read asynchronously: one of libuv's threads would read its own. Read once, when this file is loaded. */
const THREAD_SELF = threadSelf();

function threadSelf(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return undefined;
  }
}

/** @returns undefined if the platform has no /proc */
export async function thisThread(): Promise<OwnerThread | undefined> {
  if (THREAD_SELF === undefined) return undefined;
  try {
    const { pid, tid } = parseThreadSelf(THREAD_SELF);
    const [bootId, pidNamespace, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
      readFile('/proc/self/stat', 'utf8'),
    ]);
    const { startTime } = parseStat(stat);
    return { bootId: bootId.trim(), pidNamespace, pid, startTime, tid };
  } catch {
    return undefined;
  }
}

/**
 * Whether a thread has certainly ended. Nothing is known about a thread on another host or in another pid namespace.
 *
 * The kernel's thread outlives the file calls of a worker: before a worker ends, however it ends, Node waits for those
 * that have begun. So once the thread is gone, nothing of it writes to a file any more.
 */
export async function hasCertainlyEnded(other: OwnerThread, self: OwnerThread): Promise<boolean> {
  if (other.bootId !== self.bootId || other.pidNamespace !== self.pidNamespace) return false;
  try {
    const { state, startTime } = parseStat(await readFile(`/proc/${other.pid}/stat`, 'utf8'));
    if (state === 'Z' || state === 'X' || startTime !== other.startTime) return true;
  } catch {
    return !answersSignals(other.pid);
  }
  return !(await hasThread(other));
}

/** For a process whose files in /proc can be read. */
async function hasThread({ pid, tid }: OwnerThread): Promise<boolean> {
  try {
    await access(`/proc/${pid}/task/${tid}`);
    return true;
  } catch (error) {
    return !isMissing(error);
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

/** @param link such as 1234/task/1240 @throws if it belongs to another process, as where /proc is of another namespace */
function parseThreadSelf(link: string): { readonly pid: number; readonly tid: number } {
  const [pid, , tid] = link.split('/').map(Number);
  if (pid !== process.pid || tid === undefined) throw new Error(`/proc/thread-self is ${link}`);
  return { pid, tid };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parseStat(stat: string): { readonly state: string; readonly startTime: string } {
  // The second field is the program's name in parentheses. It may contain spaces and parentheses itself.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[18];
  if (state === undefined || startTime === undefined) throw new Error('/proc/<pid>/stat is cut short');
  return { state, startTime };
}

/** @returns undefined if the object does not describe a thread */
export function toOwnerThread({ bootId, pidNamespace, pid, startTime, tid }: Json): OwnerThread | undefined {
  const isWhole =
    typeof bootId === 'string' && typeof pidNamespace === 'string' && typeof startTime === 'string';
  return isWhole && isId(pid) && isId(tid) ? { bootId, pidNamespace, pid, startTime, tid } : undefined;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
