import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Local, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import {
  type Authority,
  createAuthority,
  startTls,
  testWithCertificates,
} from '../../support/certificates.js';
import { application } from '../../support/command.js';
import { openPipe } from '../../support/fifo.js';
import { range } from '../../support/harness.js';
import { moduleFile } from '../../support/module-file.js';
import { startProxy } from '../../support/proxy.js';
import { startServer } from '../../support/raw-service.js';
import { segmentText, spoolFolder } from '../../support/spool-folder.js';
import { startSts } from '../../support/sts.js';
import { codesOf, examine, examineAlone, sound } from './support.js';

async function service(t: ExecutionContext, options: Parameters<typeof start>[0] = {}): Promise<Local> {
  const local = await start(options);
  t.teardown(() => local.close());
  return local;
}

/** Creates the log group and a log stream, as an earlier process would have. */
async function withGroup(t: ExecutionContext, local: Local): Promise<void> {
  const { code } = await answer(['doctor', '--send'], { cwd: application(t), env: sound(local) });
  t.is(code, 0);
}

const LEFTOVERS = Number(process.env.TEST_LEFTOVERS ?? 1000);

/** What is wrong, the code that says so, and a part of its fix. */
type Case = readonly [
  what: string,
  surroundings: (t: ExecutionContext, local: Local) => Promise<Readonly<Record<string, string>>>,
  code: string,
  fix: RegExp,
  level?: 'warning' | 'error',
];

