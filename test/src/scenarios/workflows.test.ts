import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { isScalar, parse, parseDocument, visit } from 'yaml';
import { ROOT, readPage } from '../documentation/pages.js';

const FOLDER = join(ROOT, '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  /** Another workflow, instead of steps. */
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const TEXTS = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') }));
const WORKFLOWS = TEXTS.map(({ file, text }) => ({ file, workflow: parse(text) as Workflow }));
const JOBS = WORKFLOWS.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);

const jobOf = (name: string) => JOBS.find((job) => job.name === name)?.job;
const stepsOf = (name: string) => jobOf(name)?.steps ?? [];

/** But for the workflows of this repository. */
function actionsOf(text: string): { action: string; version: string }[] {
  const actions: { action: string; version: string }[] = [];
  visit(parseDocument(text), {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
      if (String(value.value).startsWith('./')) return;
      actions.push({ action: String(value.value), version: value.comment?.trim() ?? '' });
    },
  });
  return actions;
}

test('each action is pinned to a commit, says its version, and has one version in all workflows', (t) => {
  const actions = TEXTS.flatMap(({ text }) => actionsOf(text));
  t.true(actions.length > 10);
  const versions = new Map<string, string>();
  for (const { action, version } of actions) {
    t.regex(action, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    t.regex(version, /^v\d+\.\d+\.\d+$/, action);
    const [name = '', commit = ''] = action.split('@');
    const repository = name.split('/', 2).join('/');
    t.is(versions.get(repository) ?? `${commit} ${version}`, `${commit} ${version}`, action);
    versions.set(repository, `${commit} ${version}`);
  }
});

test('a workflow may do nothing by default, and each job says what it may write', (t) => {
  for (const { file, workflow } of WORKFLOWS) t.deepEqual(workflow.permissions, {}, file);
  const writing = JOBS.flatMap(({ name, job }) =>
    Object.entries(job.permissions ?? {}).flatMap(([scope, access]) =>
      access === 'read' ? [] : [`${name}: ${scope}`],
    ),
  );
  t.deepEqual(writing.toSorted(), [
    'codeql.yml analyze: security-events',
    'release.yml announce: contents',
    'release.yml publish: id-token',
    'scorecard.yml analyze: security-events',
  ]);
});

test('the job that publishes runs no code of the repository', (t) => {
  const publish = stepsOf('release.yml publish');
  const used = publish.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
  t.deepEqual(used, ['actions/setup-node', 'actions/download-artifact']);
  for (const { run = '' } of publish) t.notRegex(run, /npx|pnpm|node /);
});

test('what a job installs, .ci/run installs: nothing else asks a registry', (t) => {
  for (const { name, job } of JOBS)
    for (const { run = '' } of job.steps ?? [])
      t.notRegex(run, /\b(?:npx|pnpm|yarn|corepack|npm (?:i|ci|install|exec))\b/, name);
});

test('what nothing pins is installed in workflows that can write nothing', (t) => {
  const scripts = Object.entries<string>(JSON.parse(readPage('package.json')).scripts);
  const unpinned = scripts.filter(([, script]) => /scripts\/(?:examples|walk|platforms)\.js/.test(script));
  t.is(unpinned.length, 3);
  for (const [script] of unpinned) {
    const running = JOBS.filter(({ job }) => JSON.stringify(job).includes(script));
    t.true(running.length > 0, script);
    for (const { job } of running) {
      t.deepEqual(job.permissions, { contents: 'read' });
      t.false(JSON.stringify(job).includes('upload-artifact'));
    }
  }
});

test('a release waits for the checks and the examples', (t) => {
  t.is(jobOf('release.yml ci')?.uses, './.github/workflows/ci.yml');
  t.is(jobOf('release.yml examples')?.uses, './.github/workflows/examples.yml');
  t.deepEqual(jobOf('release.yml pack')?.needs, ['ci', 'examples']);
  t.is(jobOf('release.yml publish')?.needs, 'pack');
  // In a workflow that another one calls, `github.workflow` is the name of that one: both would cancel each other.
  for (const { file, text } of TEXTS)
    if (text.includes('workflow_call')) t.notRegex(text, /group:.*github\.workflow/, file);
});

test('a second run of the job that publishes leaves out what is published already', async (t) => {
  const published = await publish(t, ['core', 'local']);
  t.deepEqual(
    published,
    ['pino', 'winston', 'cli'].map((name) => `./putlogs-${name}-1.2.3.tgz`),
  );
  t.is((await publish(t, [])).length, 5);
});

test('an archive with other bytes than those on npm is not left out', async (t) => {
  t.is((await publish(t, [], ['core'])).length, 5);
});

/** Runs the step with an npm that has these packages. @returns what it publishes */
async function publish(
  t: ExecutionContext,
  there: string[],
  withOtherBytes: string[] = [],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-publish-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const answers = ['core', 'local', 'pino', 'winston', 'cli'].flatMap((name) => {
    const archive = `the bytes of ${name}`;
    writeFileSync(join(folder, `putlogs-${name}-1.2.3.tgz`), archive);
    const bytes = withOtherBytes.includes(name) ? 'other bytes' : archive;
    const integrity = createHash('sha512').update(bytes).digest('base64');
    return [...there, ...withOtherBytes].includes(name)
      ? [`"view @putlogs/${name}@1.2.3 dist.integrity") echo sha512-${integrity} ;;`]
      : [];
  });
  const npm = `#!/bin/sh\ncase "$*" in\n${answers.join('\n')}\nview*) echo E404 >&2; exit 1 ;;\n*) echo "$2" ;;\nesac\n`;
  writeFileSync(join(folder, 'npm'), npm, { mode: 0o755 });
  const { run = '' } = stepsOf('release.yml publish').at(-1) ?? {};
  // As GitHub does it.
  const { stdout } = await promisify(execFile)('bash', ['-e', '-c', run], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, GITHUB_REF_NAME: 'v1.2.3' },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

test('the tests in a browser have one in CI', (t) => {
  const check = stepsOf('ci.yml check').find(({ run }) => run?.startsWith('.ci/run'));
  t.is(check?.env?.TEST_BROWSER, '/usr/bin/google-chrome');
});

test('nothing that a pull request says becomes part of a script, and no step leaves a token behind', (t) => {
  for (const { file, workflow } of WORKFLOWS) t.false('pull_request_target' in workflow.on, file);
  for (const { name, job } of JOBS)
    for (const { run = '', uses = '', with: inputs } of job.steps ?? []) {
      t.notRegex(run, /\$\{\{/, name);
      if (uses.startsWith('actions/checkout@')) t.is(inputs?.['persist-credentials'], false, name);
    }
});

test('CI runs on each version of Node that is supported', (t) => {
  const row = /^\| Node \| (.+) \|$/m.exec(readPage('docs/support.md'))?.[1] ?? '';
  const supported = new Set(
    Array.from(row.matchAll(/(?<!\.)\b(\d\d)\b(?!\.)/g), ([version]) => Number(version)),
  );
  t.deepEqual(jobOf('ci.yml check')?.strategy?.matrix.node, [...supported]);
});
