import { asService } from '@putlogs/local/internal';
import type { Page } from 'playwright-core';
import { until } from '../../support/until.js';
import { NOW } from '../support.js';
import { pageTest, pino, put, shows, textOf } from './page-test.js';

const BATCH = 5_000;

/** The milliseconds from each key to the frame that shows what it finds, and from each jump of the list to its rows. */
const MEASURE = `(async () => {
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const time = async (act) => {
    const start = performance.now();
    act();
    await drawn();
    return performance.now() - start;
  };
  const search = document.getElementById('search');
  const keys = [];
  for (const query of ['level:error path:/orders', 'nothing']) {
    for (let end = 1; end <= query.length; end++) {
      keys.push(await time(() => {
        search.value = query.slice(0, end);
        search.dispatchEvent(new Event('input', { bubbles: true }));
      }));
    }
  }
  search.value = '';
  search.dispatchEvent(new Event('input', { bubbles: true }));
  while (document.querySelector('.result').textContent.includes('…')) await drawn();
  const list = document.querySelector('.events .list');
  const jumps = [];
  for (let step = 0; step < 20; step++) {
    jumps.push(await time(() => { list.scrollTop = (list.scrollHeight * ((step * 7) % 20)) / 20; }));
  }
  const rows = document.querySelectorAll('.row.event').length;
  return { keys, jumps, rows };
})()`;

interface Measured {
  readonly keys: readonly number[];
  readonly jumps: readonly number[];
  readonly rows: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const slowest = (values: readonly number[]): number => Math.max(...values);

const measure = (page: Page): Promise<Measured> => page.evaluate(MEASURE);

const messages = (from: number): string[] =>
  Array.from({ length: BATCH }, (_, index) =>
    pino({
      level: 10 * (1 + (index % 6)),
      msg: 'payment accepted',
      path: `/orders/${from + index}`,
      status: 200 + (index % 400),
    }),
  );

/** More than the page has room for, in small events. */
const FLOOD = Array.from({ length: 420_000 }, (_, index) => ({
  timestamp: NOW + BATCH + index,
  message: 'x',
}));

pageTest(
  'a key takes as long with 100,000 events as with 10,000; above 500,000 the oldest leave',
  async (t, page, made) => {
    const fill = async (from: number, to: number) => {
      for (let events = from; events < to; events += BATCH) await put(made, messages(events));
      await shows(page, to, to);
    };
    await fill(0, 10_000);
    const few = await measure(page);
    await fill(10_000, 100_000);
    const many = await measure(page);
    for (const [name, { keys, jumps, rows }] of Object.entries({ few, many })) {
      t.log(
        `${name}: a key ${median(keys).toFixed(1)} ms, at most ${slowest(keys).toFixed(1)}; a jump ${median(jumps).toFixed(1)}, at most ${slowest(jumps).toFixed(1)}`,
      );
      t.true(rows < 100, `${rows}`);
    }
    t.true(median(many.keys) < 3 * median(few.keys));
    t.true(median(many.jumps) < 3 * median(few.jumps));

    await asService(made.local).ingest('g', 's', FLOOD);
    const notice = page.locator('.notice', { hasText: /has room for the newest/ });
    const numbers = async () =>
      (await textOf(notice)).match(/\d[\d,]*/g)?.map((text) => Number(text.replaceAll(',', ''))) ?? [];
    await notice.waitFor();
    await until('all events', async () => {
      const [shown = 0, left = 0] = await numbers();
      return shown + left === 520_000;
    });
    const [shown = 0] = await numbers();
    t.true(shown >= 500_000 && shown <= 510_000, `${shown}`);
  },
);
