import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the part of a page between `<!-- NAME: written by SCRIPT -->` and `<!-- NAME end -->`. With --check it only says
 * whether the part is up to date.
 */
export function putPart(page, name, script, part) {
  const file = new URL(`../../${page}`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name}: written by ${script} -->\n`, `<!-- ${name} end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the ${name}`);
  const written = text.slice(0, from) + begin + part + text.slice(to);
  if (!process.argv.includes('--check')) writeFileSync(file, written);
  else if (written !== text) {
    process.stderr.write(`The ${name} in ${page} are stale: run node ${script}\n`);
    process.exitCode = 1;
  }
}

/** Lines of a page have 120 characters at most. */
export function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== '' && last.length + word.length > 110) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
