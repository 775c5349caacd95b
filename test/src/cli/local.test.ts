import test from 'ava';
import { Command, putlogs } from '../support/command.js';

test('putlogs local runs the local service, with its options', async (t) => {
  const command = new Command(['local', '--port', '0', '--json']);
  await command.until(/AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http:/);
  const [, endpoint] = /AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=(http:\S+)/.exec(command.stderr) ?? [];
  const answer = await fetch(`${endpoint}/_putlogs/health`);
  t.deepEqual(await answer.json(), { status: 'ok' });
  command.child.kill('SIGTERM');
  t.is((await command.ended).code, 0);
});

test('putlogs local --help is the help of the local service', async (t) => {
  const { code, stdout } = await putlogs(['local', '--help']);
  t.is(code, 0);
  t.regex(stdout, /^Usage: putlogs local \[options\]/);
  t.false(stdout.includes('putlogs-local'));
});

test('putlogs local query --help has the name that it was called by', async (t) => {
  const { code, stdout } = await putlogs(['local', 'query', '--help']);
  t.is(code, 0);
  t.regex(stdout, /^Usage: putlogs local query /);
});

test('putlogs local refuses an unknown option', async (t) => {
  const { code, stderr } = await putlogs(['local', '--porrt', '0']);
  t.is(code, 2);
  t.regex(stderr, /--porrt/);
});
