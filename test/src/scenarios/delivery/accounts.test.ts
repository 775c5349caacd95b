import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import winston from 'winston';
import { runFixture } from '../../support/child.js';
import { messages, optionsFor, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { openPipeline } from '../../support/pipeline.js';
import { startProxy } from '../../support/proxy.js';
import { GENUINE, startRaw, startServer } from '../../support/raw-service.js';
import { type Sts, signerOf, startSts } from '../../support/sts.js';
import { until } from '../../support/until.js';

const ROLE = 'arn:aws:iam::123456789012:role/logs';
const OWN = { accessKeyId: 'AKIAOWN', secretAccessKey: 'hunter2' };

/** A service that takes everything and knows who signed each PutLogEvents. */
async function startSigned(t: ExecutionContext) {
  const signers: string[] = [];
  const { endpoint } = await startRaw(t, (response, { headers }) => {
    if (headers['x-amz-target'] === 'Logs_20140328.PutLogEvents')
      signers.push(signerOf(headers.authorization));
    response.writeHead(200, GENUINE).end('{}');
  });
  return { endpoint, signers };
}

function useSts(t: ExecutionContext, { endpoint }: Pick<Sts, 'endpoint'>): void {
  process.env.AWS_ENDPOINT_URL_STS = endpoint;
  t.teardown(() => delete process.env.AWS_ENDPOINT_URL_STS);
}

/** Configuration files of AWS. */
function useProfiles(t: ExecutionContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-profiles-'));
  const file = join(folder, 'credentials');
  writeFileSync(file, text);
  const { AWS_SHARED_CREDENTIALS_FILE } = process.env;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  t.teardown(() => {
    process.env.AWS_SHARED_CREDENTIALS_FILE = AWS_SHARED_CREDENTIALS_FILE;
    rmSync(folder, { recursive: true });
  });
  return file;
}

const PROFILES = `[logs]
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = of-the-profile
[role]
role_arn = ${ROLE}
source_profile = logs
`;

const OF_KEYS = 'aws_access_key_id = AKIATHERE\naws_secret_access_key = of-there\n';

test.serial('credentials sign the requests, before those of the environment', async (t) => {
  const service = await startSigned(t);
  const pipeline = openPipeline(service, { credentials: OWN });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(service.signers, ['AKIAOWN']);
  t.notRegex(JSON.stringify(pipeline.reports), /hunter2/);
});

test.serial('credentials reach the worker of createStream and of Winston', async (t) => {
  const service = await startSigned(t);
  const options = { ...optionsFor(service), credentials: OWN };
  const stream = createStream(options);
  pino(stream).info('hello');
  await stream.flush();
  const transport = new CloudWatchTransport(options);
  winston.createLogger({ transports: [transport] }).info('hello');
  await transport.flush();
  t.deepEqual(service.signers, ['AKIAOWN', 'AKIAOWN']);
  await Promise.all([stream.close(), transport.close()]);
});

test.serial('profile selects the credentials of a profile, before those of the environment', async (t) => {
  const service = await startSigned(t);
  useProfiles(t, PROFILES);
  const pipeline = openPipeline(service, { profile: 'logs' });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(service.signers, ['AKIAPROFILE']);
});

for (const [what, options, variables, region] of [
  ['of AWS_PROFILE', {}, { AWS_PROFILE: 'there' }, 'eu-west-3'],
  ['of the option profile', { profile: 'there' }, {}, 'eu-west-3'],
  ['of the default profile', {}, { AWS_PROFILE: '' }, 'eu-north-1'],
  ['of a profile that assumes a role', { profile: 'role' }, {}, 'eu-south-1'],
] as const) {
  test.serial(`an empty AWS_REGION leaves the Region ${what}`, async (t) => {
    useSts(t, await startSts(t));
    useProfiles(
      t,
      `[default]\nregion = eu-north-1\n[there]\nregion = eu-west-3\n${OF_KEYS}${PROFILES}region = eu-south-1\n`,
    );
    const scopes: unknown[] = [];
    const { endpoint } = await startRaw(t, (response, { headers }) => {
      scopes.push(/Credential=\w+\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '')?.[1]);
      response.writeHead(200, GENUINE).end('{}');
    });
    const { AWS_REGION } = process.env;
    Object.assign(process.env, { AWS_REGION: '', AWS_DEFAULT_REGION: '', ...variables });
    t.teardown(() => {
      process.env.AWS_REGION = AWS_REGION;
      for (const name of ['AWS_DEFAULT_REGION', 'AWS_PROFILE']) delete process.env[name];
    });
    const pipeline = openPipeline({ endpoint }, { ...options, region: undefined, closeTimeoutMs: 500 });
    pipeline.accept(Date.now(), 'hello');
    await pipeline.close();
    t.deepEqual(pipeline.problems(), []);
    t.deepEqual(new Set(scopes), new Set([region]));
  });
}

