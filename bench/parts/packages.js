// What each package adds to an application that has its logger: on disk, in packages, in time to load.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, fixed, median, spread, table } from '../figures.js';
import { print } from '../processes.js';
import { versionOf } from '../version.js';

const OURS = ['@putlogs/core', '@putlogs/pino', '@putlogs/winston'];

/** @type {readonly { name: string, logger: string, role: 'ours' | 'peer', thread: 'main' | 'worker' }[]} */
const PACKAGES = [
  { name: '@putlogs/pino', logger: 'pino', role: 'ours', thread: 'worker' },
  { name: '@serdnam/pino-cloudwatch-transport', logger: 'pino', role: 'peer', thread: 'worker' },
  { name: '@putlogs/winston', logger: 'winston', role: 'ours', thread: 'main' },
  { name: 'winston-cloudwatch', logger: 'winston', role: 'peer', thread: 'main' },
  { name: '@logtape/cloudwatch-logs', logger: '@logtape/logtape', role: 'peer', thread: 'main' },
];

/**
 * @typedef {(typeof PACKAGES)[number] & { version: string, ownBytes: number, addedBytes: number,
 *   addedPackages: number, importMs: number[] }} PackageRow
 */

/**
 * @param {{ runs: number }} options
 * @returns {Promise<PackageRow[]>}
 */
export async function measurePackages({ runs }) {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-bench-'));
  try {
    const archives = pack(folder);
    const rows = PACKAGES.map((entry) => {
      const row = { ...installed(folder, archives, entry), importMs: [] };
      print(`installed ${entry.name}\n`);
      return row;
    });
    for (let run = 1; run <= runs; run++)
      for (const { name, logger, importMs } of rows)
        importMs.push(timeToImport(folderOf(folder, name), logger, name));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As they would be published. @returns {string[]} */
function pack(folder) {
  for (const name of OURS) {
    const packed = fileURLToPath(new URL(`../../packages/${name.split('/')[1]}`, import.meta.url));
    run('npx', ['-y', 'pnpm@12', '--dir', packed, 'pack', '--pack-destination', folder], folder);
  }
  return readdirSync(folder).map((archive) => join(folder, archive));
}

/** Beside its logger, and compared with an application that has the logger alone. */
function installed(folder, archives, entry) {
  const { name, logger, role } = entry;
  const version = role === 'ours' ? undefined : versionOf(name);
  // Of ours those that it does not need are left out: pino's when it is winston's turn.
  const specs =
    role === 'ours'
      ? archives.filter((path) =>
          ['core', name.split('/')[1]].some((part) => path.includes(`putlogs-${part}-`)),
        )
      : [`${name}@${version}`];
  const alone = install(folderOf(folder, logger), [`${logger}@${versionOf(logger)}`]);
  const both = install(folderOf(folder, name), [`${logger}@${versionOf(logger)}`, ...specs]);
  const own = OURS.includes(name) ? ['@putlogs/core', name] : [name];
  return {
    ...entry,
    version: JSON.parse(readFileSync(join(both.modules, name, 'package.json'), 'utf8')).version,
    ownBytes: own.reduce((sum, part) => sum + bytesIn(join(both.modules, part)), 0),
    addedBytes: both.bytes - alone.bytes,
    addedPackages: both.packages - alone.packages,
  };
}

const folderOf = (folder, name) => join(folder, name.replaceAll(/\W/g, '-'));

function install(folder, specs) {
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--prefer-offline'];
  run('npm', ['install', '--prefix', folder, ...quiet, ...specs], folder);
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
  const modules = join(folder, 'node_modules');
  return { modules, bytes: bytesIn(modules), packages: Object.keys(lock.packages).length };
}

/** Of all files in a folder. */
function bytesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}

/** In a process of its own, when the logger is there already. */
function timeToImport(folder, logger, name) {
  const code = `await import('${logger}'); const begun = performance.now(); await import('${name}'); console.log(performance.now() - begun)`;
  return Number(run(process.execPath, ['--input-type=module', '--eval', code], folder));
}

function run(command, args, cwd) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
}

/** @param {readonly PackageRow[]} rows */
export function packagesTable(rows) {
  return table(
    ['', 'own size, kB', 'adds, MB', 'adds packages', 'to load, ms', 'on the thread'],
    rows.map(({ name, version, ownBytes, addedBytes, addedPackages, importMs, thread }) => [
      `${name} ${version}`,
      count(ownBytes / 1000),
      fixed(addedBytes / 1e6, 1),
      String(addedPackages),
      spread(importMs, 0),
      thread,
    ]),
  );
}

/** For docs/benchmarks.md. @param {readonly PackageRow[]} rows */
export function packagesSummary(rows) {
  return table(
    ['added to the logger', 'MB', 'packages', 'to load, ms'],
    rows.map(({ name, version, role, addedBytes, addedPackages, importMs, thread }) => [
      role === 'ours' ? `**${name}**` : `${name} ${version}`,
      fixed(addedBytes / 1e6, 1),
      String(addedPackages),
      `${fixed(median(importMs), 0)}, ${thread} thread`,
    ]),
  );
}
