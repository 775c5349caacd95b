import { markdownTable } from 'markdown-table';
import { lastStream, mean, peak, throttledShare } from './figures.js';

/** @typedef {import('./figures.js').Run} Run */

/** @param {readonly Run[]} runs */
export function loadTable(runs) {
  return table(
    ['processes', 'load', '`flushIntervalMs`', ...RATES, ...DELAYS, 'dropped'],
    runs.map(({ scenario: { processes, load, flushIntervalMs }, seen }) => [
      whole(processes),
      load,
      whole(flushIntervalMs),
      ...rates(seen.seconds),
      ...delays(seen),
      whole(seen.dropped),
    ]),
  );
}

/** @param {readonly Run[]} runs */
export function outageTable(runs) {
  const head = ['processes', 'load', '`flushIntervalMs`', 'jitter', 'down: requests/s', 'peak'];
  return table(
    [...head, 'then: requests/s', 'peak', 'throttled', 'recovered after, s', ...DELAYS, 'dropped'],
    runs.map(({ scenario: { processes, load, flushIntervalMs, hasJitter, outage }, seen }) => {
      const down = seen.seconds.slice(outage?.from, outage?.to);
      return [
        whole(processes),
        load,
        whole(flushIntervalMs),
        hasJitter ? 'yes' : '*no*',
        ...rates(down).slice(0, 2),
        ...rates(seen.seconds.slice(outage?.to)),
        seen.recovery.toFixed(1),
        ...delays(seen),
        whole(seen.dropped),
      ];
    }),
  );
}

/** @param {readonly Run[]} runs */
export function deploymentTable(runs) {
  return table(
    ['processes', 'jitter', 'all streams there after, s', ...RATES, ...DELAYS, 'dropped'],
    runs.map((run) => {
      const { scenario, seen } = run;
      const last = lastStream(run);
      return [
        whole(scenario.processes),
        scenario.hasJitter ? 'yes' : '*no*',
        last === undefined ? `> ${scenario.seconds}` : whole(last),
        ...rates(seen.seconds),
        ...delays(seen),
        whole(seen.dropped),
      ];
    }),
  );
}

/** @param {readonly Run[]} runs */
export function sweepTable(runs) {
  return table(
    ['processes', '`flushIntervalMs`', '× processes / 5,000 s', ...RATES, ...DELAYS],
    runs.map(({ scenario: { processes, flushIntervalMs, multiple }, seen }) => [
      whole(processes),
      whole(flushIntervalMs),
      multiple.toFixed(2),
      ...rates(seen.seconds),
      ...delays(seen),
    ]),
  );
}

const RATES = ['requests/s', 'peak', 'throttled'];
const rates = (seconds) => [
  whole(mean(seconds)),
  whole(peak(seconds)),
  `${(100 * throttledShare(seconds)).toFixed(1)} %`,
];

const DELAYS = ['delay p50, s', 'p99, s'];
const delays = ({ delay }) => [delay.p50.toFixed(1), delay.p99.toFixed(1)];

const whole = (value) => Math.round(value).toLocaleString('en-US');

function table(head, rows) {
  return markdownTable([head, ...rows], { align: head.map(() => 'r') });
}
