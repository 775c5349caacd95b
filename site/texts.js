import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Publishes what the pages are made of: each page as Markdown, under its path in the repository, `llms.txt` with the list of them,
 * and the files that they link to.
 */
export function publishTexts(root, outDir, sections, linked) {
  const files = sections.flatMap(({ entries }) => entries.map(({ file }) => file));
  for (const file of [...files, ...linked]) cpSync(join(root, file), join(outDir, file));
  writeFileSync(join(outDir, 'llms.txt'), llms(root, sections));
}

/** The list of the pages, in Markdown: https://llmstxt.org */
export function llms(root, sections) {
  const contents = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const [, about] = /^> (.+(?:\n> .+)*)/m.exec(contents);
  const lists = sections.map(({ title, entries }) => {
    const lines = entries.map(({ text, file, question }) => `- [${text}](${file}): ${question}\n`);
    return `\n## ${title}\n\n${lines.join('')}`;
  });
  return `# putlogs\n\n> ${about.replaceAll('\n> ', ' ')}\n${lists.join('')}`;
}
