import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packAll } from './pack.js';

const DEADLINE_MS = 600_000;

const NPM_INSTALL = ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'];

const run = promisify(execFile);

/** For npm and what its scripts run: news and telemetry are off. */
const QUIET = {
  npm_config_update_notifier: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CDK_NOTICES: 'false',
};

/** A folder for projects of strangers, who get our packages as they would be published. */
export class Workshop {
  folder = mkdtempSync(join(tmpdir(), 'putlogs-projects-'));
  archives = specifiersOf(packAll(join(this.folder, 'packed')));

  /** A folder of its own, in which `place` puts the project. */
  project(name, place) {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    place?.(folder);
    return new Project(folder, this.archives);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As package.json names them. */
function specifiersOf(archives) {
  return Object.fromEntries(Object.entries(archives).map(([name, path]) => [name, `file:${path}`]));
}

class Project {
  #archives;

  constructor(folder, archives) {
    this.folder = folder;
    this.#archives = archives;
  }

  /** An empty folder becomes a project by its first `npm install`. */
  get manifest() {
    const file = join(this.folder, 'package.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  }

  /**
   * Installs it, with our packages from their archives.
   * @param packages added to those of package.json; with another package manager than npm, ours alone
   */
  async install(packages = [], [manager, ...args] = NPM_INSTALL) {
    this.#useArchives(packages.filter((name) => name in this.#archives));
    const others = packages.filter((name) => !(name in this.#archives));
    await this.#run(manager, [...args, ...others], QUIET);
  }

  #useArchives(added) {
    const { dependencies = {}, ...manifest } = this.manifest;
    const own = [...Object.keys(dependencies).filter((name) => name in this.#archives), ...added];
    for (const name of own) dependencies[name] = this.#archives[name];
    this.write('package.json', JSON.stringify({ ...manifest, dependencies, overrides: this.#archives }));
  }

  write(file, text) {
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs npm, which may ask the registry and nobody else. */
  npm(...args) {
    return this.#run('npm', args, QUIET);
  }

  /** Runs Node until it ends. */
  node(args, env) {
    return this.#run(process.execPath, args, env);
  }

  /** @returns its output, whatever its exit code */
  async outcome(command, args, env) {
    try {
      return { code: 0, ...(await this.#run(command, args, env)) };
    } catch (error) {
      if (typeof error.code !== 'number') throw error;
      return error;
    }
  }

  /** Starts Node. @returns the process, and a promise of its end */
  start(args, env, stdio = ['ignore', 'inherit', 'inherit'], program = process.execPath) {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...surroundings(), ...env },
      stdio,
    });
    return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal })) };
  }

  #run(command, args, env) {
    return run(command, args, {
      cwd: this.folder,
      env: { ...surroundings(), ...env },
      timeout: DEADLINE_MS,
      maxBuffer: 1 << 26,
    });
  }
}

/** Nothing that the user of this machine has configured but how npm's registry is reached. */
function surroundings() {
  const registry = Object.entries(process.env).filter(([name]) =>
    /^(?:npm_config_registry|npm_config_cache|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  return {
    PATH: process.env.PATH,
    HOME: homedir(),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Object.fromEntries(registry),
  };
}
