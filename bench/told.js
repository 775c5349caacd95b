/**
 * What our transports say of themselves.
 * @param {import('node:events').EventEmitter} transport
 * @returns {import('./variants.js').Told}
 */
export function listenTo(transport) {
  const told = { counts: undefined, problems: [] };
  transport.on('report', ({ kind, code, counts }) => {
    told.counts = counts;
    if (kind === 'problem') told.problems.push(code);
  });
  return told;
}
