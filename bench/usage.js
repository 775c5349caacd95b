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

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function peakRssBytesOf(pid) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
