/**
 * Keeps what one of our transports reports: its last counts, and the codes of its problems.
 * @param {import('node:events').EventEmitter} transport
 * @returns {import('./variants.js').Reports}
 */
export function collectReports(transport) {
  const reports = { counts: undefined, problems: [] };
  transport.on('report', ({ kind, code, counts }) => {
    reports.counts = counts;
    if (kind === 'problem') reports.problems.push(code);
  });
  return reports;
}
