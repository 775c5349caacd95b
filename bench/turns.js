import { print } from './processes.js';

/**
 * Measures cases in turns, so that what slows the machine for a while does not slow one case alone. A run that fails is a
 * fault, and the others go on.
 * @template {object} Case
 * @template Result
 * @param {readonly (Case & { maxRuns?: number })[]} cases
 * @param {{ runs: number, faults: string[] }} options
 * @param {{ name: (case_: Case) => string, measure: (case_: Case) => Promise<Result>, say: (result: Result) => string,
 *   atOnce?: number }} how `atOnce`: so many cases run at the same time; default: 1
 * @returns {Promise<(Case & { runs: Result[] })[]>} without those of which no run succeeded
 */
export async function takeTurns(cases, { runs, faults }, { name, measure, say, atOnce = 1 }) {
  const rows = cases.map((case_) => ({ ...case_, runs: [] }));
  const runOnce = async (row, run) => {
    try {
      const result = await measure(row);
      row.runs.push(result);
      print(`${run}/${runs} ${name(row)}: ${say(result)}\n`);
    } catch (error) {
      faults.push(`${name(row)}: ${error.message}`);
      print(`${run}/${runs} ${name(row)}: FAILED, ${error.message}\n`);
    }
  };
  for (let run = 1; run <= runs; run++) {
    const due = rows.filter(({ maxRuns = runs }) => run <= maxRuns);
    while (due.length > 0) await Promise.all(due.splice(0, atOnce).map((row) => runOnce(row, run)));
  }
  return rows.filter((row) => row.runs.length > 0);
}
