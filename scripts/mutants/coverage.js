import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What was found out before, by what it depends on. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/putlogs-mutants/', import.meta.url));

/** @typedef {{ ms: number, executed: Record<string, [start: number, end: number][]> }} Coverage */

/** Finds out which places of the sources each test file executes, in all its threads and processes. */
export class Coverages {
  #tree;
  #sources;
  #code;

  /** @param sources the files that matter */
  constructor(tree, sources) {
    this.#tree = tree;
    this.#sources = sources;
    // All built code but the tests themselves.
    const folders = ['core', 'pino', 'winston'].map((name) => `packages/${name}/build`);
    const code = [...folders, 'packages/local/dist', 'test/build/support', 'test/build/fixtures'].flatMap(
      (folder) => filesBelow(tree, folder),
    );
    this.#code = hashOf(code.map((file) => tree.read(file)));
  }

  /** Runs the test file, which must pass: else every change would seem to be noticed. @returns {Promise<Coverage>} */
  async of(test) {
    const cached = join(CACHE, `${hashOf([this.#code, test, this.#tree.read(`test/${test}`)])}.json`);
    try {
      return JSON.parse(readFileSync(cached, 'utf8'));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    const coverage = await this.#measure(test);
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(cached, JSON.stringify(coverage));
    return coverage;
  }

  async #measure(test) {
    const folder = mkdtempSync(join(this.#tree.root, '../coverage-'));
    try {
      const start = Date.now();
      const { passed, output } = await this.#tree.test([test], { NODE_V8_COVERAGE: folder });
      if (!passed) throw new Error(`${test} fails without any change:\n${output.slice(-3000)}`);
      return { ms: Date.now() - start, executed: this.#executed(folder) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #executed(folder) {
    const byUrl = new Map(
      this.#sources.map((file) => [pathToFileURL(join(this.#tree.root, file)).href, file]),
    );
    const bytes = new Map();
    for (const { url, functions } of scriptsIn(folder)) {
      const file = byUrl.get(url);
      if (file === undefined) continue;
      const before = bytes.get(file);
      const now = executedBytes(functions, this.#tree.read(file).length);
      bytes.set(file, before === undefined ? now : now.map((is, i) => is | before[i]));
    }
    return Object.fromEntries([...bytes].map(([file, executed]) => [file, rangesOf(executed)]));
  }
}

export function executes({ executed }, { file, at }) {
  return (executed[file] ?? []).some(([from, to]) => from <= at && at < to);
}

/** What each process and thread has written at its end. A killed process may have written half of it. */
function* scriptsIn(folder) {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8');
    if (text.endsWith('}')) yield* JSON.parse(text).result;
  }
}

/** For each character, whether it was executed. Of nested ranges the inner one is right. */
function executedBytes(functions, length) {
  const executed = new Uint8Array(length);
  const ranges = functions.flatMap((one) => one.ranges);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges)
    executed.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return executed;
}

function rangesOf(executed) {
  const ranges = [];
  for (let start = executed.indexOf(1); start >= 0; ) {
    const end = executed.indexOf(0, start);
    ranges.push([start, end < 0 ? executed.length : end]);
    start = end < 0 ? -1 : executed.indexOf(1, end);
  }
  return ranges;
}

function filesBelow(tree, folder) {
  const names = readdirSync(join(tree.root, folder), { recursive: true });
  return names.filter((name) => /\.c?js$/.test(name)).map((name) => `${folder}/${name}`);
}

function hashOf(texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 32);
}
