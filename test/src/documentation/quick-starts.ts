import { PAGES, type Snippet, snippetsOf } from './pages.js';

/** The pages that a newcomer starts with. */
export const START_PAGES = [
  'README.md',
  ...['pino', 'winston', 'core'].map((name) => `packages/${name}/README.md`),
  ...PAGES.filter((page) => page.startsWith('docs/start/')),
];

/** The snippets of a page that are whole programs: those that begin with an import. */
export function programsOf(page: string): Snippet[] {
  return snippetsOf(page).filter(
    ({ language, code }) => ['js', 'ts'].includes(language) && code.startsWith('import '),
  );
}

/** How many records a program logs into the service of whoever runs it, and not into one that it starts itself. */
export function recordsOf(code: string): number {
  if (code.includes("'@putlogs/local'")) return 0;
  return code.match(/^(?:logger\.info|pipeline\.accept)\(/gm)?.length ?? 0;
}
