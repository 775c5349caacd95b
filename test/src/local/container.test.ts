import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { DockerfileParser, type Instruction, JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { exchange } from './support.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const IMAGE = 'packages/local/Dockerfile';
const APPLICATION = 'examples/compose/Dockerfile';
const COMPOSE: {
  readonly services: Readonly<Record<'cloudwatch-logs' | 'app', Service>>;
} = parse(readFileSync(join(ROOT, 'examples/compose/compose.yaml'), 'utf8'));

interface Service {
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** A stage of a recipe: by default the last, which is what runs. */
class Recipe {
  readonly #instructions: readonly Instruction[];

  constructor(path: string, stage = -1) {
    const all = DockerfileParser.parse(readFileSync(join(ROOT, path), 'utf8')).getInstructions();
    const starts = all.flatMap((one, index) => (one.getKeyword() === 'FROM' ? [index] : []));
    const start = starts.at(stage);
    this.#instructions = all.slice(
      start,
      starts.find((one) => one > (start ?? 0)),
    );
  }

  all(keyword: string): readonly string[] {
    return this.#instructions
      .filter((one) => one.getKeyword() === keyword)
      .map((one) => one.getArgumentsContent() ?? '');
  }

  /** The words of an instruction in exec form; none if it is in shell form, or not there. */
  words(keyword: string): readonly string[] {
    const found = this.#instructions.find((one) => one.getKeyword() === keyword);
    return found instanceof JSONInstruction
      ? found.getJSONStrings().map((word) => JSON.parse(word.getValue()))
      : [];
  }

  get healthcheck(): readonly string[] {
    const [, words = '[]'] = /CMD (\[.*\])$/.exec(this.all('HEALTHCHECK')[0] ?? '') ?? [];
    return JSON.parse(words);
  }

  get user(): { readonly uid: number; readonly gid: number } {
    const [uid = Number.NaN, gid = Number.NaN] = (this.all('USER')[0] ?? '').split(':').map(Number);
    return { uid, gid };
  }
}

for (const path of [IMAGE, APPLICATION]) {
  test(`${path} is sound, and runs as a user who is not root, without a shell`, (t) => {
    t.deepEqual(validate(readFileSync(join(ROOT, path), 'utf8')), []);
    const recipe = new Recipe(path);
    t.true(recipe.user.uid > 0 && recipe.user.gid > 0);
    t.true(recipe.words('CMD').length > 0);
  });
}

test('the example builds both recipes, and starts the application once the service is healthy', (t) => {
  const { 'cloudwatch-logs': service, app } = COMPOSE.services;
  for (const [{ build }, path] of [
    [service, IMAGE],
    [app, APPLICATION],
  ] as const) {
    t.is(join(ROOT, 'examples/compose', build.context, build.dockerfile), join(ROOT, path));
  }
  t.deepEqual(app.depends_on, { 'cloudwatch-logs': { condition: 'service_healthy' } });
  t.true(new Recipe(IMAGE).healthcheck.length > 0);
  t.deepEqual(service.volumes, [`logs:${new Recipe(IMAGE).all('VOLUME')[0]}`]);
  // Nobody but this machine: the service verifies no credentials.
  for (const port of [...service.ports, ...app.ports]) t.regex(port, /^127\.0\.0\.1:/);
});

const IS_ROOT = process.getuid?.() === 0;
const SERVICE_PORT = '4586';

/** What the package is made of. */
const PACKED = ['package.json', 'README.md', 'dist'];

/** The image of the service, as its recipe makes it, in a folder; and its commands as processes, at a free port. */
class Container {
  readonly folder: string;
  readonly port: string;
  readonly #recipe = new Recipe(IMAGE);
  readonly #t: ExecutionContext;

  constructor(t: ExecutionContext, folder: string, port: string) {
    this.#t = t;
    this.folder = folder;
    this.port = port;
  }

  async build(): Promise<void> {
    mkdirSync(join(this.folder, 'tmp'));
    const source = join(this.folder, 'putlogs');
    for (const path of ['LICENSE', ...PACKED.map((one) => `packages/local/${one}`)])
      cpSync(join(ROOT, path), join(source, path), { recursive: true });
    // The compiler has run here.
    const pack = new Recipe(IMAGE, 0).all('RUN').at(-1) ?? '';
    await promisify(execFile)('sh', ['-c', this.#here(pack)], { cwd: source, env: this.#env });
    for (const command of this.#recipe.all('RUN').map((text) => this.#here(text))) {
      // Only root gives folders away. Here, the folder is of whom the service runs as then.
      const run = IS_ROOT ? command : command.replace(/ && chown \S+ \S+/, '');
      await promisify(execFile)('sh', ['-c', run], { env: this.#env });
    }
  }

  start(): ChildProcess {
    return this.#spawn([...this.#recipe.words('ENTRYPOINT'), ...this.#recipe.words('CMD')]);
  }

  async checkHealth(): Promise<number> {
    const [code] = await once(this.#spawn(this.#recipe.healthcheck), 'exit');
    return code;
  }

  /** Asks without a process for each time. */
  async untilItAnswers(path: string, pattern: RegExp): Promise<void> {
    const ask = () => exchange(Number(this.port), 'GET', path, { host: 'localhost' });
    await until(
      `${pattern} at ${path}`,
      () =>
        ask().then(
          ({ body }) => pattern.test(body),
          () => false,
        ),
      () => sleep(50),
    );
  }

  /** As `docker compose exec` does. */
  async execute(...words: readonly string[]): Promise<string> {
    const child = this.#spawn([...words, '--endpoint', `http://127.0.0.1:${this.port}`]);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    await once(child, 'close');
    return output;
  }

  #spawn(words: readonly string[]): ChildProcess {
    const [program = '', ...rest] = words.map((word) => this.#here(word));
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.#env,
      ...(IS_ROOT && this.#recipe.user),
    });
    child.stdout?.resume();
    this.#t.teardown(() => child.kill('SIGKILL'));
    return child;
  }

  /** The folders and the port of the container, on this machine. */
  #here(text: string): string {
    return text
      .replace(/(?<![\w.])\/(?=(?:tmp|data)\b)/g, `${this.folder}/`)
      .replaceAll(SERVICE_PORT, this.port);
  }

  get #env(): NodeJS.ProcessEnv {
    const { PATH = '', NODE_OPTIONS } = process.env;
    const prefix = join(this.folder, 'prefix');
    return {
      PATH: `${join(prefix, 'bin')}:${dirname(process.execPath)}:${PATH}`,
      NODE_OPTIONS,
      HOME: this.folder,
      npm_config_prefix: prefix,
      npm_config_cache: join(this.folder, 'cache'),
    };
  }
}

/** Lets a process, and its workers, find the other containers by their names. */
const NAMES = fileURLToPath(new URL('../../container-names.cjs', import.meta.url));

/** The application of the example, as its recipe starts it. */
function startApplication(t: ExecutionContext, port: string): ChildProcess {
  const given = Object.entries(COMPOSE.services.app.environment ?? {});
  const environment = given.map(([name, value]) => [name, value.replace(`:${SERVICE_PORT}`, `:${port}`)]);
  const [program = '', ...rest] = new Recipe(APPLICATION).words('CMD');
  const { PATH, NODE_OPTIONS } = process.env;
  const child = spawn(program, rest, {
    cwd: join(ROOT, 'examples/compose'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH,
      NODE_OPTIONS: `${NODE_OPTIONS} --require ${JSON.stringify(NAMES)}`,
      PORT: '0',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...Object.fromEntries(environment),
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

test('the image runs as its recipe says, and the application of the example logs into it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-image-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const container = new Container(t, folder, `${await freePort()}`);
  await container.build();
  t.true(existsSync(join(folder, 'prefix/lib/node_modules/@putlogs/local/LICENSE')));
  t.is(await container.checkHealth(), 1);

  const first = container.start();
  await container.untilItAnswers('/_putlogs/health', /ok/);
  t.is(await container.checkHealth(), 0);
  const app = startApplication(t, container.port);
  const find = async (search: string) => {
    const lines = (await container.execute('putlogs-local', 'query', search, '--json')).trim().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  };
  await container.untilItAnswers('/_putlogs/search?query=msg:listening', /"total":1,/);
  const [listening] = await find('msg:listening');
  t.like(listening, { logGroupName: '/compose/app', entity: { keyAttributes: { Name: 'checkout' } } });
  t.is((await exchange(JSON.parse(listening.message).port, 'GET', '/orders')).status, 200);
  app.kill('SIGTERM');
  t.deepEqual(await once(app, 'exit'), [0, null]);
  t.is((await find('"request served" url:/orders')).length, 1);

  // The page, through a published port, is for loopback names; another container has the service alone.
  const get = async (path: string, host: string) =>
    (await exchange(Number(container.port), 'GET', path, { host })).status;
  t.is(await get('/', 'localhost:14586'), 200);
  t.is(await get('/_putlogs/requests', 'localhost:14586'), 200);
  t.is(await get('/_putlogs/requests', 'cloudwatch-logs:4586'), 403);

  first.kill('SIGTERM');
  t.deepEqual(await once(first, 'exit'), [0, null]);
  t.is(statSync(join(folder, 'data/logs.ndjson')).uid, IS_ROOT ? 1_000 : (process.getuid?.() ?? 0));
  container.start();
  await container.untilItAnswers('/_putlogs/health', /ok/);
  t.is((await find('"request served"')).length, 1);
});
