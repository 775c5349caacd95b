import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The contents of the documentation: GitHub shows this page, the site makes its navigation from it. */
const CONTENTS = 'docs/README.md';

/**
 * @typedef {{ text: string, file: string, question: string }} Entry a page: its path in the repository, and what it answers
 * @typedef {{ title: string, entries: Entry[] }} Section
 */

/** @param {string} root the folder of the repository @returns {Section[]} */
export function readSections(root) {
  const contents = readFileSync(posix.join(root, CONTENTS), 'utf8');
  return contents
    .split(/^## /m)
    .slice(1)
    .map((section) => ({ title: section.slice(0, section.indexOf('\n')), entries: entriesOf(section) }));
}

/** @param {string} section @returns {Entry[]} */
function entriesOf(section) {
  return Array.from(
    section.matchAll(/^- \[(.+?)\]\((\S+?)\): (.+(?:\n {2}.+)*)/gm),
    ([, text, link, question]) => ({
      text: text.replaceAll('`', ''),
      file: posix.join(posix.dirname(CONTENTS), link),
      question: question.replaceAll(/\s+/g, ' '),
    }),
  );
}
