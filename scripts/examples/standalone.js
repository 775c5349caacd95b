import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { checkServer } from './server.js';

/**
 * Puts what Next.js has traced into a folder of its own, as an image of a container has it. Below the project, Node would find
 * what is missing in the project's own node_modules.
 */
export function checkStandalone(paths, options) {
  const check = checkServer(paths, { ...options, argsOf: () => ['server.js'] });
  return (project, workshop) => {
    const output = join(project.folder, '.next/standalone');
    return check(
      workshop.project('standalone', (folder) =>
        cpSync(output, folder, { recursive: true, verbatimSymlinks: true }),
      ),
    );
  };
}