const CASES: readonly Case[] = [
  [
    'no log group name',
    async (_, local) => sound(local, { PUTLOGS_LOG_GROUP_NAME: '' }),
    'PL-LOG-GROUP-NAME-MISSING',
    /export PUTLOGS_LOG_GROUP_NAME=/,
  ],
  [
    'a misspelt variable',
    async (_, local) => sound(local, { PUTLOGS_LOG_GROUP_NAME: '', PUTLOGS_LOGGROUP_NAME: '/my/app' }),
    'PL-VARIABLE-MISSPELT',
    /export PUTLOGS_LOG_GROUP_NAME="\$PUTLOGS_LOGGROUP_NAME"; unset PUTLOGS_LOGGROUP_NAME/,
  ],
  [
    'an invalid option',
    async (_, local) => sound(local, { PUTLOGS_RETENTION_IN_DAYS: '31' }),
    'PL-OPTION-INVALID',
    /one of 1, 3, 5/,
  ],
  [
    'a variable of another program',
    async (_, local) => sound(local, { PUTLOGS_WEBHOOK: 'x' }),
    'PL-VARIABLE-UNKNOWN',
    /unset PUTLOGS_WEBHOOK/,
    'warning',
  ],
  [
    'a module that cannot be loaded',
    async (t, local) => sound(local, { PUTLOGS_MODULE: moduleFile(t, 'throw new Error("on purpose");') }),
    'PL-MODULE',
    /Correct the file/,
    'warning',
  ],
  [
    'no Region',
    async (_, local) => sound(local, { AWS_REGION: '', AWS_DEFAULT_REGION: '' }),
    'PL-REGION-MISSING',
    /export AWS_REGION=/,
  ],
  [
    'no credentials',
    async (_, local) => sound(local, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    'PL-CREDENTIALS-MISSING',
    /export AWS_ACCESS_KEY_ID=/,
  ],
  [
    'a profile that does not exist',
    async (_, local) => sound(local, { PUTLOGS_PROFILE: 'nobody' }),
    'PL-CREDENTIALS-MISSING',
    /^aws configure --profile nobody$/,
  ],
  [
    'AWS_PROFILE of a profile that does not exist, beside keys',
    async (_, local) => sound(local, { AWS_PROFILE: 'nobody' }),
    'PL-CREDENTIALS-MISSING',
    /^unset AWS_PROFILE$/,
  ],
  [
    'a profile whose program fails',
    async (t, local) => {
      const file = join(spoolFolder(t), 'config');
      writeFileSync(file, '[profile mine]\ncredential_process = false\n');
      return sound(local, { AWS_CONFIG_FILE: file, PUTLOGS_PROFILE: 'mine' });
    },
    'PL-CREDENTIALS-MISSING',
    /^Correct the profile mine/,
  ],
  [
    'a key without its secret',
    async (_, local) => sound(local, { AWS_SECRET_ACCESS_KEY: '' }),
    'PL-CREDENTIALS-MISSING',
    /^export AWS_SECRET_ACCESS_KEY=…$/,
  ],
  [
    'a file with the token of a web identity that is not there',
    async (_, local) =>
      sound(local, {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token',
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/logs',
      }),
    'PL-CREDENTIALS-MISSING',
    /^unset AWS_WEB_IDENTITY_TOKEN_FILE$/,
  ],
  [
    'credentials whose time is over',
    async (_, local) => sound(local, { AWS_CREDENTIAL_EXPIRATION: '2026-01-01T00:00:00Z' }),
    'PL-CREDENTIALS-EXPIRED',
    /unset AWS_ACCESS_KEY_ID/,
  ],
  [
    'a key that STS does not know, as it asks for a role',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'InvalidClientTokenId' });
      const roleArn = 'arn:aws:iam::123456789012:role/logs';
      return sound(local, { AWS_ENDPOINT_URL_STS: endpoint, PUTLOGS_ROLE_ARN: roleArn });
    },
    'PL-CREDENTIALS-WRONG',
    /access key/,
  ],
  [
    'a token that has expired, as it asks for a role',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'ExpiredToken' });
      const roleArn = 'arn:aws:iam::123456789012:role/logs';
      return sound(local, { AWS_ENDPOINT_URL_STS: endpoint, PUTLOGS_ROLE_ARN: roleArn });
    },
    'PL-CREDENTIALS-EXPIRED',
    /new credentials/,
  ],
  [
    'a key that STS does not know',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'InvalidClientTokenId' });
      return sound(local, { AWS_ENDPOINT_URL_STS: endpoint });
    },
    'PL-CREDENTIALS-WRONG',
    /export AWS_ACCESS_KEY_ID=/,
  ],
  [
    'a key that CloudWatch Logs does not know',
    async (_, local) => {
      local.fault({ kind: 'unrecognizedClient', operation: '*' });
      return sound(local);
    },
    'PL-CREDENTIALS-WRONG',
    /aws iam create-access-key/,
  ],
  [
    'a wrong secret',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'SignatureDoesNotMatch' });
      return sound(local, { AWS_ENDPOINT_URL_STS: endpoint });
    },
    'PL-CREDENTIALS-WRONG',
    /export AWS_SECRET_ACCESS_KEY=/,
  ],
  [
    'a token that has expired',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'ExpiredToken' });
      return sound(local, { AWS_ENDPOINT_URL_STS: endpoint, AWS_SESSION_TOKEN: 'old' });
    },
    'PL-CREDENTIALS-EXPIRED',
    /unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN/,
  ],
  [
    'a token that has expired, by the words of CloudWatch Logs',
    async (_, local) => {
      local.fault({ kind: 'expiredToken', operation: '*' });
      return sound(local);
    },
    'PL-CREDENTIALS-EXPIRED',
    /new credentials/,
  ],
  [
    'a role that STS refuses',
    async (t, local) => {
      const { endpoint } = await startSts(t, { refuses: () => 'AccessDenied' });
      const roleArn = 'arn:aws:iam::123456789012:role/logs';
      return sound(local, {
        AWS_ENDPOINT_URL_STS: endpoint,
        PUTLOGS_ROLE_ARN: roleArn,
        PUTLOGS_EXTERNAL_ID: 'shop-7',
      });
    },
    'PL-ROLE-REFUSED',
    /"sts:AssumeRole".*"sts:ExternalId":"shop-7"/,
  ],
  [
    'PutLogEvents denied',
    async (_, local) => {
      local.fault({ kind: 'accessDenied', operation: 'PutLogEvents' });
      return sound(local);
    },
    'PL-PUT-DENIED',
    /"Action":\["logs:PutLogEvents","logs:CreateLogStream","logs:CreateLogGroup"\],"Resource":"arn:aws:logs:us-east-1:\*:log-group:\/my\/app:\*"/,
  ],
  [
    'CreateLogStream denied',
    async (t, local) => {
      await withGroup(t, local);
      local.fault({ kind: 'accessDenied', operation: 'CreateLogStream' });
      return sound(local);
    },
    'PL-CREATE-LOG-STREAM-DENIED',
    /"Action":\["logs:PutLogEvents","logs:CreateLogStream","logs:CreateLogGroup"\]/,
  ],
  [
    'a log group whose retention is not the one that is set',
    async (t, local) => {
      await withGroup(t, local);
      return sound(local, { PUTLOGS_RETENTION_IN_DAYS: '30' });
    },
    'PL-RETENTION-DIFFERS',
    /^aws logs put-retention-policy --log-group-name \/my\/app --retention-in-days 30$/,
    'warning',
  ],
  [
    'a log group that may not be created',
    async (_, local) => sound(local, { PUTLOGS_CREATE_LOG_GROUP: 'false' }),
    'PL-LOG-GROUP-MISSING',
    /aws logs create-log-group --log-group-name \/my\/app/,
  ],
  [
    'a log group that may neither be described nor created',
    async (_, local) => {
      local.fault({ kind: 'accessDenied', operation: 'DescribeLogGroups' });
      return sound(local, { PUTLOGS_CREATE_LOG_GROUP: 'false' });
    },
    'PL-LOG-GROUP-MISSING',
    /aws logs create-log-group/,
  ],
  [
    'a log stream that may not be created',
    async (t, local) => {
      await withGroup(t, local);
      return sound(local, { PUTLOGS_CREATE_LOG_STREAM: 'false', PUTLOGS_LOG_STREAM_NAME: "it's" });
    },
    'PL-LOG-STREAM-MISSING',
    /aws logs create-log-stream --log-group-name \/my\/app --log-stream-name 'it'\\''s'$/,
  ],
  [
    'a log group in another Region',
    async (t, local) => {
      const other = await service(t);
      await withGroup(t, other);
      return sound(local, {
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await startRegions(t, local, { 'eu-central-1': other }),
      });
    },
    'PL-LOG-GROUP-ELSEWHERE',
    /export AWS_REGION=eu-central-1/,
    'warning',
  ],
  [
    'a log group in another Region, and none may be created here',
    async (t, local) => {
      const other = await service(t);
      await withGroup(t, other);
      return sound(local, {
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await startRegions(t, local, { 'eu-central-1': other }),
        PUTLOGS_CREATE_LOG_GROUP: 'false',
      });
    },
    'PL-LOG-GROUP-MISSING',
    /export AWS_REGION=eu-central-1/,
  ],
  [
    'a clock that is an hour behind',
    async (t) => sound(await service(t, { signingClock: () => Date.now() + 3_600_000 })),
    'PL-CLOCK-WRONG',
    /timedatectl set-ntp true/,
    'warning',
  ],
  [
    'a host that the DNS does not know',
    async (_, local) => sound(local, { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://logs.invalid' }),
    'PL-HOST-NOT-FOUND',
    /nslookup logs\.invalid/,
  ],
  [
    'an endpoint that refuses connections',
    async (_, local) => sound(local, { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:1' }),
    'PL-ENDPOINT-REFUSED',
    /putlogs local --port 1$/,
  ],
  [
    'a captive portal',
    async (t, local) => {
      const { endpoint } = await startServer(t, (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
      });
      return sound(local, { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint });
    },
    'PL-NOT-THE-SERVICE',
    /curl -i http:\/\/127\.0\.0\.1/,
  ],
  [
    'a proxy that answers signed requests itself',
    async (_, local) => {
      local.fault({ kind: 'html200', operation: '*' });
      return sound(local);
    },
    'PL-NOT-THE-SERVICE',
    /Sign in/,
  ],
  [
    'a service that fails',
    async (_, local) => {
      local.fault({ kind: 'error500', operation: '*' });
      return sound(local);
    },
    'PL-SERVICE-FAILS',
    /again later/,
  ],
  [
    'a proxy that wants a password',
    async (t, local) => {
      const { port } = await startProxy(t, { login: 'user:right' });
      return sound(local, { HTTP_PROXY: `http://user:hunter2@127.0.0.1:${port}` });
    },
    'PL-PROXY-REFUSES',
    /export HTTP_PROXY=http:\/\/USER:PASSWORD@/,
  ],
  [
    'a proxy that does not allow the host',
    async (t, local) => sound(local, { HTTP_PROXY: (await startProxy(t, { status: 403 })).url }),
    'PL-PROXY-REFUSES',
    /CONNECT to 127\.0\.0\.1/,
  ],
  [
    'a proxy that is not there',
    async (_, local) => sound(local, { HTTP_PROXY: 'http://127.0.0.1:1' }),
    'PL-PROXY-UNREACHABLE',
    /export NO_PROXY=127\.0\.0\.1/,
  ],
  [
    'a proxy that is no URL',
    async (_, local) => sound(local, { HTTP_PROXY: 'ftp://proxy' }),
    'PL-PROXY-INVALID',
    /unset HTTPS_PROXY/,
  ],
  [
    'an entity that the service rejects',
    async (t, local) => {
      await withGroup(t, local);
      local.fault({ kind: 'entityRejected', errorType: 'InvalidAttributes' });
      return sound(local, { PUTLOGS_LOG_STREAM_NAME: '{instance}' });
    },
    'PL-ENTITY-REJECTED',
    /export PUTLOGS_SERVICE=/,
    'warning',
  ],
  [
    'a spool below a file',
    async (_, local) => sound(local, { PUTLOGS_SPOOL_DIRECTORY: '/dev/null/spool' }),
    'PL-SPOOL-UNUSABLE',
    /export PUTLOGS_SPOOL_DIRECTORY=/,
  ],
  [
    'a spool where the system allows no folder',
    async (_, local) => sound(local, { PUTLOGS_SPOOL_DIRECTORY: '/proc/spool' }),
    'PL-SPOOL-UNUSABLE',
    /export PUTLOGS_SPOOL_DIRECTORY=/,
  ],
  [
    'a spool that others can write to',
    async (t, local) => {
      const folder = spoolFolder(t);
      chmodSync(folder, 0o777);
      return sound(local, { PUTLOGS_SPOOL_DIRECTORY: folder });
    },
    'PL-SPOOL-UNUSABLE',
    /^export PUTLOGS_SPOOL_DIRECTORY=\S+\/my-app-logs$/,
  ],
  [
    'a spool of many leftovers',
    async (t, local) => {
      const root = spoolFolder(t);
      for (const i of range(LEFTOVERS)) leave(root, i);
      return sound(local, { PUTLOGS_SPOOL_DIRECTORY: root });
    },
    'PL-SPOOL-LEFTOVERS',
    /putlogs replay \//,
    'warning',
  ],
  [
    'a spool with damaged lines',
    async (t, local) => {
      const root = spoolFolder(t);
      writeFileSync(join(root, 'corrupt.ndjson'), 'torn\n');
      return sound(local, { PUTLOGS_SPOOL_DIRECTORY: root });
    },
    'PL-SPOOL-CORRUPT',
    /corrupt\.ndjson/,
    'warning',
  ],
  [
    'dead letters',
    async (t, local) => {
      const file = join(spoolFolder(t), 'rejected.ndjson');
      writeFileSync(file, '{"reason":"tooOld","at":"2026-11-24T12:00:00.000Z"}\n'.repeat(3));
      return sound(local, { PUTLOGS_DEAD_LETTER_FILE: file });
    },
    'PL-DEAD-LETTERS-FOUND',
    /putlogs replay --dry-run \//,
    'warning',
  ],
  [
    'a dead-letter file below a file',
    async (_, local) => sound(local, { PUTLOGS_DEAD_LETTER_FILE: '/dev/null/rejected' }),
    'PL-DEAD-LETTERS-UNUSABLE',
    /export PUTLOGS_DEAD_LETTER_FILE=/,
  ],
  [
    'a FIFO as a dead-letter file',
    async (t, local) => sound(local, { PUTLOGS_DEAD_LETTER_FILE: openPipe(t).path }),
    'PL-DEAD-LETTERS-UNUSABLE',
    /export PUTLOGS_DEAD_LETTER_FILE=/,
  ],
];

/** In these the doctor waits. */
const SLOW_CASES: readonly Case[] = [
  [
    'a profile whose program hangs',
    async (t, local) => {
      const file = join(spoolFolder(t), 'config');
      // It ends once nobody reads any more.
      writeFileSync(file, '[profile mine]\ncredential_process = while sleep 1; do echo; done\n');
      return sound(local, { AWS_CONFIG_FILE: file, PUTLOGS_PROFILE: 'mine' });
    },
    'PL-CREDENTIALS-SLOW',
    /aws sts get-caller-identity/,
  ],
  [
    'an endpoint of the container that refuses',
    async (_, local) =>
      sound(local, {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      }),
    'PL-CREDENTIALS-MISSING',
    /^Correct AWS_CONTAINER_CREDENTIALS_FULL_URI/,
  ],
  [
    'an endpoint that hangs',
    async (t, local) => sound(local, { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: await startSilence(t) }),
    'PL-ENDPOINT-SILENT',
    /VPC endpoint/,
  ],
  [
    'a proxy that hangs',
    async (t, local) => {
      const { port } = await startProxy(t, { status: 'silence' });
      return sound(local, { HTTP_PROXY: `http://user:hunter2@127.0.0.1:${port}` });
    },
    'PL-PROXY-UNREACHABLE',
    /export NO_PROXY=127\.0\.0\.1/,
  ],
];

for (const example of CASES)
  test.serial(titleOf(example), async (t) => {
    await check(t, example, examine);
  });

for (const example of SLOW_CASES)
  test(titleOf(example), async (t) => {
    await check(t, example, examineAlone);
  });

function titleOf([what, , code]: Case): string {
  return `the doctor says of ${what} that alone, and how to fix it: ${code}`;
}

async function check(
  t: ExecutionContext,
  [, surroundings, code, fix, level = 'error']: Case,
  examination: typeof examineAlone,
): Promise<void> {
  const local = await service(t);
  if (code === 'PL-ENTITY-REJECTED') await createStream(t, local);
  const examined = await examination(t, await surroundings(t, local));
  const { code: exitCode, findings, problems, conclusion } = examined;
  t.deepEqual(codesOf(problems), [code]);
  t.false(findings.some(({ code: other }) => /^PL-CREDENTIALS-/.test(code) && other === 'PL-CREDENTIALS'));
  const [problem] = problems;
  t.is(problem?.level, level);
  t.regex(problem?.fix?.text ?? JSON.stringify(problem?.fix?.document ?? '').replace(/^""$/, ''), fix);
  t.is(exitCode, level === 'error' ? 1 : 0);
  if (level === 'error') t.regex(conclusion, new RegExp(` until ${code} is fixed\\.$`));
  t.false(JSON.stringify(problems).includes('hunter2'));
}

/** The log stream of a service without the process's id in its name. */
async function createStream(t: ExecutionContext, local: Local): Promise<void> {
  const env = sound(local, { PUTLOGS_LOG_STREAM_NAME: '{instance}' });
  await answer(['doctor', '--send'], { cwd: application(t), env });
}

for (const [operation, code] of [
  ['PutLogEvents', 'PL-PUT-DENIED'],
  ['CreateLogStream', 'PL-CREATE-LOG-STREAM-DENIED'],
  ['CreateLogGroup', 'PL-CREATE-LOG-GROUP-DENIED'],
] as const) {
  test.serial(
    `doctor --send tries ${operation} alone denied: ${code}, with the policy for all calls`,
    async (t) => {
      const [local, sts] = [await service(t), await startSts(t)];
      local.fault({ kind: 'accessDenied', operation });
      const env = sound(local, { AWS_ENDPOINT_URL_STS: sts.endpoint });
      const { code: exitCode, problems } = await examine(t, env, ['--send']);
      t.deepEqual(codesOf(problems), [code]);
      t.regex(problems[0]?.details[1] ?? '', /ends in :\*/);
      t.deepEqual(problems[0]?.fix?.document, {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:PutLogEvents', 'logs:CreateLogStream', 'logs:CreateLogGroup'],
            Resource: 'arn:aws:logs:us-east-1:123456789012:log-group:/my/app:*',
          },
        ],
      });
      t.is(exitCode, 1);
    },
  );
}

for (const [host, code] of [
  ['logs.invalid', 'PL-HOST-NOT-FOUND'],
  ['127.0.0.1:1', 'PL-ENDPOINT-REFUSED'],
] as const)
  test.serial(`${code}: the doctor says where the endpoint comes from`, async (t) => {
    const env = sound(await service(t), { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `http://${host}` });
    const { problems } = await examine(t, env);
    t.deepEqual(codesOf(problems), [code]);
    t.true(problems[0]?.details.includes('endpoint from AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'));
  });

test.serial('the doctor has no more to say where the retention is the one that is set', async (t) => {
  const local = await service(t);
  const env = sound(local, { PUTLOGS_RETENTION_IN_DAYS: '30' });
  await examine(t, env, ['--send']);
  const { findings, problems } = await examine(t, env);
  t.deepEqual(problems, []);
  t.true(
    findings.find(({ code }) => code === 'PL-LOG-GROUP')?.details.includes('events expire after 30 days'),
  );
});

test.serial('doctor --send says that the retention of a new log group was not set', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'accessDenied', operation: 'PutRetentionPolicy' });
  const env = sound(local, { PUTLOGS_RETENTION_IN_DAYS: '30' });
  const { code, problems, conclusion } = await examine(t, env, ['--send']);
  t.is(code, 0);
  t.deepEqual(codesOf(problems), ['PL-RETENTION-DENIED']);
  t.is(conclusion, 'Events arrive, but see the warning above.');
});

