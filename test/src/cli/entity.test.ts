import { startInstanceMetadata } from '@putlogs/local/metadata';
import test from 'ava';
import { answer } from '../support/answer.js';
import { application, putlogs } from '../support/command.js';

const NO_NAME =
  'no entity: no name was found for the service; set the option service, PUTLOGS_SERVICE or OTEL_SERVICE_NAME';

test('putlogs entity prints the entity of the application in this directory and the source of each part', async (t) => {
  const { code, stdout } = await answer(['entity'], {
    cwd: application(t),
    env: { PUTLOGS_ENVIRONMENT: 'staging' },
  });
  t.is(code, 0);
  const { entity, message, origins, problems, instance } = JSON.parse(stdout);
  t.deepEqual(entity.keyAttributes, { Type: 'Service', Name: 'checkout', Environment: 'staging' });
  t.is(origins.Name, 'package.json');
  t.is(origins.Environment, 'UserConfiguration');
  t.is(
    message,
    'entity Service checkout in staging (name from package.json, environment from UserConfiguration)',
  );
  t.deepEqual(problems, []);
  t.is(instance, entity.attributes.Host);
});

test('putlogs entity prints the instance id on EC2', async (t) => {
  const metadata = await startInstanceMetadata();
  t.teardown(() => metadata.close());
  const env = { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
  const { stdout } = await answer(['entity'], { cwd: application(t), env });
  t.is(JSON.parse(stdout).instance, 'i-0123456789abcdef0');
});

test('putlogs entity ends even if the metadata service hangs', async (t) => {
  const metadata = await startInstanceMetadata({ mode: { kind: 'hangs' } });
  t.teardown(() => metadata.close());
  const env = { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
  const { code, stdout } = await putlogs(['entity'], { cwd: application(t), env });
  t.is(code, 0);
  const { entity, problems } = JSON.parse(stdout);
  t.is(entity.keyAttributes.Environment, 'generic:default');
  t.regex(
    problems[0],
    new RegExp(`^The EC2 metadata service at ${metadata.endpoint} did not answer in time\\. `),
  );
});

test('putlogs entity prints null if the entity is turned off', async (t) => {
  const { code, stdout } = await answer(['entity'], {
    cwd: application(t),
    env: { PUTLOGS_ENTITY: 'false' },
  });
  t.is(code, 0);
  t.is(JSON.parse(stdout).entity, null);
  t.is(JSON.parse(stdout).message, 'no entity: it is turned off');
});

test('putlogs entity prints null if the service has no name, and what to set', async (t) => {
  const { code, stdout } = await answer(['entity'], { cwd: application(t, '{}') });
  t.is(code, 0);
  t.is(JSON.parse(stdout).entity, null);
  t.is(JSON.parse(stdout).message, NO_NAME);
});

test('putlogs entity reports an invalid variable', async (t) => {
  const { code, stdout, stderr } = await answer(['entity'], {
    cwd: application(t),
    env: { PUTLOGS_ENTITY_TYPE: 'Servise' },
  });
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /--entity-type \(PUTLOGS_ENTITY_TYPE\): expected one of Service, .*; given: 'Servise'/);
});

test('a flag of putlogs entity has precedence over its variable, also for a field of the entity', async (t) => {
  const env = {
    PUTLOGS_ENTITY_NAME: 'shop',
    PUTLOGS_ENTITY_ENVIRONMENT: 'prod',
    PUTLOGS_SERVICE: 'ignored',
  };
  const { stdout } = await answer(['entity', '--entity-name', 'checkout'], { cwd: application(t), env });
  const { keyAttributes } = JSON.parse(stdout).entity;
  t.deepEqual(keyAttributes, { Type: 'Service', Name: 'checkout', Environment: 'prod' });
});

test('putlogs entity --explain says where each part comes from, what does not count and what was asked', async (t) => {
  const metadata = await startInstanceMetadata({ role: 'checkout-role' });
  t.teardown(() => metadata.close());
  const env = { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
  const { code, stdout } = await answer(['entity', '--explain'], { cwd: application(t), env });
  t.is(code, 0);
  t.regex(stdout, /^ {2}Name +checkout-role +from IAM role$/m);
  t.regex(
    stdout,
    /^Also found, but something else takes precedence\n {2}Name +checkout +from package\.json$/m,
  );
  t.regex(stdout, /^ {2}PUT http:\/\/127\.0\.0\.1:\d+\/latest\/api\/token +status 200 +\d+ ms$/m);
  t.false(stdout.includes('\u001b'));
});

test('putlogs entity --explain says that no name was found, and what to set', async (t) => {
  const { stdout } = await answer(['entity', '--explain'], { cwd: application(t, '{}') });
  t.regex(stdout, /^Entity\n {2}no entity: no name was found for the service; /);
  t.regex(stdout, /^ {2}--service, PUTLOGS_SERVICE +the name$/m);
});

test('putlogs entity --explain --json prints the questions and the sources as JSON', async (t) => {
  const metadata = await startInstanceMetadata({ mode: { kind: 'refuses', status: 401 } });
  t.teardown(() => metadata.close());
  const env = { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
  const { stdout } = await answer(['entity', '--explain', '--json'], { cwd: application(t), env });
  const { questions, sources } = JSON.parse(stdout);
  t.like(questions[0], { method: 'PUT', answer: 'status 401' });
  t.true(
    sources.some(({ serviceName }: { serviceName?: { value: string } }) => serviceName?.value === 'checkout'),
  );
});

for (const url of [
  'http://user:hunter2@127.0.0.1:9',
  'user:hunter2@127.0.0.1:9',
  'http://user:a/hunter2@127.0.0.1:9',
]) {
  for (const args of [['entity'], ['entity', '--explain']]) {
    test(`putlogs ${args.join(' ')} does not print the password of a metadata service: ${url}`, async (t) => {
      const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
      const { code, stdout, stderr } = await answer(args, { cwd: application(t), env });
      t.is(code, 0);
      t.regex(stdout, /[Pp]roblems/);
      t.false((stdout + stderr).includes('hunter2'));
    });
  }
}

for (const args of [['entity'], ['entity', '--explain']]) {
  test(`putlogs ${args.join(' ')} escapes characters that control a terminal or hide text`, async (t) => {
    const bad = '\u001b[31m\u009b\u007f\u202e\u2028';
    const env = { OTEL_RESOURCE_ATTRIBUTES: `a${bad}=%,host.name=b${bad}` };
    const { code, stdout } = await answer(args, { cwd: application(t), env });
    t.is(code, 0);
    t.notRegex(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e\u2028]/u);
    t.true(stdout.includes('\\u202e'));
  });
}

test('--entity takes a whole entity as JSON', async (t) => {
  const cwd = application(t);
  const flag = ['--entity', '{"type":"Service","name":"billing","environment":"eu"}'];
  const { code, stdout, stderr } = await answer(['entity', ...flag], { cwd });
  t.is(code, 0, stderr);
  t.regex(stdout, /"Name": "billing"/);
});
