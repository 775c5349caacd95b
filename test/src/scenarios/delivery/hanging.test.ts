import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { startServer } from '../../support/raw-service.js';
import { until, untilResolved } from '../../support/until.js';

const CREDENTIALS = {
  AccessKeyId: 'FOUND',
  SecretAccessKey: 'found',
  Token: 'found',
  Expiration: '2099-01-01T00:00:00Z',
};

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'putlogs-hanging-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Sets these variables for one test, without the keys that other tests have set. */
function environment(t: ExecutionContext, variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  t.teardown(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  });
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  Object.assign(process.env, variables);
}

/** The first request hangs. All later ones get this response. */
function hangOnce(counted: { lookUps: number }, body: string): RequestListener {
  return (request, response) => {
    request.resume();
    if (++counted.lookUps > 1) response.end(body);
  };
}

interface CredentialSource {
  readonly lookUps: number;
}

const SOURCES: Readonly<Record<string, (t: ExecutionContext) => Promise<CredentialSource>>> = {
  async 'the endpoint of a container'(t) {
    const counted = { lookUps: 0 };
    const { endpoint } = await startServer(t, hangOnce(counted, JSON.stringify(CREDENTIALS)));
    environment(t, { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/credentials` });
    return counted;
  },
  async STS(t) {
    const counted = { lookUps: 0 };
    const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>FOUND</AccessKeyId><SecretAccessKey>found</SecretAccessKey><SessionToken>found</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    const { endpoint } = await startServer(t, hangOnce(counted, body));
    const token = join(folder(t), 'token');
    writeFileSync(token, 'token');
    environment(t, {
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/test',
      AWS_ENDPOINT_URL_STS: endpoint,
    });
    return counted;
  },
  async 'a credential_process'(t) {
    const path = folder(t);
    const log = join(path, 'log');
    const script = join(path, 'find.sh');
    writeFileSync(log, '');
    writeFileSync(
      script,
      `if mkdir ${join(path, 'hung')}; then echo $$ >> ${log}; exec sleep 600; fi\necho $$ >> ${log}\necho '${JSON.stringify({ ...CREDENTIALS, Version: 1 })}'\n`,
    );
    writeFileSync(join(path, 'config'), `[default]\ncredential_process = sh ${script}\n`);
    const pids = () => readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number);
    environment(t, { AWS_CONFIG_FILE: join(path, 'config') });
    t.teardown(() => {
      const [hanging] = pids();
      if (hanging !== undefined) process.kill(hanging);
    });
    return {
      get lookUps() {
        return pids().length;
      },
    };
  },
};

for (const [what, open] of Object.entries(SOURCES)) {
  test.serial(
    `credentials: if ${what} hangs, it is asked again once for all requests, and events wait`,
    async (t) => {
      const local = await startLocal(t);
      const source = await open(t);
      const clock = new ManualClock(Date.now());
      const pipeline = openPipeline(local, { requestTimeoutMs: 5000 }, { clock });
      for (const i of range(4)) {
        pipeline.accept(Date.now() - i * 86_400_000, `day ${i}`);
        void pipeline.flush();
      }
      await until('the first look-up', () => source.lookUps > 0);
      await clock.advance(4999);
      t.is(source.lookUps, 1, 'four requests share the look-up');
      t.deepEqual(pipeline.problems(), []);
      await clock.advance(1);
      await until(
        'the events',
        () => local.count('/test/app') === 4,
        () => clock.advance(0),
      );
      t.is(source.lookUps, 2);
      await pipeline.flush();
      t.deepEqual(pipeline.counts(), allDelivered(4));
      t.deepEqual(pipeline.problems(), ['denied']);
      const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
      t.regex(problem?.message ?? '', /credentials .*does not respond.*asked again.*5000 ms/);
      await pipeline.close();
    },
  );
}

/** A pipeline that need not create anything any more. */
async function withOpenStream(t: ExecutionContext) {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const pipeline = openPipeline(local, { requestTimeoutMs: 10_000, closeTimeoutMs: 8000 }, { clock });
  pipeline.accept(Date.now(), 'opens the stream');
  await pipeline.flush();
  return { local, clock, pipeline, requestsBefore: puts(local).length };
}

test.serial(
  'during close a request that hangs is sent again after half of the time that is left',
  async (t) => {
    const { local, clock, pipeline, requestsBefore } = await withOpenStream(t);
    local.fault({ kind: 'hang' });
    const begun = clock.now();
    const hangs = async (text: string, before: number) => {
      pipeline.accept(Date.now(), text);
      void pipeline.flush();
      await until(`the request of ${text}`, () => puts(local).length === requestsBefore + before + 1);
    };
    await hangs('before the close', 0);
    let isClosed = false;
    const closed = pipeline.close().then(() => {
      isClosed = true;
    });
    await hangs('during the close', 1);
    await clock.advance(2000);
    local.clearFaults();
    t.false(isClosed);
    // The requests still hang, and nothing is sent again.
    t.is(puts(local).length, requestsBefore + 2);
    await clock.advance(2000);
    await untilResolved('the close', closed, () => clock.advance(0));
    t.is(clock.now() - begun, 4000);
    t.deepEqual(messages(local).toSorted(), ['before the close', 'during the close', 'opens the stream']);
    t.deepEqual(pipeline.counts(), allDelivered(3));
  },
);

test.serial('a request that hangs during a drain is not divided', async (t) => {
  const { local, clock, pipeline, requestsBefore } = await withOpenStream(t);
  local.fault({ kind: 'hang', times: 1 });
  for (const i of range(100)) pipeline.accept(Date.now(), `${i}`.padEnd(1000, 'x'));
  const drained = pipeline.drain();
  await until('the request', () => puts(local).length === requestsBefore + 1);
  await clock.advance(4000);
  await untilResolved('the drain', drained, () => clock.advance(0));
  t.is(puts(local).length, requestsBefore + 2);
  t.deepEqual(pipeline.counts(), allDelivered(101));
  await pipeline.close();
});

test.serial('a request gets its time once more if the process stood still meanwhile', async (t) => {
  const { local, clock, pipeline, requestsBefore } = await withOpenStream(t);
  local.fault({ kind: 'hang', times: 1 });
  pipeline.accept(Date.now(), 'sent twice');
  void pipeline.flush();
  await until('the request', () => puts(local).length === requestsBefore + 1);
  clock.jump(60_000);
  await clock.advance(9999);
  for (let i = 0; i < 100; i++) await settled();
  t.is(puts(local).length, requestsBefore + 1);
  await clock.advance(1);
  await until(
    'the second request',
    () => puts(local).length === requestsBefore + 2,
    () => clock.advance(0),
  );
  await pipeline.close();
});

test.serial(
  'requests that hang are sent several times before the deadline of a drain, and get the full timeout afterwards',
  async (t) => {
    const { local, clock, pipeline, requestsBefore } = await withOpenStream(t);
    local.fault({ kind: 'hang' });
    const begun = clock.now();
    pipeline.accept(Date.now(), 'lost');
    const drained = pipeline.drain();
    for (const [index, at] of [4000, 6000, 7000, 7500].entries()) {
      await until(
        `attempt ${index + 1}`,
        () => puts(local).length === requestsBefore + index + 1,
        () => clock.advance(0),
      );
      await clock.advance(begun + at - 1 - clock.now());
      t.is(puts(local).length, requestsBefore + index + 1);
      await clock.advance(1);
    }
    await until(
      'the last attempt',
      () => puts(local).length === requestsBefore + 5,
      () => clock.advance(0),
    );
    await clock.advance(begun + 8000 - clock.now());
    await drained;
    t.is(pipeline.counts().dropped.closed, 1);
    local.clearFaults();
    // Attempts that the deadline aborted have arrived by then, or never will.
    pipeline.accept(Date.now(), 'afterwards');
    void pipeline.flush();
    await until('the record', () => messages(local).includes('afterwards'));
    for (let i = 0; i < 100; i++) await settled();
    local.fault({ kind: 'hang', times: 1 });
    const before = puts(local).length;
    pipeline.accept(Date.now(), 'waits');
    void pipeline.flush();
    await until('the request', () => puts(local).length === before + 1);
    await clock.advance(9000);
    t.is(puts(local).length, before + 1, 'the timeout is no longer shortened');
    await clock.advance(1000);
    await until(
      'the record',
      () => messages(local).includes('waits'),
      () => clock.advance(0),
    );
    await pipeline.close();
  },
);
