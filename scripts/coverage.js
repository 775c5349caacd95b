// Runs the tests and prints how much of each package they execute, worker threads and child processes included. (Not what
// a killed process executed: it cannot write that down.) With arguments: `pnpm check:coverage build/core/spool/*.test.js`. The
// tests run on the bundles, and their source maps lead to the files that they were made of. The bundles do not name the maps:
// else each process would read them, and write them beside what it executed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoverageReport } from 'monocart-coverage-reports';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Where the code of each package is that is counted. */
const CODE = {
  core: 'packages/core/build',
  pino: 'packages/pino/build',
  winston: 'packages/winston/build',
  local: 'packages/local/dist',
  cli: 'packages/cli/dist',
};

const folder = mkdtempSync(join(tmpdir(), 'putlogs-coverage-'));
try {
  run('node', ['scripts/bundle.js', '--source-maps']);
  const tests = run('pnpm', ['--filter', '@putlogs/test', 'test', ...process.argv.slice(2)], {
    ...process.env,
    NODE_V8_COVERAGE: join(folder, 'raw'),
  });
  process.stdout.write(tableOf(await executed()));
  process.exitCode = tests.status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
  run('node', ['scripts/bundle.js']);
}

function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: ROOT, env, stdio: 'inherit' });
}

async function executed() {
  const report = new CoverageReport({
    logging: 'error',
    outputDir: join(folder, 'report'),
    reports: [['json-summary']],
    sourceFilter: isCounted,
    // Files that no test loads count as well.
    all: { dir: Object.values(CODE), filter: isCounted },
  });
  const files = new Map();
  for (const profile of profiles(join(folder, 'raw'))) {
    const entries = profile.result
      .filter(isOurs)
      .map((entry) => ({ ...entry, ...readOnce(files, entry.url) }));
    if (entries.length > 0) await report.add(entries);
  }
  return (await report.generate()).files;
}

/** What each process wrote at its end, but for those that were killed while they wrote. */
function* profiles(raw) {
  for (const name of readdirSync(raw)) {
    try {
      yield JSON.parse(readFileSync(join(raw, name), 'utf8'));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}

function isOurs({ url }) {
  return /\/packages\/\w+\/dist\/.*\.c?js$/.test(url) && !url.includes('/node_modules/');
}

/** @returns the code of a file and its source map, if it has one, whose paths are made absolute */
function readOnce(files, url) {
  if (!files.has(url)) {
    const path = fileURLToPath(url);
    const map = existsSync(`${path}.map`) ? JSON.parse(readFileSync(`${path}.map`, 'utf8')) : undefined;
    const sources = map?.sources.map((source) => new URL(source, url).href);
    files.set(url, { source: readFileSync(path, 'utf8'), ...(map && { sourceMap: { ...map, sources } }) });
  }
  return files.get(url);
}

function isCounted(path) {
  return path.endsWith('.js') && Object.values(CODE).some((code) => path.includes(`${code}/`));
}

function tableOf(files) {
  const rows = Object.entries(CODE).map(([name, code]) => {
    const own = files.filter(({ sourcePath }) => sourcePath.includes(`${code}/`));
    const [lines, branches] = ['lines', 'branches'].map((kind) =>
      shareOf(own.map(({ summary }) => summary[kind])),
    );
    return `${name.padEnd(8)} lines ${lines} %, branches ${branches} %\n`;
  });
  return `\nCoverage\n${rows.join('')}`;
}

function shareOf(counts) {
  const sum = (key) => counts.reduce((all, count) => all + count[key], 0);
  return ((100 * sum('covered')) / sum('total')).toFixed(1);
}
