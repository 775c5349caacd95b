import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../../support/answer.js';
import { application } from '../../support/command.js';
import { moduleFile } from '../../support/module-file.js';
import { startProxy } from '../../support/proxy.js';
import { startSts } from '../../support/sts.js';
import { examine, type Finding, sound } from './support.js';

async function service(t: ExecutionContext) {
  const local = await start();
  t.teardown(() => local.close());
  return local;
}

test.serial('the doctor finds nothing wrong where nothing is, and changes nothing', async (t) => {
  const [local, sts] = [await service(t), await startSts(t)];
  const env = sound(local, { AWS_ENDPOINT_URL_STS: sts.endpoint });
  const { code, findings, problems, unchecked, conclusion } = await examine(t, env);
  t.is(code, 0);
  t.deepEqual(problems, []);
  t.deepEqual(unchecked, []);
  t.is(conclusion, 'Nothing was found that would stop an event; putlogs doctor --send sends one.');
  const details = Object.fromEntries(findings.map((finding) => [finding.code, finding]));
  t.true(details['PL-CONFIG']?.details.includes('logGroupName = /my/app (PUTLOGS_LOG_GROUP_NAME)'));
  t.true(details['PL-CONFIG']?.details.includes('region = us-east-1 (AWS_REGION)'));
  t.is(details['PL-CREDENTIALS']?.message, 'arn:aws:iam::123456789012:user/app');
  t.true(details['PL-CREDENTIALS']?.details.includes('from environment variables'));
  t.is(sts.requests[0]?.params.Action, 'GetCallerIdentity');
  t.is(local.count('/my/app'), 0);
  t.false(local.requests.some(({ operation, status }) => operation.startsWith('Create') && status === 200));
});

test.serial('without --send nothing is stored, also where the log stream exists', async (t) => {
  const local = await service(t);
  const env = sound(local, { PUTLOGS_LOG_STREAM_NAME: 'main' });
  await examine(t, env, ['--send']);
  const { code, findings } = await examine(t, env);
  t.is(code, 0);
  const permissions = findings.find((finding) => finding.code === 'PL-PERMISSIONS');
  t.deepEqual(permissions?.details, [
    'PutLogEvents: allowed (tried with an event that is too old to be stored)',
    'CreateLogStream: allowed (tried with a log stream that exists)',
    'CreateLogGroup: not needed',
  ]);
  t.is(local.count('/my/app'), 1);
});

test.serial('a flag counts before a variable, and the doctor says so', async (t) => {
  const local = await service(t);
  const { findings } = await examine(t, sound(local), ['--log-group-name', '/other']);
  const config = findings.find(({ code }) => code === 'PL-CONFIG');
  t.true(config?.details.includes('logGroupName = /other (--log-group-name)'));
});

test.serial('the doctor finds a module in the working directory, and uses its credentials', async (t) => {
  const [local, sts] = [await service(t), await startSts(t)];
  const env = sound(local, { AWS_ENDPOINT_URL_STS: sts.endpoint, PUTLOGS_MODULE: './logging.mjs' });
  const file = moduleFile(
    t,
    `export const credentials = () => ({ accessKeyId: 'AKIAMODULE', secretAccessKey: 'hunter2' });`,
  );
  const { code, stdout } = await answer(['doctor', '--json', '--send'], { cwd: dirname(file), env });
  t.is(code, 0, stdout);
  t.notRegex(stdout, /hunter2/);
  const { findings }: { findings: Finding[] } = JSON.parse(stdout);
  const credentials = findings.find((finding) => finding.code === 'PL-CREDENTIALS');
  t.true(credentials?.details.includes('from the module'));
  t.is(sts.requests[0]?.signedBy, 'AKIAMODULE');
  t.is(local.count('/my/app'), 1);
});

test.serial('doctor --send delivers one event, with the entity, and reads it back', async (t) => {
  const local = await service(t);
  const { code, findings, conclusion } = await examine(t, sound(local), ['--send']);
  t.is(code, 0);
  t.is(conclusion, 'Events arrive.');
  const [event, ...others] = local.events('/my/app');
  t.deepEqual(others, []);
  t.regex(event?.message ?? '', /putlogs doctor tried/);
  t.is(event?.entity?.keyAttributes?.Name, 'checkout');
  const delivered = findings.find(({ code }) => code === 'PL-DELIVERED');
  t.regex(delivered?.details[0] ?? '', /^read back after \d+ ms$/);
});

test.serial('doctor --send does not need the permission to read', async (t) => {
  const local = await service(t);
  for (const operation of ['FilterLogEvents', 'DescribeLogGroups'])
    local.fault({ kind: 'accessDenied', operation });
  const { code, findings } = await examine(t, sound(local), ['--send']);
  t.is(code, 0);
  const delivered = findings.find(({ code }) => code === 'PL-DELIVERED');
  t.is(
    delivered?.details[0],
    'it may not be read back (AccessDeniedException), which delivery does not need',
  );
});

test.serial('the keys of a service that stands in for AWS are not sent to STS', async (t) => {
  const local = await service(t);
  const { findings } = await examine(t, sound(local));
  const credentials = findings.find(({ code }) => code === 'PL-CREDENTIALS');
  t.true(credentials?.details.includes('identity not checked: the endpoint is not that of AWS'));
});

test.serial('the text begins with what is wrong and its fix, and ends with one sentence', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'accessDenied', operation: 'PutLogEvents' });
  const { code, stdout } = await answer(['doctor'], { cwd: application(t), env: sound(local) });
  t.is(code, 1);
  const lines = stdout.trimEnd().split('\n');
  t.is(lines[0], '✗  PL-PUT-DENIED  These credentials may not call logs:PutLogEvents on /my/app.');
  t.is(lines[3], '   Fix: allow this');
  t.is(lines.at(-1), 'Nothing arrives until PL-PUT-DENIED is fixed.');
  const policy = lines.slice(4, lines.indexOf('')).join('\n');
  t.is(JSON.parse(policy).Statement[0].Effect, 'Allow');
});

test.serial('no password is printed', async (t) => {
  const local = await service(t);
  const { port } = await startProxy(t, { login: 'user:hunter2' });
  const { code, findings } = await examine(
    t,
    sound(local, { PUTLOGS_PROXY: `http://user:hunter2@127.0.0.1:${port}` }),
  );
  t.is(code, 0);
  t.true(JSON.stringify(findings).includes(`through the proxy http://127.0.0.1:${port}`));
  t.false(JSON.stringify(findings).includes('hunter2'));
});

test.serial('text from the service is escaped on a terminal', async (t) => {
  const local = await service(t);
  const env = sound(local, { OTEL_SERVICE_NAME: 'x\u001b[31m' });
  const { stdout } = await answer(['doctor'], { cwd: application(t), env });
  t.notRegex(stdout.replaceAll('\n', ''), /\p{Cc}/u);
});

test('docs/doctor.md describes each code', async (t) => {
  const script = fileURLToPath(new URL('../../../../scripts/doctor-page.js', import.meta.url));
  await t.notThrowsAsync(promisify(execFile)(process.execPath, [script, '--check']));
});
