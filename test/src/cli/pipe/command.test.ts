import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { fixturePath } from '../../support/child.js';
import { Command, putlogs, testOnTerminal } from '../../support/command.js';
import { spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';
import { arrived, environment, linesOf, service } from './support.js';

const TALKER = fixturePath('talker.js');

test.serial('putlogs pipe -- COMMAND sends its stdout and stderr, and ends with its code', async (t) => {
  const local = await service(t);
  const script = 'echo "to $1"; echo "to stderr" >&2; exit 3';
  const { code, stdout, stderr } = await putlogs(['pipe', '--', 'sh', '-c', script, 'sh', 'stdout'], {
    env: environment(local),
  });
  t.is(code, 3);
  t.is(stdout + stderr, '');
  t.deepEqual(arrived(local), ['to stderr', 'to stdout']);
});

test.serial('the command reads the stdin of putlogs', async (t) => {
  const local = await service(t);
  const { code } = await putlogs(['pipe', '--', 'cat'], { env: environment(local), input: 'from stdin\n' });
  t.is(code, 0);
  t.deepEqual(arrived(local), ['from stdin']);
});

test.serial('--tee writes stdout to stdout and stderr to stderr', async (t) => {
  const local = await service(t);
  const { stdout, stderr } = await putlogs(['pipe', '--tee', '--', 'sh', '-c', 'echo out; echo err >&2'], {
    env: environment(local),
  });
  t.is(stdout, 'out\n');
  t.is(stderr, 'err\n');
});

for (const [command, code, why] of [
  ['no-such-command', 127, 'putlogs: there is no command no-such-command\n'],
  ['/dev/null', 126, /^putlogs: \/dev\/null cannot be started: /],
] as const) {
  test.serial(`a command that cannot be started is told as a shell does it: ${code}`, async (t) => {
    const local = await service(t);
    const { code: exitCode, stderr } = await putlogs(['pipe', '--', command], { env: environment(local) });
    t.is(exitCode, code);
    if (typeof why === 'string') t.is(stderr, why);
    else t.regex(stderr, why);
  });
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test.serial(`${signal} reaches the command, and all that it said until its end arrives`, async (t) => {
    const local = await service(t);
    const command = new Command(['pipe', '--tee', '--', process.execPath, TALKER], {
      env: environment(local),
    });
    await command.until(/record 1000$/m);
    command.child.kill(signal);
    const { code } = await command.ended;
    t.is(code, 7);
    const said = linesOf(command.stdout);
    const last = new RegExp(`^last of (\\d+) after ${signal}$`, 'm').exec(command.stdout);
    t.is(said.length, Number(last?.[1]) + 1);
    t.deepEqual(arrived(local), said);
  });
}

for (const [way, code, lines] of [
  ['throw', 1, 5000],
  ['kill', 137, 5000],
] as const) {
  test.serial(`what a command said before it crashed arrives: ${way}`, async (t) => {
    const local = await service(t);
    const { code: exitCode, stdout } = await putlogs(
      ['pipe', '--tee', '--', process.execPath, '--no-warnings', TALKER, way],
      { env: environment(local) },
    );
    t.is(exitCode, code);
    const records = arrived(local).filter((message) => message.startsWith('record '));
    t.is(records.length, lines);
    t.deepEqual(records, linesOf(stdout));
    if (way === 'throw') t.true(arrived(local).some((message) => message.includes('the talker fails')));
  });
}

test.serial('a command that a signal ends, ends putlogs by the same signal, after delivery', async (t) => {
  const local = await service(t);
  const { signal } = await putlogs(['pipe', '--', 'sh', '-c', 'echo before; kill -TERM $$'], {
    env: environment(local),
  });
  t.is(signal, 'SIGTERM');
  t.deepEqual(arrived(local), ['before']);
});

test.serial('SIGPIPE: when the reader of the copy ends, events go on to be sent', async (t) => {
  const local = await service(t);
  const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.05; done';
  const command = new Command(['pipe', '--tee', '--', 'sh', '-c', script], { env: environment(local) });
  await command.until(/1/);
  command.child.stdout?.destroy();
  const [code] = await once(command.child, 'exit');
  t.is(code, 0);
  t.is(local.count('/my/app'), 9);
});

test('a process that the command leaves behind is not waited for', async (t) => {
  const local = await service(t);
  const { code } = await putlogs(['pipe', '--', 'sh', '-c', 'sleep 60 & echo done'], {
    env: environment(local),
  });
  t.is(code, 0);
  t.deepEqual(arrived(local), ['done']);
});

test('a process that the command leaves behind is not read for ever', async (t) => {
  const local = await service(t);
  const script = '(for i in $(seq 600); do echo $i; sleep 0.1; done) & echo done';
  const { code } = await putlogs(['pipe', '--', 'sh', '-c', script], { env: environment(local) });
  t.is(code, 0);
  t.true(arrived(local).includes('done'));
  t.false(arrived(local).includes('600'));
});

test.serial(
  'a signal ends the reading of what a process says that the command has left behind',
  async (t) => {
    const local = await service(t);
    const script = '(while :; do echo x; sleep 0.1; done) & exit 0';
    const command = new Command(['pipe', '--tee', '--', 'sh', '-c', script], { env: environment(local) });
    await command.until(/(x\n){3}/m);
    const startedAt = performance.now();
    command.child.kill('SIGTERM');
    t.is((await command.ended).code, 0);
    t.true(performance.now() - startedAt < 5000);
  },
);

test.serial('a signal that does not reach the command is told, and the pipe goes on', async (t) => {
  const local = await service(t);
  // As for a command that runs as another user, through sudo.
  const patch = join(spoolFolder(t), 'no-kill.cjs');
  writeFileSync(
    patch,
    `require('node:child_process').ChildProcess.prototype.kill = function () {
      this.emit('error', Object.assign(new Error('kill EPERM'), { code: 'EPERM' }));
      return false;
    };`,
  );
  const command = new Command(['pipe', '--tee', '--', 'sh', '-c', 'echo first; read line; echo "$line"'], {
    env: environment(local, { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${patch}` }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await command.until(/first/);
  command.child.kill('SIGTERM');
  await command.until(/the command does not get SIGTERM: kill EPERM/);
  command.child.stdin?.end('second\n');
  t.is((await command.ended).code, 0);
  t.deepEqual(arrived(local), ['first', 'second']);
});

test.serial('without -- too, options after the name of the command belong to the command', async (t) => {
  const local = await service(t);
  const { code, stderr } = await putlogs(['pipe', 'echo', '--json', '-h'], { env: environment(local) });
  t.is(code, 0);
  t.is(stderr, '');
  t.deepEqual(arrived(local), ['--json -h']);
});

test.serial(
  'SIGINT to the writer and to putlogs, as Ctrl+C sends it: stdin is read to its end',
  async (t) => {
    const local = await service(t);
    const command = new Command(['pipe', '--tee'], {
      env: environment(local),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    command.child.stdin?.write('before\n');
    await command.until(/before/);
    command.child.kill('SIGINT');
    command.child.stdin?.write('last words\n');
    await command.until(/last words/);
    command.child.stdin?.end();
    t.is((await command.ended).code, 0);
    t.deepEqual(arrived(local), ['before', 'last words']);
  },
);

test.serial(
  'a second SIGINT ends the reading of stdin, one at the end is told, and the next gives up',
  async (t) => {
    const local = await service(t);
    local.fault({ kind: 'error500' });
    const command = new Command(['pipe', '--tee'], {
      env: environment(local, { PUTLOGS_REPORT_TO_STDERR: 'false' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    command.child.stdin?.write('before\n');
    await command.until(/before/);
    command.child.kill('SIGINT');
    command.child.stdin?.write('last words\n');
    await command.until(/last words/);
    // While it reads what is in the pipe, more signals change nothing.
    const isTold = () => command.stderr.includes('putlogs: delivering; once more to give up\n');
    await until('the end of the reading', isTold, async () => {
      command.child.kill('SIGINT');
      await sleep(100);
    });
    command.child.kill('SIGINT');
    t.is((await command.ended).signal, 'SIGINT');
    t.regex(command.stderr, /^putlogs: 0 events delivered, 2 lost$/m);
  },
);

test('SIGTERM to putlogs alone: what is in the pipe is delivered, and the signal ends it', async (t) => {
  const local = await service(t);
  const command = new Command(['pipe'], { env: environment(local), stdio: ['pipe', 'pipe', 'pipe'] });
  command.child.stdin?.write('first\n');
  await command.started(local);
  command.child.kill('SIGSTOP');
  command.child.stdin?.write(`in the pipe ${'.'.repeat(90)}\n`.repeat(10_000));
  command.child.kill('SIGTERM');
  command.child.kill('SIGCONT');
  const { signal } = await command.ended;
  t.is(signal, 'SIGTERM');
  t.is(local.count('/my/app'), 10_001);
});

test('a command ends while the buffer has no room for its last words: they are read later', async (t) => {
  const local = await service(t, { keepEvents: false });
  // Longer than putlogs waits for a process that the command has left behind.
  local.fault({ kind: 'slow', delayMs: 3000, times: 5 });
  const file = join(spoolFolder(t), 'output');
  writeFileSync(file, `${'x'.repeat(999)}\n`.repeat(4330));
  const env = environment(local, { PUTLOGS_MAX_BUFFER_BYTES: String(8 * 1024 * 1024) });
  const { code } = await putlogs(['pipe', '--', 'cat', file], { env });
  t.is(code, 0);
  t.is(local.count('/my/app'), 4330);
});

test.serial('a second signal while it delivers gives up, and says what is lost', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'hang' });
  const command = new Command(['pipe', '--', 'echo', 'a'], { env: environment(local) });
  await command.started(local);
  command.child.kill('SIGTERM');
  await command.until(/delivering; once more to give up/);
  command.child.kill('SIGTERM');
  const { code } = await command.ended;
  t.is(code, 0);
  t.regex(command.stderr, /^putlogs: 0 events delivered, 1 lost$/m);
});

testOnTerminal('on a terminal a line shows how far it is', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'hang' });
  const command = Command.onTerminal(['pipe', '--', 'sh', '-c', 'echo a; echo b; sleep 2'], {
    env: environment(local, { PUTLOGS_REQUEST_TIMEOUT_MS: '300' }),
  });
  await command.until(/accepted 2 {3}delivered 0 {3}pending 2/);
  end();
  t.is((await command.ended).code, 0);
  t.regex(command.stdout, /putlogs: 2 events delivered/);
});
