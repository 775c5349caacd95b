import test from 'ava';
import { NO_EVENTS } from '../support/counts.js';
import { PAGES, readPage, snippetsOf } from './pages.js';

const READMES = PAGES.filter((page) => /^(?:packages\/\w+\/)?README\.md$/.test(page));
const TRANSPORTS = ['packages/pino/README.md', 'packages/winston/README.md'];

/** Pages that list the counters in which an event may end. */
const LISTS = [
  'docs/delivery.md',
  'docs/metrics.md',
  'docs/start/record.md',
  'packages/core/README.md',
  ...TRANSPORTS,
];
const { accepted: _accepted, pending: _pending, ...ends } = NO_EVENTS;

test('a README has 150 lines at most', (t) => {
  t.is(READMES.length, 6);
  for (const page of READMES) t.true(readPage(page).split('\n').length <= 151, page);
});

for (const page of TRANSPORTS) {
  test(`${page} guarantees what the README of the repository does, and has its policy`, (t) => {
    t.is(guarantees(page), guarantees('README.md'));
    t.is(policy(page), policy('README.md'));
  });
}

/** The table, without its links, which npm could not follow. */
function guarantees(page: string): string | undefined {
  const table = /^\| how the process ends .+\n(?:\|.+\n)+/m.exec(readPage(page))?.[0];
  return table?.replaceAll(/\[(.+?)\]\(.+?\)/g, '$1');
}

function policy(page: string): string | undefined {
  return snippetsOf(page).find(({ language }) => language === 'json')?.code;
}

for (const page of LISTS) {
  test(`${page} lists all counters together`, (t) => {
    t.true(paragraphs(page).some((text) => hasAll(text, Object.keys(ends))));
  });
}

test('docs/delivery.md lists all reasons for which events are rejected or dropped', (t) => {
  const reasons = [...Object.keys(ends.rejected), ...Object.keys(ends.dropped)];
  t.true(paragraphs('docs/delivery.md').some((text) => hasAll(text, ['accepted', 'pending', ...reasons])));
});

function paragraphs(page: string): string[] {
  return readPage(page).split('\n\n');
}

function hasAll(text: string, names: readonly string[]): boolean {
  return names.every((name) => text.includes(`\`${name}\``));
}
