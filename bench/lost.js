import { count } from './figures.js';

/**
 * Each record must have arrived, once, or stand among the dropped ones that our transport counted. More
 * dropped events than records are missing are notices: those that say in the stream how many are missing.
 * @param {string} what
 * @param {import('./parts/load.js').Result} result
 * @returns {string[]}
 */
export function lost(what, { records, delivered, doubled, refused, dropped, accepted }) {
  const missing = records - delivered;
  const notices = Math.max(accepted - records, 0);
  if (missing <= dropped && dropped <= missing + notices && doubled + refused === 0) return [];
  return [
    `${what}: of ${count(records)} records ${count(missing)} are missing, where it counted ${count(dropped)}; ${doubled} doubled, ${refused} refused`,
  ];
}
