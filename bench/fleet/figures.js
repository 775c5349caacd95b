/**
 * @typedef {import('./simulate.d.ts').Second} Second
 * @typedef {import('./simulate.d.ts').Scenario} Scenario
 * @typedef {import('./simulate.d.ts').Seen} Seen
 * @typedef {{ scenario: Scenario, seen: Seen }} Run
 */

/** @param {Second} second */
export const requests = ({ putLogEvents, createLogStream, createLogGroup }) =>
  putLogEvents + createLogStream + createLogGroup;

/** @param {readonly Second[]} seconds */
export const peak = (seconds) => Math.max(...seconds.map(requests));

/** A second. @param {readonly Second[]} seconds */
export const mean = (seconds) => sum(seconds, requests) / seconds.length;

/** Of the requests. @param {readonly Second[]} seconds */
export const throttledShare = (seconds) =>
  sum(seconds, ({ throttled }) => throttled) / sum(seconds, requests);

/** @param {readonly Second[]} seconds @param {(second: Second) => number} figure */
const sum = (seconds, figure) => seconds.reduce((all, second) => all + figure(second), 0);

/** The seconds from the beginning until the last log stream was there, if that was seen. @param {Run} run */
export function lastStream({ scenario: { processes }, seen: { seconds } }) {
  if (sum(seconds, ({ streamsCreated }) => streamsCreated) < processes) return undefined;
  return seconds.findLastIndex(({ streamsCreated }) => streamsCreated > 0) + 1;
}