for (const [kind, fault] of [
  ['a rejected', { kind: 'entityRejected', errorType: 'InvalidAttributes' }],
  ['an invalid', { kind: 'entityInvalid' }],
] as const) {
  test.serial(`doctor --send says of ${kind} entity that events arrive without it`, async (t) => {
    const local = await service(t);
    local.fault(fault);
    const { code, problems, findings } = await examine(t, sound(local), ['--send']);
    t.is(code, 0);
    t.deepEqual(codesOf(problems), ['PL-ENTITY-REJECTED']);
    t.true(codesOf(findings).includes('PL-DELIVERED'));
  });
}

test.serial('the doctor says of an invalid entity the same before there is a log stream', async (t) => {
  const local = await service(t);
  await withGroup(t, local);
  local.fault({ kind: 'entityInvalid' });
  const { code, problems } = await examine(t, sound(local));
  t.is(code, 0);
  t.deepEqual(codesOf(problems), ['PL-ENTITY-REJECTED']);
});

test.serial('two invalid options are told once at the end', async (t) => {
  const local = await service(t);
  const env = sound(local, { PUTLOGS_RETENTION_IN_DAYS: '31', PUTLOGS_MAX_IN_FLIGHT: 'x' });
  const { problems, conclusion } = await examine(t, env);
  t.deepEqual(codesOf(problems), ['PL-OPTION-INVALID', 'PL-OPTION-INVALID']);
  t.regex(conclusion, /until PL-OPTION-INVALID is fixed\.$/);
});

