// What the bench writes into the documentation: one block for each part, so that each part can be measured alone.
import { count } from './figures.js';
import { goalsTable } from './goals.js';
import { writeBlock } from './pages.js';
import { footprintSummary } from './parts/footprint.js';
import { costSentences, floodSummary } from './parts/load-tables.js';
import { memorySummary } from './parts/memory.js';
import { pacedSummary } from './parts/paced.js';
import { packagesSummary } from './parts/packages.js';
import { physicsTable } from './parts/physics.js';
import { restartSummary } from './parts/restart.js';
import { routingSummary } from './parts/routing.js';
import { startSummary } from './parts/start.js';
import { unusedSummary } from './parts/unused.js';
import { drawPlot } from './plot.js';

const PAGE = 'docs/benchmarks.md';
const PLOT = new URL('../docs/bench.svg', import.meta.url);

/** Of parts that need nothing but their rows. */
const SUMMARIES = {
  paced: pacedSummary,
  footprint: footprintSummary,
  memory: memorySummary,
  packages: packagesSummary,
  start: startSummary,
  restart: restartSummary,
  routing: routingSummary,
  unused: unusedSummary,
};

/**
 * @param {import('./goals.js').Results} results
 * @param {ReturnType<import('./goals.js').findings>} goals
 */
export function writeSummaries(results, goals, options, about) {
  const machine = `Node ${about.node.slice(1)}, ${about.cpus} × ${about.cpu}, ${about.date.slice(0, 10)}`;
  const { flood, paced, stages } = results;
  if (flood !== undefined) {
    writeBlock(PAGE, 'flood', `${floodSaid(flood, options)} ${machine}.\n\n${floodSummary(flood)}`);
    for (const [page, sentence] of Object.entries(costSentences(flood) ?? {}))
      writeBlock(page, 'cost', sentence);
    drawPlot(flood, PLOT);
  }
  for (const [name, summary] of Object.entries(SUMMARIES))
    if (results[name] !== undefined) writeBlock(PAGE, name, summary(results[name]));
  if (flood && stages) writeBlock('bench/README.md', 'physics', `${machine}.\n\n${physicsTable(results)}`);
  if (flood && paced) writeBlock('bench/README.md', 'goals', `${machine}.\n\n${goalsTable(goals)}`);
}

function floodSaid(flood, { runs, records }) {
  const fewer = flood
    .filter(({ variant }) => variant.maxRecords < records)
    .map(({ variant }) => `${count(variant.maxRecords)} by ${variant.name}`);
  const exceptions = fewer.length > 0 ? ` (${fewer.join(', ')})` : '';
  return `${count(records)} records of about 250 bytes${exceptions}, as fast as Node's event loop turns; up to ${runs} runs each, interleaved, medians.`;
}
