import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const PACKAGES = fileURLToPath(new URL('../../../packages/', import.meta.url));

interface Import {
  readonly file: string;
  /** A file of the same package, from its src; or what was written, for another package. */
  readonly target: string;
  readonly relative: boolean;
  /** Erased by the compiler: nothing is loaded. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const STATIC = /^(?:import|export)\s+(?:(type)\s+)?(?:(\{[^}]*\}|[\w$*][\w$*\s,{}]*?)\s*from\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** `{ type A, type B }` loads nothing of A and B. */
const namesTypesOnly = (clause: string) =>
  /^\{[^}]*\}$/.test(clause) &&
  clause
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));

function importsOf(pkg: string, file: string): Import[] {
  const text = readFileSync(`${PACKAGES}${pkg}/src/${file}`, 'utf8').replace(
    /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm,
    '',
  );
  const made = (target: string, typeOnly: boolean, dynamic: boolean): Import => {
    const relative = target.startsWith('.');
    const path = relative ? posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts') : target;
    return { file, target: path, relative, typeOnly, dynamic };
  };
  return [
    ...[...text.matchAll(STATIC)].map(([, type, clause = '', target = '']) =>
      made(target, type !== undefined || namesTypesOnly(clause), false),
    ),
    ...[...text.matchAll(DYNAMIC)].map(([, target = '']) => made(target, false, true)),
  ];
}

const filesOf = (pkg: string) =>
  readdirSync(`${PACKAGES}${pkg}/src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'));

const allImports = (pkg: string) => filesOf(pkg).flatMap((file) => importsOf(pkg, file));

const told = ({ file, target }: Import) => `${file} imports ${target}`;

/** The folder, or the file where it lies at the top. */
const part = (file: string) => file.split('/', 1)[0] ?? file;

/** What each part of core may import, besides itself. */
const CORE: Readonly<Record<string, readonly string[]>> = (() => {
  const ground = ['clock.ts', 'key-values.ts', 'timestamp.ts', 'report.ts', 'batch'];
  const middle = [...ground, 'entity', 'delivery'];
  return {
    'clock.ts': [],
    'key-values.ts': [],
    'timestamp.ts': [],
    'report.ts': ['clock.ts'],
    batch: [],
    entity: ground,
    delivery: ground,
    config: [...ground, 'entity'],
    'queue.ts': ['batch'],
    'shipper.ts': [...middle, 'queue.ts'],
    'pipeline.ts': [...middle, 'config', 'shipper.ts'],
    'index.ts': [...ground, 'config', 'pipeline.ts'],
  };
})();

/** What a part may import beyond that, as types only. */
const TYPES: Readonly<Record<string, readonly string[]>> = { delivery: ['entity/entity.ts'] };

test('this test sees the imports', (t) => {
  const pipeline = importsOf('core', 'pipeline.ts');
  t.true(pipeline.some(({ target, typeOnly }) => target === 'shipper.ts' && !typeOnly));
  t.true(
    pipeline.some(({ target, typeOnly }) => target === 'clock.ts' && !typeOnly),
    'a type beside a value',
  );
  t.true(pipeline.some(({ target, typeOnly }) => target === 'config/options.ts' && typeOnly));
  t.true(pipeline.some(({ target, relative }) => target === 'node:os' && !relative));
  t.true(
    importsOf('core', 'index.ts').some(({ target }) => target === 'config/index.ts'),
    'export * from',
  );
  t.true(
    importsOf('winston', 'channel.ts').some(({ target, dynamic }) => target === '@awslogs/core' && dynamic),
  );
  t.true(importsOf('core', 'shipper.ts').some(({ target }) => target === 'batch/event.ts'));
});

test('each part of core has its floor', (t) => {
  t.deepEqual([...new Set(filesOf('core').map(part))].toSorted(), Object.keys(CORE).toSorted());
});

test('in core, imports go one way', (t) => {
  const wrong = allImports('core').filter(({ file, target, relative, typeOnly }) => {
    if (!relative || part(target) === part(file)) return false;
    if (CORE[part(file)]?.includes(part(target))) return false;
    return !(typeOnly && TYPES[part(file)]?.includes(target));
  });
  t.deepEqual(wrong.map(told), []);
});

for (const pkg of ['core', 'pino', 'winston', 'local']) {
  test(`no files of ${pkg} import each other in a circle`, (t) => {
    const loads = new Map<string, string[]>();
    for (const { file, target, relative, typeOnly } of allImports(pkg)) {
      if (relative && !typeOnly) loads.set(file, [...(loads.get(file) ?? []), target]);
    }
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else for (const target of loads.get(file) ?? []) visit(target, [...path, file]);
    };
    for (const file of loads.keys()) visit(file, []);
    t.deepEqual(circles, []);
  });

  test(`${pkg} reaches into no other package by path`, (t) => {
    const known = new Set(filesOf(pkg));
    const outside = allImports(pkg).filter(({ target, relative }) => relative && !known.has(target));
    t.deepEqual(outside.map(told), []);
  });
}

const DOORS = ['@awslogs/core', '@awslogs/core/config', '@awslogs/core/timestamp'];
const ofOurs = ({ target }: Import) => target.startsWith('@awslogs/');

for (const pkg of ['pino', 'winston']) {
  test(`${pkg} knows core by its doors alone, and no other package of ours`, (t) => {
    const wrong = allImports(pkg).filter((one) => ofOurs(one) && !DOORS.includes(one.target));
    t.deepEqual(wrong.map(told), []);
  });
}

for (const pkg of ['core', 'local']) {
  test(`${pkg} imports no other package of ours`, (t) => {
    t.deepEqual(allImports(pkg).filter(ofOurs).map(told), []);
  });
}

test("Winston's main side never loads the AWS SDK: of core it has types, or loads it when it is wanted", (t) => {
  const loaded = allImports('winston').filter(
    ({ file, target, typeOnly, dynamic }) =>
      file !== 'worker.ts' && target === '@awslogs/core' && !typeOnly && !dynamic,
  );
  t.deepEqual(loaded.map(told), []);
  const worker = allImports('winston').filter(({ target, typeOnly }) => target === 'worker.ts' && !typeOnly);
  t.deepEqual(worker.map(told), [], 'the worker is a thread of its own');
});

test('the doors that the main side loads lead to nothing of the SDK', (t) => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { target, relative, typeOnly } of importsOf('core', file)) {
      if (relative && !typeOnly) visit(target);
      else if (!typeOnly) t.notRegex(target, /^@aws-sdk/);
    }
  };
  for (const door of ['config/index.ts', 'timestamp.ts']) visit(door);
  t.false([...seen].some((file) => part(file) === 'delivery'));
  t.true(seen.has('entity/check.ts'), 'this test follows them');
});