for (const [what, trusted, fix] of [
  ['unknown', () => ({}), /^export NODE_EXTRA_CA_CERTS=/],
  [
    'not in the file of AWS_CA_BUNDLE',
    (t: ExecutionContext) => ({ AWS_CA_BUNDLE: createAuthority(t).caFile }),
    /^Only the certificates of \/\S+\.pem \(AWS_CA_BUNDLE\) are trusted: add those of its authority there\.$/,
  ],
  ['known by caFile', (_: unknown, { caFile }: Authority) => ({ PUTLOGS_CA_FILE: caFile }), undefined],
] as const) {
  testWithCertificates(`the doctor finds an authority that is ${what}`, async (t) => {
    const authority = createAuthority(t);
    const local = await service(t);
    const { endpoint } = await startTls(t, local, authority);
    const env = sound(local, {
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
      ...trusted(t, authority),
    });
    const { problems, findings } = await examine(t, env);
    t.deepEqual(codesOf(problems), fix === undefined ? [] : ['PL-TLS-UNTRUSTED']);
    if (fix !== undefined) t.regex(problems[0]?.fix?.text ?? '', fix);
    else t.true(codesOf(findings).includes('PL-NETWORK'));
  });
}

testWithCertificates('the doctor finds a certificate that is for another name', async (t) => {
  const authority = createAuthority(t);
  const local = await service(t);
  const { endpoint } = await startTls(t, local, authority);
  const env = sound(local, {
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.replace('127.0.0.1', '127.0.0.2'),
    PUTLOGS_CA_FILE: authority.caFile,
  });
  const { problems } = await examine(t, env);
  // The server listens on 127.0.0.1 alone where the system does not route the others to it.
  t.true(['PL-TLS-INVALID', 'PL-ENDPOINT-REFUSED'].includes(problems[0]?.code ?? ''));
});

