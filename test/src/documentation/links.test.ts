import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'ava';
import { remark } from 'remark';
import { engine } from 'unified-engine';
import { PAGES, ROOT, readPage } from './pages.js';

/** Relative links to what is not there, and to headings that are not. */
function deadLinks(cwd: string, files: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    engine(
      {
        cwd,
        files: [...files],
        processor: remark(),
        plugins: [[import.meta.resolve('remark-validate-links'), { repository: false }]],
        detectConfig: false,
        detectIgnore: false,
        output: false,
        out: false,
        streamError: new PassThrough().resume(),
      },
      (error, _code, context) => {
        if (error) reject(error);
        const messages = context?.files.flatMap((file) =>
          file.messages.map(({ line, reason }) => `${file.path}:${line} ${reason}`),
        );
        resolve(messages ?? []);
      },
    );
  });
}

test('each relative link of a page leads to a file of the repository, and to a heading in it', async (t) => {
  t.true(PAGES.length > 40);
  t.deepEqual(await deadLinks(ROOT, PAGES), []);
});

test('a dead link, a dead anchor and a dead picture are found', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-links-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'a.md'), '# One\n\n[b](b.md) [two](b.md#two) [here](#one)\n');
  writeFileSync(join(folder, 'b.md'), '# Two\n\n| [c](c.md) |\n|---|\n\n[a](a.md#two) ![d](d.png)\n');
  const dead = await deadLinks(folder, ['a.md', 'b.md']);
  t.deepEqual(
    dead.map((message) => /`(.+?)`/.exec(message)?.[1]).toSorted(),
    ['#two', 'c.md', 'd.png'],
    dead.join('\n'),
  );
});

test('the README of a package, which npm shows without the repository, has no relative links', (t) => {
  const readmes = PAGES.filter((page) => page.startsWith('packages'));
  t.is(readmes.length, 5);
  // npm finds pictures by `repository`, once that is set. Without it, it shows their text.
  for (const page of readmes) t.notRegex(readPage(page), /(?<!!\[[^\]]*)\]\((?!https?:|#)/, page);
});

test('the contents list each page once, and the report of each entry point', async (t) => {
  const listed = Array.from(
    readPage('docs/README.md').matchAll(/^- \[.+?\]\((\S+?)\): /gm),
    ([, link = '']) => join('docs', link),
  );
  const ofRepository = PAGES.filter((page) => !['docs/README.md', 'site/index.md'].includes(page));
  t.deepEqual(listed.filter((page) => !page.startsWith('api/')).toSorted(), ofRepository.toSorted());
  t.is(listed.filter((page) => page.startsWith('api/')).length, 7);
});
