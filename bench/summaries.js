// What the bench writes into the documentation: one block for each part, so that each part can be measured alone.
import { count } from './figures.js';
import { goalsTable } from './goals.js';
import { writeBlock } from './pages.js';
import { costSentence, floodSummary, steadySummary } from './parts/load-tables.js';
import { memorySummary } from './parts/memory.js';
import { packagesSummary } from './parts/packages.js';
import { startSummary } from './parts/start.js';
import { drawPlot } from './plot.js';
import { VARIANTS } from './variants.js';

const PAGE = 'docs/benchmarks.md';
const PLOT = new URL('../docs/bench.svg', import.meta.url);

/**
 * @param {import('./goals.js').Results} results
 * @param {ReturnType<import('./goals.js').findings>} goals
 */
export function writeSummaries({ flood, steady, memory, start, packages }, goals, options, about) {
  const machine = `Node ${about.node.slice(1)}, ${about.cpus} × ${about.cpu}, ${about.date.slice(0, 10)}`;
  if (flood !== undefined) {
    const { runs, records } = options;
    const fewer = flood
      .filter(({ variant }) => variant.maxRecords < records)
      .map(({ variant }) => `${count(variant.maxRecords)} by ${variant.name}`);
    const said = `${count(records)} records of about 250 bytes${fewer.length > 0 ? ` (${fewer.join(', ')})` : ''}, as fast as Node's event loop turns; ${runs} runs each, interleaved, medians. ${machine}.`;
    writeBlock(PAGE, 'flood', `${said}\n\n${floodSummary(flood)}`);
    if (flood.length === VARIANTS.length) writeBlock('README.md', 'cost', costSentence(flood));
    drawPlot(flood, PLOT);
  }
  if (steady !== undefined)
    writeBlock(PAGE, 'steady', `At ${count(options.rate)} records a second:\n\n${steadySummary(steady)}`);
  if (memory !== undefined) writeBlock(PAGE, 'memory', memorySummary(memory));
  if (packages !== undefined) writeBlock(PAGE, 'packages', packagesSummary(packages));
  if (start !== undefined) writeBlock(PAGE, 'start', startSummary(start));
  if (flood && steady && memory && start && packages)
    writeBlock('bench/README.md', 'goals', `${machine}.\n\n${goalsTable(goals)}`);
}
