import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remark } from 'remark';
import { visit } from 'unist-util-visit';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Installed or generated; tests write files there meanwhile. */
const NOT_OURS = ['node_modules', 'build', 'dist', 'cache', 'reference', '.git', '.changeset'];

/** The paths of all pages of Markdown that are written by hand. `pnpm version` writes the changelogs of the packages. */
export const PAGES = pagesIn('').filter((page) => !/^api\/|^packages\/\w+\/CHANGELOG\.md$/.test(page));

/** A block of code in a page. */
export interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export function snippetsOf(page: string): Snippet[] {
  const snippets: Snippet[] = [];
  visit(remark().parse(readPage(page)), 'code', ({ lang, value, position }) => {
    snippets.push({ page, line: position?.start.line ?? 0, language: lang ?? '', code: `${value}\n` });
  });
  return snippets;
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : pagesIn(path);
    return path.endsWith('.md') ? [path] : [];
  });
}
