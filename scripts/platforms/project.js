import { join } from 'node:path';
import { Workshop as Projects } from '../packages/project.js';
import { application } from './application.js';

const PACKAGES = ['@putlogs/core', '@putlogs/pino', '@putlogs/winston'];

/** Projects with the same application, which other package managers than npm may install. */
export class Workshop {
  #projects = new Projects();

  get folder() {
    return this.#projects.folder;
  }

  /** An application that has installed the packages and these dependencies. @returns its folder */
  async project(name, dependencies, { install, files = {} } = {}) {
    const { archives } = this.#projects;
    const overrides = Object.entries(archives).map(([key, archive]) => `  '${key}': '${archive}'\n`);
    const project = this.#create(name, {
      'package.json': JSON.stringify({ name: 'app', private: true, dependencies, resolutions: archives }),
      'pnpm-workspace.yaml': `overrides:\n${overrides.join('')}`,
      'app.mjs': application('esm'),
      'app.cjs': application('cjs'),
      ...files,
    });
    await project.install(PACKAGES, install);
    return project.folder;
  }

  /** Programs, of npm. @returns their folder of modules */
  async programs(name, dependencies) {
    const project = this.#create(name, {
      'package.json': JSON.stringify({ private: true, dependencies }),
    });
    await project.install();
    return join(project.folder, 'node_modules');
  }

  remove() {
    this.#projects.remove();
  }

  #create(name, files) {
    const project = this.#projects.project(name);
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    return project;
  }
}
