import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPTIONS } from '@putlogs/core/internal';
import test from 'ava';
import { runProgram } from '../support/child.js';
import { startLocal } from '../support/harness.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = join(root, 'docs/migrate');
const examples = join(root, 'examples/migrate');

/** What the transports take besides the options of all. */
const OF_WINSTON = ['level', 'format', 'silent', 'handleExceptions', 'handleRejections'];

/** What arrives of the one record that each program logs. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  'winston-cloudwatch.js': /^{"level":"info","message":"order placed","orderId":42}$/,
  'winston-aws-cloudwatch.js': /^info: order placed {"orderId":42}$/,
  'pino-cloudwatch.cjs': /^{"level":30,.*"orderId":42,"msg":"order placed"}$/,
  'pino-cloudwatch-transport.js': /^{"level":30,.*"orderId":42,"msg":"order placed"}$/,
  'sidecar.js': /^{"level":30,.*"orderId":42,"msg":"order placed"}$/,
  'otlp.js': /^{"level":"info","message":"order placed","orderId":42}$/,
};

const programs = readdirSync(examples).filter((name) => /\.c?js$/.test(name));

test('each program after a migration has a page', (t) => {
  t.deepEqual(programs.toSorted(), Object.keys(TEXTS).toSorted());
  t.deepEqual(
    readdirSync(pages)
      .filter((name) => name !== 'README.md')
      .toSorted(),
    programs.map((program) => program.replace(/\.c?js$/, '.md')).toSorted(),
  );
});

for (const program of programs) {
  const page = readFileSync(join(pages, program.replace(/\.c?js$/, '.md')), 'utf8');

  test(`${program} stands in its page as it is`, (t) => {
    const code = readFileSync(join(examples, program), 'utf8');
    t.true(page.includes(`(../../examples/migrate/${program})):\n\n\`\`\`js\n${code}\`\`\`\n`));
  });

  test.serial(`${program} runs with the variables of its page, and its record arrives`, async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runProgram(local, join(examples, program), [], { env: variablesOf(page) });
    t.is(code, 0, stderr);
    t.is(stderr, '');
    const [event, ...others] = local.events('/my/app');
    t.regex(event?.message ?? '', TEXTS[program] ?? /^$/);
    t.deepEqual(others, []);
    t.regex(event?.logStreamName ?? '', /^web[/-]?|^[^{}]+\/\d+$/);
  });

  test(`${program}: each option that an answer of its page begins with exists`, (t) => {
    const named = answers(page).flatMap((answer) => /^`(\w+)[`:]/.exec(answer)?.[1] ?? []);
    t.true(named.length >= 2);
    t.deepEqual(
      named.filter((name) => !(name in OPTIONS) && !OF_WINSTON.includes(name)),
      [],
    );
  });
}

/** Those that a page sets line by line. */
function variablesOf(page: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(page.matchAll(/^(PUTLOGS_\w+)=(.*)$/gm), ([, name = '', value = '']) => [name, value]),
  );
}

/** The right column of the tables of options. Other tables have no heading there. */
function answers(page: string): string[] {
  const tables = page.match(/^\| .+ \| \S.* \|\n\|---.*\n(?:\|.*\n)+/gm) ?? [];
  return tables.flatMap((table) =>
    table
      .split('\n')
      .slice(2, -1)
      .map((row) => row.split(/(?<!\\) \| /)[1] ?? ''),
  );
}
