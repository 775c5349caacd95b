import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../packages/pack.js';
import { application } from './application.js';

const PACKAGES = ['@putlogs/core', '@putlogs/pino', '@putlogs/winston'];
const NPM = ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** A folder for all projects, with the packages as they would be published. */
export class Workshop {
  #folder = mkdtempSync(join(tmpdir(), 'putlogs-platforms-'));
  #packed = Object.fromEntries(
    Object.entries(packAll(join(this.#folder, 'packed'))).filter(([name]) => PACKAGES.includes(name)),
  );

  get folder() {
    return this.#folder;
  }

  /** An application that has installed the packages and these dependencies. @returns its folder */
  project(name, dependencies, { install = NPM, files = {} } = {}) {
    const packed = this.#packed;
    const manifest = {
      name: 'app',
      private: true,
      dependencies: { ...packed, ...dependencies },
      // The packages depend on each other by version, and that is not published.
      overrides: Object.fromEntries(Object.keys(packed).map((key) => [key, `$${key}`])),
      resolutions: packed,
    };
    const overrides = Object.entries(packed).map(([key, file]) => `  '${key}': '${file}'\n`);
    return this.#create(name, install, {
      'package.json': JSON.stringify(manifest),
      'pnpm-workspace.yaml': `overrides:\n${overrides.join('')}`,
      'app.mjs': application('esm'),
      'app.cjs': application('cjs'),
      ...files,
    });
  }

  /** Programs, of npm. @returns their folder of modules */
  programs(name, dependencies) {
    const files = { 'package.json': JSON.stringify({ private: true, dependencies }) };
    return join(this.#create(name, NPM, files), 'node_modules');
  }

  #create(name, [program, ...args], files) {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return folder;
  }
}
