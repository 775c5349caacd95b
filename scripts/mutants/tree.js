import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEFT_OUT_TITLES } from './folders.js';

const ORIGINAL = fileURLToPath(new URL('../../', import.meta.url));

/** What the copy does without: the packages are linked, and Git has no part in it. */
const LEFT_OUT = new Set(['node_modules', '.git']);

/** No test takes longer, on a busy machine either. */
const HANG_MS = 60_000;

/** A copy of the built tree, to change and to test. */
export class Tree {
  #folder = realpathSync(mkdtempSync(join(tmpdir(), 'putlogs-mutants-')));
  root = join(this.#folder, 'tree');
  #running;
  /** For what the tests leave behind when they are ended. */
  #temporary = join(this.#folder, 'tmp');

  constructor() {
    cpSync(ORIGINAL, this.root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (from) => !LEFT_OUT.has(relative(ORIGINAL, from).split(sep)[0]),
    });
    symlinkSync(join(ORIGINAL, 'node_modules'), join(this.root, 'node_modules'));
    mkdirSync(this.#temporary);
  }

  read(file) {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file, code) {
    writeFileSync(join(this.root, file), code);
  }

  /** Runs test files until the first failure, or until no test has ended for a while: then one hangs. */
  async test(files, variables = {}) {
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary);
    const child = spawn(
      process.execPath,
      [
        'node_modules/ava/entrypoints/cli.mjs',
        '--fail-fast',
        '--tap',
        ...LEFT_OUT_TITLES.map((title) => `--match=!${title}`),
        ...files,
      ],
      {
        cwd: join(this.root, 'test'),
        env: { ...process.env, ...variables, TMPDIR: this.#temporary, TEST_UNBUNDLED: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group, so that it ends with all that it has started.
        detached: true,
      },
    );
    this.#running = child;
    let output = '';
    let timedOut = false;
    const hangs = () => {
      timedOut = true;
      endGroup(child);
    };
    let timer = setTimeout(hangs, HANG_MS);
    const onOutput = (text) => {
      output += text;
      clearTimeout(timer);
      timer = setTimeout(hangs, HANG_MS);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput);
    const code = await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    endGroup(child);
    const [, failure] = /^not ok \d+ - (.*)$/m.exec(output) ?? [];
    return { passed: code === 0, timedOut, failure: failure ?? output.slice(-200), output };
  }

  remove() {
    if (this.#running !== undefined) endGroup(this.#running);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function endGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // all of it has ended
  }
}
