import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts text between the markers of that name in a Markdown file.
 * @param {string} path from the root of the repository
 * @param {string} name
 * @param {string} text
 */
export function writeBlock(path, name, text) {
  const file = new URL(`../${path}`, import.meta.url);
  const begin = `<!-- ${name}: written by bench/run.js --write -->\n`;
  const end = `<!-- ${name} end -->`;
  const before = readFileSync(file, 'utf8');
  const from = before.indexOf(begin);
  const to = before.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${path} has no place for ${name}`);
  writeFileSync(file, `${before.slice(0, from)}${begin}${text}\n${before.slice(to)}`);
}
