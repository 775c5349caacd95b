import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInstanceMetadata } from '@putlogs/local/metadata';
import test, { type ExecutionContext } from 'ava';

const CLI = fileURLToPath(new URL('../../../packages/core/dist/cli.js', import.meta.url));

async function putlogs(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { NODE_OPTIONS: process.env.NODE_OPTIONS, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, ...output };
}

function application(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-command-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), '{"name":"checkout"}');
  return folder;
}

const NO_NAME =
  'no entity: no name was found for the service; set the option service, PUTLOGS_SERVICE or OTEL_SERVICE_NAME';

test('putlogs entity prints the entity of the application in this directory and the source of each part', async (t) => {
  const { code, stdout } = await putlogs(application(t), ['entity'], { PUTLOGS_ENVIRONMENT: 'staging' });
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
  const { stdout } = await putlogs(application(t), ['entity'], env);
  t.is(JSON.parse(stdout).instance, 'i-0123456789abcdef0');
});

test('putlogs entity ends even if the metadata service hangs', async (t) => {
  const metadata = await startInstanceMetadata({ mode: { kind: 'hangs' } });
  t.teardown(() => metadata.close());
  const env = { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
  const { code, stdout } = await putlogs(application(t), ['entity'], env);
  t.is(code, 0);
  const { entity, problems } = JSON.parse(stdout);
  t.is(entity.keyAttributes.Environment, 'generic:default');
  t.regex(
    problems[0],
    new RegExp(`^The EC2 metadata service at ${metadata.endpoint} did not answer in time\\. `),
  );
});

test('putlogs entity prints null if the entity is turned off', async (t) => {
  const { code, stdout } = await putlogs(application(t), ['entity'], { PUTLOGS_ENTITY: 'false' });
  t.is(code, 0);
  t.is(JSON.parse(stdout).entity, null);
  t.is(JSON.parse(stdout).message, 'no entity: it is turned off');
});

test('putlogs entity prints null if the service has no name, and what to set', async (t) => {
  const folder = application(t);
  writeFileSync(join(folder, 'package.json'), '{}');
  const { code, stdout } = await putlogs(folder, ['entity']);
  t.is(code, 0);
  t.is(JSON.parse(stdout).entity, null);
  t.is(JSON.parse(stdout).message, NO_NAME);
});

test('putlogs entity reports an invalid variable', async (t) => {
  const { code, stdout, stderr } = await putlogs(application(t), ['entity'], {
    PUTLOGS_ENTITY_TYPE: 'Servise',
  });
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /PUTLOGS_ENTITY_TYPE/);
});

for (const [args, why] of [
  [[], /^No command\.$/m],
  [[''], /^No command\.$/m],
  [['entities'], /^Unknown command: "entities"\.$/m],
  [['entity', 'more'], /^Unknown command: "entity more"\.$/m],
  [['--unknown'], /^Unknown option '--unknown'/m],
] as const) {
  test(`${JSON.stringify(['putlogs', ...args])} prints the usage to stderr and exits with 2`, async (t) => {
    const { code, stdout, stderr } = await putlogs(application(t), args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, why);
    t.regex(stderr, /^Usage: putlogs entity/m);
  });
}

test('putlogs --help and --version print help and version', async (t) => {
  const help = await putlogs(application(t), ['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /^Usage: putlogs entity/);
  const version = await putlogs(application(t), ['--version']);
  t.regex(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

for (const url of [
  'http://user:hunter2@127.0.0.1:9',
  'user:hunter2@127.0.0.1:9',
  'http://user:a/hunter2@127.0.0.1:9',
]) {
  test(`putlogs entity does not print the password of a metadata service: ${url}`, async (t) => {
    const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
    const { code, stdout, stderr } = await putlogs(application(t), ['entity'], env);
    t.is(code, 0);
    t.true(JSON.parse(stdout).problems.length > 0);
    t.false((stdout + stderr).includes('hunter2'));
  });
}

test('putlogs entity escapes characters that control a terminal or hide text', async (t) => {
  const bad = '\u001b[31m\u009b\u007f\u202e\u2028';
  const env = { OTEL_RESOURCE_ATTRIBUTES: `a${bad}=%,host.name=b${bad}` };
  const { code, stdout } = await putlogs(application(t), ['entity'], env);
  t.is(code, 0);
  t.notRegex(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e\u2028]/u);
  t.true(stdout.includes('\\u202e'));
  const refused = await putlogs(application(t), [`x${bad}`], {});
  t.is(refused.code, 2);
  t.notRegex(refused.stderr.replaceAll('\n', ''), /[\p{Cc}\u202e\u2028]/u);
});
