// What a process uses, together with another one that ships its output.
import { readFileSync } from 'node:fs';

/** Linux tells times of processes in hundredths of a second, whatever its clock does. */
const MS_PER_TICK = 10;

/**
 * CPU time since the start, of all threads: of this process, and of another one.
 * @param {number} [otherPid]
 */
export function cpuMs(otherPid) {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + (otherPid === undefined ? 0 : cpuMsOf(otherPid));
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuMsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses, which may contain spaces.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * MS_PER_TICK;
}

/**
 * The peaks since the start; memory that the two share counts twice.
 * @param {number} [otherPid]
 */
export function peakRssBytes(otherPid) {
  return process.resourceUsage().maxRSS * 1024 + (otherPid === undefined ? 0 : peakRssBytesOf(otherPid));
}

function peakRssBytesOf(pid) {
  return memoryBytes(pid, 'VmHWM');
}

/**
 * Memory of this process that no file backs. The kernel takes pages of files, such as Node's code, away from who rests, and some
 * do so before memory is short.
 */
export function anonymousBytes() {
  return memoryBytes('self', 'RssAnon');
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function memoryBytes(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
