import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const START_PAGES = [
  'README.md',
  ...['pino', 'winston', 'core'].map((name) => `packages/${name}/README.md`),
  ...readdirSync(`${ROOT}docs/start`).map((file) => `docs/start/${file}`),
];

/** The blocks of code of a page, in one of the languages. */
export function blocksOf(page, ...languages) {
  const text = readFileSync(ROOT + page, 'utf8');
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ({ 1: language, 2: code, index }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length,
  })).filter(({ language }) => languages.includes(language));
}

/** The whole programs of a page, with the packages that a reader has installed by then. */
export function startsOf(page) {
  const packages = packagesToInstall(page);
  return blocksOf(page, 'js', 'ts')
    .filter(({ code }) => code.startsWith('import '))
    .map((block) => ({ page, packages, ...block }));
}

/** What `npm install` of a page names; pages without it follow another one. */
function packagesToInstall(page) {
  return blocksOf(page, 'sh').flatMap(({ code }) =>
    Array.from(code.matchAll(/^npm install (?:--save-dev )?(.+)$/gm), ([, names]) => names.split(' ')).flat(),
  );
}
