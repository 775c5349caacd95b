import test from 'ava';
import { putlogs } from '../support/command.js';
import { readPage } from './pages.js';

const COSTS = readPage('docs/start/costs.md');
const PERMISSIONS = readPage('docs/start/permissions.md');

/** The cells of the rows of a table, without its head. @param head the beginning of the head's row */
function table(page: string, head: string): string[][] {
  const [, text = ''] = page.split(`${head}`);
  const [rows = ''] = text.split('\n\n');
  return rows
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

for (const [what, setting = '', actions = ''] of table(PERMISSIONS, '| to | set |')) {
  test(`the permissions to ${what} are those of putlogs policy`, async (t) => {
    const [, variable = 'PUTLOGS_SERVICE', value = 'checkout'] = /`(\w+)=(.+)`/.exec(setting) ?? [];
    const env = { PUTLOGS_LOG_GROUP_NAME: '/my/app', [variable]: value };
    const { stdout } = await putlogs(['policy'], { env });
    const statements: readonly { readonly Action: readonly string[] }[] = JSON.parse(stdout).Statement;
    t.deepEqual(
      statements.flatMap(({ Action }) => Action),
      Array.from(actions.matchAll(/`(.+?)`/g), ([, action = '']) => action),
    );
  });
}

test('the figures of the costs follow from the prices', (t) => {
  const prices = new Map(table(COSTS, '| | price |').map(([what = '', price = '']) => [what, price]));
  const priceOf = (what: string) => Number(/\d+\.\d+/.exec(prices.get(what) ?? '')?.[0]);
  const standard = priceOf('ingestion, log class Standard');
  const infrequent = priceOf('ingestion, log class Infrequent Access');
  const rows = table(COSTS, '| records/s | GB |');
  t.is(rows.length, 3);
  for (const [rate = '', gigabytes, ...dollars] of rows) {
    const exact = gigabytesOf(Number(rate.replace(',', '')));
    t.is(gigabytes, exact.toFixed(1));
    t.deepEqual(
      dollars,
      [standard, infrequent].map((price) => `$${(exact * price).toFixed(2)}`),
    );
  }
  const gateway = gigabytesOf(1000) * priceOf('traffic through a NAT gateway');
  t.true(COSTS.includes(`cost $${gateway.toFixed(2)} a month uncompressed`));
  t.true(COSTS.includes(`less than $${(gateway / 4).toFixed(2)} with gzip`));
});

/** In 30 days, of messages of 250 bytes. */
function gigabytesOf(recordsPerSecond: number): number {
  return (recordsPerSecond * 30 * 86_400 * (250 + 26)) / 1e9;
}