test.serial(
  'a profile that does not exist is reported, and no other credentials are used instead',
  async (t) => {
    const service = await startSigned(t);
    useProfiles(t, PROFILES);
    const pipeline = openPipeline(service, { profile: 'lgos', closeTimeoutMs: 0 });
    pipeline.accept(Date.now(), 'waits');
    void pipeline.flush();
    await until('the report', () => pipeline.problems().includes('denied'));
    const reported = JSON.stringify(pipeline.reports);
    t.regex(reported, /No AWS credentials: .*option profile.*profile: \[lgos\]/);
    t.deepEqual(service.signers, []);
    await pipeline.close();
  },
);

test.serial(
  'a role is assumed with the credentials of the environment, the external id and the session name',
  async (t) => {
    const service = await startSigned(t);
    const sts = await startSts(t);
    useSts(t, sts);
    const role = { roleArn: ROLE, roleSessionName: 'checkout', externalId: 'shop/7' };
    const pipeline = openPipeline(service, role);
    for (const text of ['one', 'two']) {
      pipeline.accept(Date.now(), text);
      await pipeline.flush();
    }
    t.deepEqual(service.signers, ['ASIAROLE1', 'ASIAROLE1']);
    const [{ params, signedBy } = { params: {}, signedBy: '' }, ...more] = sts.requests;
    t.is(signedBy, 'local');
    t.like(params, { RoleArn: ROLE, RoleSessionName: 'checkout', ExternalId: 'shop/7' });
    t.deepEqual(more, []);
  },
);

for (const [what, options, signer] of [
  ['profile', { profile: 'logs' }, 'AKIAPROFILE'],
  ['credentials', { credentials: OWN }, 'AKIAOWN'],
] as const) {
  test.serial(
    `a role is assumed with the option ${what}, and without a session name as putlogs`,
    async (t) => {
      const service = await startSigned(t);
      const sts = await startSts(t);
      useSts(t, sts);
      useProfiles(t, PROFILES);
      const pipeline = openPipeline(service, { roleArn: ROLE, ...options });
      pipeline.accept(Date.now(), 'hello');
      await pipeline.flush();
      t.deepEqual(service.signers, ['ASIAROLE1']);
      t.is(sts.requests[0]?.signedBy, signer);
      t.is(sts.requests[0]?.params.RoleSessionName, 'putlogs');
      t.false('ExternalId' in (sts.requests[0]?.params ?? {}));
    },
  );
}

test.serial('when STS cannot be reached, a report names its host, and events wait', async (t) => {
  const service = await startSigned(t);
  useSts(t, { endpoint: 'http://127.0.0.1:1' });
  const pipeline = openPipeline(service, { roleArn: ROLE, closeTimeoutMs: 0 });
  pipeline.accept(Date.now(), 'waits');
  void pipeline.flush();
  await until('the report', () => pipeline.problems().includes('unavailable'));
  await pipeline.close();
  const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
  t.regex(
    problem?.message ?? '',
    /^CloudWatch Logs is not called: the source of the AWS credentials \(STS or SSO\), 127\.0\.0\.1:1, cannot be reached\. .*ECONNREFUSED/,
  );
  t.deepEqual(service.signers, []);
});

