// Runs the tests and prints how much of each package they execute, worker threads and child processes included. (Not what
// a killed process executed: it cannot write that down.) With arguments: `pnpm check:coverage build/core/spool/*.test.js`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'putlogs-coverage-'));
try {
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  const files = process.argv.slice(2);
  const tests = run(
    'pnpm',
    files.length === 0 ? ['test'] : ['--filter', '@putlogs/test', 'test', ...files],
    env,
  );
  run('pnpm', [
    ...['exec', 'c8', 'report', '--merge-async', '--temp-directory', folder],
    ...['--all', '--src', 'packages', '--include', 'packages/*/dist/**/*.js'],
    ...['--reporter', 'json-summary', '--reports-dir', join(folder, 'report')],
  ]);
  const summary = readFileSync(join(folder, 'report', 'coverage-summary.json'), 'utf8');
  process.stdout.write(tableOf(JSON.parse(summary)));
  process.exitCode = tests.status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

function run(command, args, env = process.env) {
  return spawnSync(command, args, { env, stdio: 'inherit' });
}

function tableOf(files) {
  const rows = ['core', 'pino', 'winston', 'local', 'cli'].map((name) => {
    const own = Object.entries(files).filter(([path]) => path.includes(`/packages/${name}/dist/`));
    const [lines, branches] = ['lines', 'branches'].map((kind) => shareOf(own.map(([, file]) => file[kind])));
    return `${name.padEnd(8)} lines ${lines} %, branches ${branches} %\n`;
  });
  return `\nCoverage\n${rows.join('')}`;
}

function shareOf(counts) {
  const sum = (key) => counts.reduce((all, count) => all + count[key], 0);
  return ((100 * sum('covered')) / sum('total')).toFixed(1);
}
