import { snippetsOf } from '../../test/build/documentation/pages.js';
import { programsOf } from '../../test/build/documentation/quick-starts.js';

/** The code of a page in a language, block by block. */
export function blocksOf(page, language) {
  return snippetsOf(page)
    .filter((snippet) => snippet.language === language)
    .map(({ code }) => code);
}

/** The whole programs of a page, with the packages that a reader has installed by then. */
export function startsOf(page) {
  const packages = packagesToInstall(page);
  return programsOf(page).map((program) => ({ ...program, packages }));
}

/** What `npm install` of a page names; pages without it follow another one. */
function packagesToInstall(page) {
  return blocksOf(page, 'sh').flatMap((code) =>
    Array.from(code.matchAll(/^npm install (?:--save-dev )?(.+)$/gm), ([, names]) => names.split(' ')).flat(),
  );
}
