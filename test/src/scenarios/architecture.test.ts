import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDERS = join(root, 'packages/core/src');

const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

/** What stands in backticks outside of the diagrams. */
const codeSpans = Array.from(
  page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g),
  ([, span = '']) => span,
);

const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[a-z]+\/src\/.*\.ts$/.test(path))
  .map((path) => `packages/${path}`);

test('each source file that ARCHITECTURE.md names exists', (t) => {
  const named = new Set(Array.from(page.matchAll(/[a-z/-]+\.ts\b/g), ([path]) => path));
  t.true(named.size > 30);
  t.deepEqual(
    [...named].filter((path) => !sources.some((source) => source.endsWith(`/${path}`))),
    [],
  );
});

test('each class and type that ARCHITECTURE.md names exists', (t) => {
  const text = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const named = new Set(codeSpans.filter((span) => /^[A-Z][a-z]+(?:[A-Z][A-Za-z]*)?$/.test(span)));
  t.true(named.size > 20);
  t.deepEqual(
    [...named].filter((name) => !new RegExp(`\\b(?:class|interface|type) ${name}\\b`).test(text)),
    [],
  );
});

test('each folder of core has a row in ARCHITECTURE.md, and a lint rule for its imports', (t) => {
  const rules = readFileSync(join(root, 'biome.json'), 'utf8');
  for (const { name } of readdirSync(FOLDERS, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    t.true(page.includes(`| **${name}** |`), `ARCHITECTURE.md does not describe ${name}`);
    t.true(rules.includes(`"packages/core/src/${name}/**"`), `biome.json has no rule for ${name}`);
  }
});

test('no ES module imports the code of the AWS SDK: `sdk.cts` loads it in half the time', (t) => {
  const imports = /^import (?!type )[^;]*?from '@(?:aws-sdk|smithy)\//m;
  const own = sources.filter((path) => !path.startsWith('packages/local/'));
  t.deepEqual(
    own.filter((path) => imports.test(readFileSync(join(root, path), 'utf8'))),
    [],
  );
});
