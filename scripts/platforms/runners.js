import { join } from 'node:path';
import { testOf } from './application.js';

const TIMEOUT_MS = 60_000;

export const packages = { jest: '30', vitest: '5', mocha: '12' };

const jest = { name: 'test' };
const vitest = { name: 'test', from: 'vitest', options: TIMEOUT_MS };
const mocha = { name: 'it' };
const ofNode = { name: 'test', from: 'node:test' };

/** With what each runs a test, its file, and what the test is made of. No runner is told to end the process. */
export const RUNNERS = [
  { label: 'Jest, CommonJS', run: runsJest([]), file: 'jest.spec.cjs', test: testOf('cjs', jest) },
  {
    label: 'Jest, ES modules',
    run: runsJest(['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']),
    file: 'jest.spec.mjs',
    test: testOf('esm', jest),
  },
  { label: 'Vitest', run: runsVitest('forks'), file: 'vitest.spec.mjs', test: testOf('esm', vitest) },
  {
    label: 'Vitest, in threads',
    run: runsVitest('threads'),
    file: 'vitest.spec.mjs',
    test: testOf('esm', vitest),
  },
  { label: 'Mocha, CommonJS', run: runsMocha, file: 'mocha.spec.cjs', test: testOf('cjs', mocha) },
  { label: 'Mocha, ES modules', run: runsMocha, file: 'mocha.spec.mjs', test: testOf('esm', mocha) },
  { label: 'node:test, CommonJS', run: runsNode, file: 'node.spec.cjs', test: testOf('cjs', ofNode) },
  { label: 'node:test, ES modules', run: runsNode, file: 'node.spec.mjs', test: testOf('esm', ofNode) },
];

function runsJest(nodeArguments) {
  return (cwd, file) => {
    const config = { testMatch: [`**/${file}`], transform: {}, testTimeout: TIMEOUT_MS };
    const program = join(cwd, 'node_modules/jest/bin/jest.js');
    const args = ['--config', JSON.stringify(config), '--watchman=false', '--detectOpenHandles'];
    return [process.execPath, ...nodeArguments, program, ...args];
  };
}

function runsVitest(pool) {
  return (cwd, file) => {
    const program = join(cwd, 'node_modules/vitest/vitest.mjs');
    return [
      process.execPath,
      program,
      'run',
      file,
      `--pool=${pool}`,
      '--reporter=default',
      '--reporter=hanging-process',
    ];
  };
}

function runsMocha(cwd, file) {
  const program = join(cwd, 'node_modules/mocha/bin/mocha.js');
  return [process.execPath, program, '--timeout', String(TIMEOUT_MS), file];
}

function runsNode(_cwd, file) {
  return [process.execPath, '--test', file];
}
