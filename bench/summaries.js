// What the bench writes into the README: a block a part, so that each can be measured anew alone.
import { count } from './figures.js';
import { goalsTable } from './goals.js';
import { floodSummary, steadySummary } from './parts/load-tables.js';
import { memorySummary } from './parts/memory.js';
import { packagesSummary } from './parts/packages.js';
import { startSummary } from './parts/start.js';
import { drawPlot } from './plot.js';
import { writeBlock } from './readme.js';

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
    writeBlock('README.md', 'flood', `${said}\n\n${floodSummary(flood)}`);
    drawPlot(flood, PLOT);
  }
  if (steady !== undefined)
    writeBlock(
      'README.md',
      'steady',
      `At ${count(options.rate)} records a second:\n\n${steadySummary(steady)}`,
    );
  if (memory !== undefined) writeBlock('README.md', 'memory', memorySummary(memory));
  if (packages !== undefined) writeBlock('README.md', 'packages', packagesSummary(packages));
  if (start !== undefined) writeBlock('README.md', 'start', startSummary(start));
  if (flood && steady && memory && start && packages)
    writeBlock('bench/README.md', 'goals', `${machine}.\n\n${goalsTable(goals)}`);
}
