import { readFile, writeFile } from 'node:fs/promises';

const DOCS = new URL('../../docs/', import.meta.url);

/**
 * Puts the tables between the page's markers, and the plots beside it.
 * @param {Readonly<Record<string, string>>} tables
 * @param {Readonly<Record<string, string>>} plots
 */
export async function write(tables, plots) {
  const page = new URL('fleet.md', DOCS);
  const filled = Object.entries(tables).reduce(fill, await readFile(page, 'utf8'));
  await writeFile(page, filled);
  for (const [name, svg] of Object.entries(plots))
    await writeFile(new URL(`fleet-${name}.svg`, DOCS), `${svg}\n`);
}

/** @param {string} text @param {[string, string]} part */
function fill(text, [name, table]) {
  const [begin, end] = [`<!-- ${name}: written by bench/fleet/run.js -->`, `<!-- ${name} end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/fleet.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
