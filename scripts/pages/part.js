import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the part of a page between `<!-- NAME: written by SCRIPT -->` and `<!-- NAME end -->`. With --check it only says
 * whether the page is up to date.
 */
export function putPart(page, name, script, part) {
  const text = textOf(page);
  const [begin, end] = [`<!-- ${name}: written by ${script} -->\n`, `<!-- ${name} end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the ${name}`);
  put(page, script, text.slice(0, from) + begin + part + text.slice(to));
}

/** Writes a file of the repository. With --check it only says whether the file is up to date. */
export function put(path, script, text) {
  if (!process.argv.includes('--check')) writeFileSync(fileOf(path), text);
  else if (textOf(path) !== text) {
    process.stderr.write(`${path} is stale: run node ${script}\n`);
    process.exitCode = 1;
  }
}

export function textOf(path) {
  return readFileSync(fileOf(path), 'utf8');
}

function fileOf(path) {
  return new URL(`../../${path}`, import.meta.url);
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
