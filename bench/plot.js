// Draws the flood: a panel a figure, a line a variant.
import { mkdirSync, writeFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { cpu, logCall, medianOf, throughput } from './parts/load.js';

const PANELS = [
  { title: 'Log call on the main thread, µs', figure: logCall },
  { title: 'CPU of the whole process, µs/record', figure: cpu },
  { title: 'Records delivered a second', figure: throughput, role: 'floor' },
  { title: 'Peak memory of the process, MB', figure: ({ peakRssBytes }) => peakRssBytes / 1e6 },
];

const COLORS = { floor: '#8c959f', ours: '#1a7f5a', peer: '#bc4c00' };

const PANEL_WIDTH = 360;
const LABELS_WIDTH = 300;
const ROW_HEIGHT = 24;
const HEADER_HEIGHT = 34;
const FOOTER_HEIGHT = 34;

/**
 * @param {import('./parts/load.js').Row[]} rows
 * @param {URL} file
 */
export function drawPlot(rows, file) {
  const { document } = parseHTML('<html><body></body></html>');
  const height = HEADER_HEIGHT + ROW_HEIGHT * rows.length + FOOTER_HEIGHT;
  const [width, whole] = [LABELS_WIDTH + PANEL_WIDTH, 2 * height];
  const panels = PANELS.map((panel, i) => {
    const svg = drawPanel(document, rows, panel, height, i % 2 === 0);
    svg.setAttribute('x', String(i % 2 === 0 ? 0 : width));
    svg.setAttribute('y', String(i < 2 ? 0 : height));
    return svg.outerHTML;
  });
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + PANEL_WIDTH} ${whole}" font-family="system-ui, sans-serif" role="img">
<title>What a log line costs, in a flood</title>
<rect width="100%" height="100%" fill="white"/>
${panels.join('\n')}
</svg>
`,
  );
}

/** Points on a logarithmic scale, since the figures are far apart; a line from the best run to the worst. */
function drawPanel(document, rows, { title, figure, role }, height, hasLabels) {
  const points = rows.map((row) => {
    const values = row.runs.map(figure);
    return {
      name: row.variant.title,
      role: row.variant.role,
      median: medianOf(row, figure),
      min: Math.min(...values),
      max: Math.max(...values),
    };
  });
  const drawn = points.filter((point) => point.role !== role);
  const fill = ({ role }) => COLORS[role];
  return Plot.plot({
    document,
    width: hasLabels ? LABELS_WIDTH + PANEL_WIDTH : PANEL_WIDTH,
    height,
    marginLeft: hasLabels ? LABELS_WIDTH : 20,
    marginTop: HEADER_HEIGHT,
    marginBottom: FOOTER_HEIGHT,
    marginRight: 20,
    style: { fontSize: '12px', color: '#1f2328' },
    x: { type: 'log', domain: domainOf(drawn), label: null, grid: true, ticks: 3, tickFormat: ',' },
    y: {
      domain: points.map(({ name }) => name),
      label: null,
      tickSize: 0,
      axis: hasLabels ? 'left' : null,
    },
    marks: [
      Plot.text([title], {
        frameAnchor: 'top-left',
        dy: -24,
        fontSize: 13,
        fontWeight: 600,
        text: (text) => text,
      }),
      Plot.link(drawn, {
        x1: 'min',
        x2: 'max',
        y1: 'name',
        y2: 'name',
        stroke: fill,
        strokeOpacity: 0.4,
        strokeWidth: 5,
      }),
      Plot.dot(drawn, { x: 'median', y: 'name', fill, r: 5 }),
      Plot.text(drawn, {
        x: 'max',
        y: 'name',
        dx: 9,
        textAnchor: 'start',
        fill,
        stroke: 'white',
        strokeWidth: 3,
        paintOrder: 'stroke',
        text: ({ median }) => short(median),
      }),
    ],
  });
}

/** With room to the right for what is written there. */
function domainOf(points) {
  const [min, max] = [Math.min(...points.map(({ min }) => min)), Math.max(...points.map(({ max }) => max))];
  const room = (max / min) ** 0.25;
  return [min / 1.2, max * Math.max(room, 1.3)];
}

function short(value) {
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}