test.serial('the role of a profile is assumed once for many requests', async (t) => {
  const service = await startSigned(t);
  const sts = await startSts(t);
  useSts(t, sts);
  useProfiles(t, PROFILES);
  const pipeline = openPipeline(service, { profile: 'role' });
  for (const text of ['one', 'two']) {
    pipeline.accept(Date.now(), text);
    await pipeline.flush();
  }
  t.deepEqual(service.signers, ['ASIAROLE1', 'ASIAROLE1']);
});

test.serial(
  'a role is assumed again five minutes before its credentials expire; while that fails, they count',
  async (t) => {
    const service = await startSigned(t);
    const clock = new ManualClock();
    let refusal: string | undefined;
    const expiration = () => clock.now() + 15 * 60_000;
    const sts = await startSts(t, { expiration, refuses: () => refusal });
    useSts(t, sts);
    const pipeline = openPipeline(service, { roleArn: ROLE }, { clock });
    const deliver = async () => {
      pipeline.accept(clock.now(), 'hello');
      await pipeline.flush();
    };
    await deliver();
    clock.jump(9 * 60_000);
    await deliver();
    t.is(sts.requests.length, 1);
    clock.jump(2 * 60_000);
    refusal = 'AccessDenied';
    await deliver();
    t.is(sts.requests.length, 2);
    refusal = undefined;
    await deliver();
    t.is(sts.requests.length, 2, 'a refusal is followed by a pause');
    clock.jump(30_000);
    await deliver();
    t.deepEqual(service.signers, [...new Array(4).fill('ASIAROLE1'), 'ASIAROLE3']);
    // The clock that this test moves is not the service's.
    t.deepEqual(
      pipeline.problems().filter((code) => code !== 'clock'),
      [],
    );
  },
);

test.serial('credentials that expire within five minutes are not looked up for each request', async (t) => {
  const service = await startSigned(t);
  const clock = new ManualClock();
  const sts = await startSts(t, { expiration: () => clock.now() + 2 * 60_000 });
  useSts(t, sts);
  const pipeline = openPipeline(service, { roleArn: ROLE }, { clock });
  for (const message of ['one', 'two']) {
    pipeline.accept(clock.now(), message);
    await pipeline.flush();
  }
  t.is(sts.requests.length, 1);
  t.is(service.signers.length, 2);
});

for (const code of ['AccessDenied', 'ValidationException', 'ResourceNotFoundException']) {
  test.serial(
    `when STS refuses the role with ${code}, a report says what to do, and events wait`,
    async (t) => {
      const service = await startSigned(t);
      let refusal: string | undefined = code;
      useSts(t, await startSts(t, { refuses: () => refusal }));
      const pipeline = openPipeline(service, { roleArn: ROLE });
      pipeline.accept(Date.now(), 'waits');
      const flushed = pipeline.flush();
      await until('the report', () => pipeline.problems().includes('denied'));
      const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
      t.regex(
        problem?.message ?? '',
        new RegExp(
          `^AWS does not give the credentials of the role .*trust policy.*sts:AssumeRole\\..*\\(CredentialsRefusedError: ${code}: User: `,
        ),
      );
      t.deepEqual(service.signers, []);
      refusal = undefined;
      await flushed;
      t.is(pipeline.counts().delivered, 1);
    },
  );
}

