// Logs steadily for a long time against a service with mild faults, and watches what grows. See README.md.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answer, positive, print, start } from './processes.js';

/** @typedef {import('./children/soak.js').Sample} Sample */

const MIB = 1024 * 1024;

/** So that a soak has thousands of requests, of which some are met by each fault. */
const FLUSH_INTERVAL_MS = 200;

/** What belongs to starting is over by then. */
const SETTLED_AFTER_S = 60;

/** The line through the memory's samples may climb by so much in the time that is looked at. */
const MAX_GROWTH_MIB = 32;
const MAX_MORE_FDS = 16;

/** The load's end, the faults' pauses and the last flush. */
const PATIENCE_MS = 120_000;

const options = readOptions();
const { samples, counts, got, left } = await soak(options);
const trend = trendOf(samples);
print(`\n${summary(counts, got)}\n`);
print(`RSS: ${trend.mibPerMinute.toFixed(2)} MiB a minute, after the first\n`);
const faults = [...lost(got), ...grown(trend), ...left.map((name) => `${name} is left in the spool`)];
for (const fault of faults) print(`FAILED: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function readOptions() {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, rate: { type: 'string' } } });
  const minutes = positive(values.minutes, 'minutes') ?? 10;
  if (minutes < 2) throw new Error('--minutes is 2 at least: the first is not looked at');
  return { minutes, rate: positive(values.rate, 'rate') ?? 5000 };
}

async function soak({ minutes, rate }) {
  const spoolDirectory = mkdtempSync(join(tmpdir(), 'putlogs-soak-'));
  const records = minutes * 60 * rate;
  const timeoutMs = minutes * 60_000 + PATIENCE_MS;
  const service = start('children/soak-endpoint.js', { records }, { timeoutMs });
  try {
    const { endpoint } = await answer(service);
    const task = { records, rate, spoolDirectory, flushIntervalMs: FLUSH_INTERVAL_MS, endpoint };
    const { samples, counts } = await watch(start('children/soak.js', task, { timeoutMs }));
    service.send('what came?');
    return { samples, counts, got: await answer(service), left: readdirSync(spoolDirectory) };
  } finally {
    service.kill();
    rmSync(spoolDirectory, { recursive: true });
  }
}

/** Prints what the application says, until it has ended. */
async function watch(child) {
  const ended = once(child, 'exit');
  /** @type {Sample[]} */
  const samples = [];
  for (;;) {
    const said = await answer(child);
    if (said.counts !== undefined) {
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`the application ended: ${signal ?? code}`);
      return { samples, counts: said.counts };
    }
    samples.push(said);
    print(`${line(said)}\n`);
  }
}

/** @param {Sample} sample */
function line({ seconds, rss, handles, fds, files, pending }) {
  return `${seconds} s: RSS ${(rss / MIB).toFixed(1)} MiB, ${handles} handles, ${fds} fds, ${files} files in the spool, ${pending} events pending`;
}

function summary({ delivered }, { requests, faults, unanswered, missing, doubled }) {
  return `${delivered} records delivered in ${requests} requests, ${faults} of them met by a fault; ${missing} missing, ${doubled} doubled, ${unanswered} of which the answer was lost`;
}

/** @param {readonly Sample[]} samples */
function trendOf(samples) {
  const settled = samples.filter(({ seconds }) => seconds > SETTLED_AFTER_S);
  const minutes = settled.map(({ seconds }) => seconds / 60);
  const mibPerMinute = slope(
    minutes,
    settled.map(({ rss }) => rss / MIB),
  );
  const fds = samples.map(({ fds }) => fds);
  return {
    mibPerMinute,
    grownMib: mibPerMinute * ((minutes.at(-1) ?? 0) - (minutes[0] ?? 0)),
    // Of both halves the most: they come and go with the requests.
    moreFds: Math.max(...fds.slice(fds.length >> 1)) - Math.max(...fds.slice(0, fds.length >> 1)),
  };
}

/** Of the line that is nearest to the points, by least squares. */
function slope(xs, ys) {
  const [x, y] = [mean(xs), mean(ys)];
  const along = xs.reduce((sum, xi, i) => sum + (xi - x) * ((ys[i] ?? y) - y), 0);
  return along / xs.reduce((sum, xi) => sum + (xi - x) ** 2, 0);
}

function mean(numbers) {
  return numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
}

/** Each record must have arrived, and once but where the answer was lost. */
function lost({ missing, doubled, unanswered }) {
  return [
    ...(missing > 0 ? [`${missing} records are missing`] : []),
    ...(doubled > unanswered
      ? [`${doubled} records are doubled, ${unanswered} for an answer that was lost`]
      : []),
  ];
}

function grown({ grownMib, moreFds }) {
  return [
    ...(grownMib > MAX_GROWTH_MIB ? [`RSS grew by ${grownMib.toFixed(0)} MiB`] : []),
    ...(moreFds > MAX_MORE_FDS ? [`${moreFds} more file descriptors were open in the second half`] : []),
  ];
}
