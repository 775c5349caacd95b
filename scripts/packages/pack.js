import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Packs what has been built as it would be published.
 * @returns {Record<string, string>} the path of each archive, by the name of its package
 */
export function packAll(destination) {
  mkdirSync(destination, { recursive: true });
  const flags = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', destination];
  pnpm(flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  return Object.fromEntries(
    readdirSync(destination).map((file) => {
      const [, name] = /^putlogs-(\w+)-/.exec(file) ?? [];
      return [`@putlogs/${name}`, join(destination, file)];
    }),
  );
}

/** pnpm is there where pnpm started this. @returns its output */
export function pnpm(args, options) {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const isThere = process.env.npm_config_user_agent?.startsWith('pnpm/');
  const [program, ...first] = isThere ? ['pnpm'] : ['npx', '-y', packageManager.split('+')[0]];
  return execFileSync(program, [...first, ...args], { cwd: ROOT, encoding: 'utf8', ...options });
}