test.serial('when STS throttles, a report says so, and not that CloudWatch Logs does', async (t) => {
  const service = await startSigned(t);
  let refusal: string | undefined = 'Throttling';
  useSts(t, await startSts(t, { refuses: () => refusal }));
  // The SDK would ask STS twice more, after pauses.
  process.env.AWS_MAX_ATTEMPTS = '1';
  t.teardown(() => delete process.env.AWS_MAX_ATTEMPTS);
  const pipeline = openPipeline(service, { roleArn: ROLE });
  pipeline.accept(Date.now(), 'waits');
  const flushed = pipeline.flush();
  await until('the report', () => pipeline.problems().includes('throttled'));
  const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
  t.regex(
    problem?.message ?? '',
    /^AWS throttles the look-up of the credentials \(STS or SSO\), .*\(CredentialsThrottledError: Throttling: /,
  );
  refusal = undefined;
  await flushed;
  t.is(pipeline.counts().delivered, 1);
});

for (const logger of ['pino', 'pino stream', 'winston']) {
  test(`${logger}: the variables of a role work, and STS is asked through the proxy`, async (t) => {
    const local = await startLocal(t);
    const sts = await startSts(t);
    const proxy = await startProxy(t);
    const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '3'], {
      env: {
        AWS_ENDPOINT_URL_STS: sts.endpoint,
        PUTLOGS_ROLE_ARN: ROLE,
        PUTLOGS_EXTERNAL_ID: 'shop/7',
        HTTP_PROXY: proxy.url,
      },
    });
    t.is(stderr, '');
    t.is(code, 0);
    t.is(messages(local).length, 3);
    t.is(sts.requests[0]?.params.ExternalId, 'shop/7');
    t.true(proxy.asked.some((authority) => sts.endpoint.endsWith(authority)));
  });
}

for (const variable of ['PUTLOGS_PROFILE', 'AWS_PROFILE']) {
  test(`${variable}: SSO is asked through the proxy`, async (t) => {
    const local = await startLocal(t);
    const proxy = await startProxy(t);
    const { endpoint, tokens } = await startSso(t);
    const home = mkdtempSync(join(tmpdir(), 'putlogs-sso-'));
    t.teardown(() => rmSync(home, { recursive: true }));
    writeSsoProfile(home);
    const { code, stderr } = await runFixture(local, 'app.js', ['winston', 'natural end', '1'], {
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONFIG_FILE: join(home, 'config'),
        AWS_ENDPOINT_URL_SSO: endpoint,
        HOME: home,
        [variable]: 'sso',
        HTTP_PROXY: proxy.url,
      },
    });
    t.is(stderr, '');
    t.is(code, 0);
    t.is(messages(local).length, 1);
    t.deepEqual(tokens, ['token-of-the-login']);
    t.true(proxy.asked.some((authority) => endpoint.endsWith(authority)));
  });
}

/** A user who has logged in with `aws sso login`. */
function writeSsoProfile(home: string): void {
  const startUrl = 'https://putlogs.awsapps.com/start';
  writeFileSync(
    join(home, 'config'),
    `[profile sso]
sso_start_url = ${startUrl}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = logs
`,
  );
  const cache = join(home, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const login = { accessToken: 'token-of-the-login', expiresAt: '2099-01-01T00:00:00Z' };
  const name = createHash('sha1').update(startUrl).digest('hex');
  writeFileSync(join(cache, `${name}.json`), JSON.stringify(login));
}

/** An SSO that gives credentials. `tokens`: those of the requests. */
async function startSso(t: ExecutionContext) {
  const tokens: unknown[] = [];
  const { endpoint } = await startServer(t, ({ headers }, response) => {
    tokens.push(headers['x-amz-sso_bearer_token']);
    const roleCredentials = {
      accessKeyId: 'ASIASSO',
      secretAccessKey: 'of-sso',
      sessionToken: 'of-sso',
      expiration: Date.now() + 3_600_000,
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ roleCredentials }));
  });
  return { endpoint, tokens };
}

test('the endpoint of a container, which gives credentials, is not asked through the proxy', async (t) => {
  const local = await startLocal(t);
  const proxy = await startProxy(t);
  let asked = 0;
  const { endpoint } = await startServer(t, (_, response) => {
    asked++;
    const credentials = {
      AccessKeyId: 'ASIACONTAINER',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2099-01-01T00:00:00Z',
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(credentials));
  });
  const { stderr } = await runFixture(local, 'app.js', ['winston', 'natural end', '1'], {
    env: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/credentials`,
      HTTP_PROXY: proxy.url,
    },
  });
  t.is(stderr, '');
  t.is(messages(local).length, 1);
  t.true(asked > 0);
  t.false(proxy.asked.some((authority) => endpoint.endsWith(authority)));
});
