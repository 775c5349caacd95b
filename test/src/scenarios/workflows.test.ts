import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { isScalar, parse, parseDocument, visit } from 'yaml';
import { ROOT, readPage } from '../documentation/pages.js';

const FOLDER = join(ROOT, '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node?: readonly number[] } };
  readonly steps: readonly Step[];
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

function actionsOf(text: string): { action: string; version: string }[] {
  const actions: { action: string; version: string }[] = [];
  visit(parseDocument(text), {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
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
  const publish = JOBS.find(({ name }) => name === 'release.yml publish')?.job;
  const used = publish?.steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
  t.deepEqual(used, ['actions/setup-node', 'actions/download-artifact']);
  for (const { run = '' } of publish?.steps ?? []) t.notRegex(run, /npx|pnpm|node /);
});

test('nothing that a pull request says becomes part of a script, and no step leaves a token behind', (t) => {
  for (const { file, workflow } of WORKFLOWS) t.false('pull_request_target' in workflow.on, file);
  for (const { name, job } of JOBS)
    for (const { run = '', uses = '', with: inputs } of job.steps) {
      t.notRegex(run, /\$\{\{/, name);
      if (uses.startsWith('actions/checkout@')) t.is(inputs?.['persist-credentials'], false, name);
    }
});

test('CI runs on each version of Node that is supported', (t) => {
  const row = /^\| Node \| (.+) \|$/m.exec(readPage('docs/support.md'))?.[1] ?? '';
  const supported = new Set(
    Array.from(row.matchAll(/(?<!\.)\b(\d\d)\b(?!\.)/g), ([version]) => Number(version)),
  );
  const check = JOBS.find(({ name }) => name === 'ci.yml check')?.job;
  t.deepEqual(check?.strategy?.matrix.node, [...supported]);
});