test.serial('the doctor says that a package is too old, and which version to install', async (t) => {
  const local = await service(t);
  const cwd = application(t);
  for (const [name, version] of [
    ['pino', '6.14.0'],
    ['@putlogs/pino', '0.1.0'],
  ] as const) {
    const folder = join(cwd, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version }));
  }
  const { stdout } = await answer(['doctor'], { cwd, env: sound(local) });
  t.regex(stdout, /^! {2}PL-PACKAGES-DIFFER {2}pino 6\.14\.0 is not supported\.$/m);
  t.regex(stdout, /^ {3}Fix: npm install pino@latest$/m);
});

/** A spool folder as a process that has ended leaves it. */
function leave(root: string, number: number): void {
  const folder = join(root, `${String(number).padStart(8, '0')}-89ab-4cde-8f01-23456789abcd`);
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, '0.ndjson'), segmentText([`record ${number}`]), { mode: 0o600 });
}

/** A server that accepts connections and says nothing. */
async function startSilence(t: ExecutionContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An endpoint that passes requests on to the service of the Region that they are signed for. */
async function startRegions(
  t: ExecutionContext,
  local: Local,
  regions: Readonly<Record<string, Local>>,
): Promise<string> {
  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(incoming.headers.authorization ?? '') ?? [];
    const { port } = regions[region] ?? local;
    const { method, headers } = incoming;
    const outgoing = request({ port, host: '127.0.0.1', method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  };
  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an empty AWS_REGION leaves the Region of the profile', async (t) => {
  const local = await service(t);
  const AWS_CONFIG_FILE = join(application(t), 'config');
  writeFileSync(AWS_CONFIG_FILE, '[default]\nregion = eu-west-3\n');
  const { problems, findings } = await examine(
    t,
    sound(local, { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_CONFIG_FILE }),
  );
  t.deepEqual(problems, []);
  t.is(findings.find((found) => found.code === 'PL-REGION')?.message, 'eu-west-3 (AWS profile)');
});
