import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONS, variableOf } from '@putlogs/core/internal';
import test from 'ava';
import { answer } from '../support/answer.js';
import { application, Command, putlogs } from '../support/command.js';
import { startLocal } from '../support/harness.js';
import { spoolFolder } from '../support/spool-folder.js';

for (const [args, why] of [
  [[], /^Usage: putlogs <command>/m],
  [['entities'], /^error: unknown command 'entities'\n\(Did you mean entity\?\)$/m],
  [['entity', 'more'], /^error: too many arguments for 'entity'/m],
  [['--unknown'], /^error: unknown option '--unknown'/m],
  [['entity', '--servise', 'x'], /^error: unknown option '--servise'\n\(Did you mean --service\?\)$/m],
  [['entity', '--service'], /^error: option '--service <value>' argument missing$/m],
] as const) {
  test(`${JSON.stringify(['putlogs', ...args])} says on stderr what is wrong and exits with 2`, async (t) => {
    const { code, stdout, stderr } = await answer(args, { cwd: application(t) });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, why);
  });
}

test('a command answers as a process of its own as it does in one that is shared', async (t) => {
  const local = await startLocal(t);
  const options = { cwd: application(t), env: { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app' } };
  for (const args of [
    ['doctor', '--no-gzip'],
    ['tail', '/nothing/here'],
    ['policy'],
    ['entity'],
    ['replay', spoolFolder(t)],
    ['migrate', 'missing.js'],
  ]) {
    const [own, shared] = [await putlogs(args, options), await answer(args, options)];
    t.is(own.code, shared.code, args[0]);
    t.is(withoutNumbers(own.stdout), withoutNumbers(shared.stdout));
    t.is(own.stderr, shared.stderr);
    t.not(own.stdout + own.stderr, '');
  }
});

/** Without times and ids of processes. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '0');
}

test('putlogs --help and --version print help and version', async (t) => {
  const help = await putlogs(['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /^Usage: putlogs <command> \[options\]/);
  t.regex(help.stdout, /^Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /m);
  t.false(help.stdout.includes('\u001b'));
  const version = await putlogs(['--version']);
  t.regex(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('an unknown command is escaped', async (t) => {
  const { code, stderr } = await putlogs(['x\u001b[31m\u009b\u007f\u202e\u2028']);
  t.is(code, 2);
  t.notRegex(stderr.replaceAll('\n', ''), /[\p{Cc}\u202e\u2028]/u);
  t.true(stderr.includes('\\u202e'));
});

test('putlogs options lists each option of the transports that has a variable, with its flag', async (t) => {
  const { code, stdout } = await answer(['options', '--json']);
  t.is(code, 0);
  const listed: { option: string; flag: string; variables: string[]; summary: string }[] = JSON.parse(stdout);
  const names = listed.map(({ option }) => option).filter((name) => !name.includes('.'));
  t.deepEqual(
    names,
    Object.keys(OPTIONS).filter((name) => name !== 'credentials'),
  );
  for (const { option, variables, summary } of listed) {
    t.is(variables[0], variableOf(option));
    t.regex(summary, /^\S.*\.$/, option);
  }
  t.like(
    listed.find(({ option }) => option === 'logGroupName'),
    { flag: '--log-group-name', summary: 'The log group to write to.' },
  );
});

test('each flag is accepted by a command, in the form that putlogs options prints', async (t) => {
  const { stdout } = await answer(['options', '--json']);
  const flags = JSON.parse(stdout).map(({ flag, type }: { flag: string; type: string }) =>
    type === 'boolean' ? [flag] : [flag, '\0'],
  );
  t.true(flags.length > 30);
  // All values are refused together, by their names: so each flag was known.
  const { code, stderr } = await answer(['entity', ...flags.flat()].map((arg) => (arg === '\0' ? '{' : arg)));
  t.is(code, 2);
  t.regex(stderr, /^putlogs: These options are not valid:$/m);
  for (const flag of ['--log-group-name', '--retention-in-days', '--entity']) t.true(stderr.includes(flag));
});

test('what needs no AWS SDK does not load it', async (t) => {
  const probe = join(spoolFolder(t), 'probe.cjs');
  writeFileSync(
    probe,
    `process.on('exit', () => {
      if (Object.keys(require.cache).some((path) => path.includes('@aws-sdk'))) console.error('The SDK is loaded.');
    });`,
  );
  const env = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${probe}` };
  const told = async (...args: readonly string[]) => (await putlogs(args, { env })).stderr;
  t.is(await told('--help'), '');
  t.is(await told('options'), '');
  t.is(await told('tail'), 'putlogs: Which log group? putlogs tail /my/app\n');
  t.is(await told('entity'), 'The SDK is loaded.\n');
});

test('putlogs ends quietly when the reader of its output has ended', async (t) => {
  const command = new Command(['options']);
  command.child.stdout?.destroy();
  const [code] = await once(command.child, 'exit');
  t.is(command.stderr, '');
  t.is(code, 0);
});

test('an output that cannot be written is an error', async (t) => {
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const command = new Command(['options'], { stdio: ['ignore', full, 'pipe'] });
  t.is((await command.ended).code, 1);
  t.regex(command.stderr, /^putlogs: ENOSPC/m);
});

for (const command of ['doctor', 'pipe', 'replay', 'tail'])
  test(`the help of ${command} lists --endpoint`, async (t) => {
    const { stdout } = await answer([command, '--help']);
    t.regex(stdout, /^ {2}--endpoint <value> /m);
  });

test('--tags says its form in the help and in the list of options, and takes it', async (t) => {
  const [help, list] = [await answer(['policy', '--help']), await answer(['options'])];
  t.regex(help.stdout, /^ {2}--tags <a=b,c=d> +Tags of a log group that is created\.$/m);
  t.regex(list.stdout, /^ {2}--tags <a=b,c=d> {2}PUTLOGS_TAGS$/m);
  const { code } = await answer(['policy', '--log-group-name', '/a', '--tags', 'a=b,c=d']);
  t.is(code, 0);
});

test('-h is --help', async (t) => {
  for (const args of [['-h'], ['tail', '-h']]) {
    const { code, stdout } = await answer(args);
    t.is(code, 0);
    t.regex(stdout, /^Usage: putlogs/);
  }
});
