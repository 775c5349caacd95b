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
    color: COLORS,
    height: 420,
    marginLeft: 50,
    marginRight: 90,
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
      ...COLORS.domain.map((chance, line) =>
        Plot.text([chance], { text: [chance], fill: [chance], frameAnchor: 'top-right', dy: 14 * line }),
      ),
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
    height: 280,
    insetTop: 20,
    marks: [
      Plot.line(points, { ...AXES, stroke: 'processes', marker: true }),
      Plot.text(
        points,
        Plot.selectFirst({ ...AXES, z: 'processes', text: 'processes', dx: 8, textAnchor: 'start', dy: -8 }),
      ),
      Plot.ruleY([0]),
    ],
  });
}

const AXES = { x: 'multiple', y: 'share' };

function draw(options) {
  const { document } = parseHTML('<html><body></body></html>');
  const svg = Plot.plot({ document, style: { background: 'white' }, ...options });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return svg.outerHTML;
}
