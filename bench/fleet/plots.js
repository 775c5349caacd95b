import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { requests, throttledShare } from './figures.js';

/** @typedef {import('./figures.js').Run} Run */

const SECONDS_AROUND = { before: 30, after: 90 };

/** The end of the outage, with jitter and without. @param {readonly Run[]} runs of one size */
export function recoveryPlot(runs) {
  const points = runs.flatMap(({ scenario: { load, hasJitter, outage }, seen }) =>
    seen.seconds.flatMap((second, i) => ({
      load,
      seconds: i - outage.to,
      requests: requests(second),
      chance: hasJitter ? 'with jitter' : 'without',
    })),
  );
  return draw({
    x: { label: 'seconds after the outage' },
    y: { label: 'requests in a second', grid: true },
    fy: { label: null },
    color: { legend: true, ...COLORS },
    height: 420,
    marks: [
      Plot.ruleY([5000], { strokeDasharray: '4 3' }),
      Plot.ruleX([0], { strokeDasharray: '1 3' }),
      Plot.line(points.filter(isNear), {
        x: 'seconds',
        y: 'requests',
        stroke: 'chance',
        fy: 'load',
        curve: 'step',
      }),
    ],
  });
}

const isNear = ({ seconds }) => seconds >= -SECONDS_AROUND.before && seconds < SECONDS_AROUND.after;
const COLORS = { domain: ['with jitter', 'without'], range: ['#1f77b4', '#d62728'] };

/** What is throttled, by the flush interval. @param {readonly Run[]} runs */
export function sweepPlot(runs) {
  const points = runs.map(({ scenario: { processes, multiple }, seen }) => ({
    multiple,
    processes: `${processes.toLocaleString('en-US')} processes`,
    share: 100 * throttledShare(seen.seconds),
  }));
  return draw({
    x: { label: 'flushIntervalMs, as a multiple of processes / 5,000 s' },
    y: { label: '% of the requests throttled', grid: true },
    color: { legend: true },
    height: 280,
    marks: [
      Plot.line(points, { x: 'multiple', y: 'share', stroke: 'processes', marker: true }),
      Plot.ruleY([0]),
    ],
  });
}

function draw({ color, ...options }) {
  const { document } = parseHTML('<html><body></body></html>');
  return Plot.plot({ document, color, ...options }).outerHTML;
}
