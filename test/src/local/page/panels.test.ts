import { asService } from '@putlogs/local/internal';
import type { Page } from 'playwright-core';
import { DAY, HOUR, NOW } from '../support.js';
import { ENTITY, ORDERS, pageTest, put, rows, shows, textOf } from './page-test.js';

pageTest(
  'the details of an event: its tree, its entity, its copies and its trace',
  async (t, page, made) => {
    await put(made, ORDERS, { entity: ENTITY });
    await rows(page).nth(1).click();
    const detail = page.locator('.detail');
    const card = await textOf(detail.locator('[aria-label=Entity]'));
    t.regex(card, /A service in CloudWatch: checkout in ecs:prod on AWS::ECS/);
    t.regex(card, /Environmentecs:prod.*Hostdb7/);
    await page.click('[data-copy="Copy message"]');
    await page.locator('[data-copy="Copy message"]', { hasText: 'Copied' }).waitFor();
    t.is(await page.evaluate('navigator.clipboard.readText()'), ORDERS[1]);
    await page.click('[data-copy="Copy as JSON"]');
    await page.locator('[data-copy="Copy as JSON"]', { hasText: 'Copied' }).waitFor();
    t.like(JSON.parse(String(await page.evaluate('navigator.clipboard.readText()'))), {
      logGroupName: 'g',
      message: { status: 503 },
      entity: ENTITY,
    });
    await detail.locator('.tree .leaf', { hasText: '7' }).last().click();
    await shows(page, 1, 4);
    t.is(await page.inputValue('#search'), 'user.id=7');
    await page.click('#trace');
    await shows(page, 2, 4);
    await page.click('[aria-label=Close]');
    t.is(await detail.count(), 0);
    await page.click('#tab-traces');
    const trace = page.locator('.traces tbody tr');
    t.regex(await textOf(trace), /abc123211 mscheckout$/);
    await page.fill('#search', '');
    // Whatever was chosen before, the trace is shown as a whole.
    await page.fill('#pattern', '{ $.level = 50 }');
    await page.selectOption('#time', '1m');
    await shows(page, 1, 4);
    await trace.locator('button').click();
    await shows(page, 2, 4);
  },
  { options: { permissions: ['clipboard-read', 'clipboard-write'] } },
);

pageTest('an event without an entity says what that means', async (t, page, made) => {
  await put(made, ['x']);
  await rows(page).first().click();
  t.regex(await textOf(page.locator('.detail [aria-label=Entity]')), /CloudWatch could not link this event/);
});

pageTest('requests say what was refused, and by which rule', async (t, page, made) => {
  const logEvents = [NOW - 15 * DAY, NOW, NOW + 3 * HOUR].map((timestamp) => ({ timestamp, message: 'x' }));
  await made
    .put({ logEvents, entity: { keyAttributes: { Type: 'Thing', Name: 'x' } } })
    .catch(() => undefined);
  await made.put({
    logEvents: logEvents.slice(0, 2),
    entity: { keyAttributes: { Type: 'Thing', Name: 'x' } },
  });
  await made.put({ logEvents: logEvents.toReversed() }).catch(() => undefined);
  await made.put({ logStreamName: 'none' }).catch(() => undefined);
  await put(made, ['good'.repeat(1_000)]);
  const requests = page.locator('.row.request');
  await requests.nth(6).waitFor();
  const explanations = async (index: number) => {
    await requests.nth(index).click();
    return textOf(page.locator('.request-detail'));
  };
  t.regex(
    await explanations(3),
    /One event is too old: the service takes events of the last 14 days[\s\S]*InvalidTypeValue/,
  );
  t.regex(await explanations(4), /chronological order[\s\S]*Sort them before you send/);
  t.regex(await explanations(5), /The specified log stream does not exist[\s\S]*Call CreateLogStream first/);
  t.regex(await explanations(6), /Accepted in full/);
  t.regex(await textOf(requests.nth(6)), /200 ?13.93 KiB<1 %/);
  await page.check('.failed-only input');
  t.is(await requests.count(), 4);
});

pageTest(
  'faults, chaos and the clock are switched by a click',
  async (t, page, made) => {
    await page.click('#tab-faults');
    await page.locator('.kinds button', { hasText: 'throttle' }).click();
    const active = page.locator('[aria-label="Active faults"]');
    await active.locator('li', { hasText: 'throttle of PutLogEvents' }).waitFor();
    await t.throwsAsync(put(made, ['x']), { name: 'ThrottlingException' });
    await active.locator('button', { hasText: 'End' }).click();
    await active.locator('li').waitFor({ state: 'detached' });
    await put(made, ['x']);
    await page.locator('.kinds button', { hasText: 'poison' }).click();
    await active.locator('.problem', { hasText: 'poison needs a text' }).waitFor();
    await page.fill('#detail', '5');
    await page.locator('.kinds button', { hasText: 'slow' }).click();
    await active.locator('li', { hasText: 'slow of PutLogEvents, 5 ms' }).waitFor();
    await page.check('#chaos');
    await active.locator('li', { hasText: '5 %' }).first().waitFor();
    await page.uncheck('#chaos');
    await active.locator('li').nth(1).waitFor({ state: 'detached' });
    await page.locator('[aria-label=Clock] button', { hasText: '+1 h' }).click();
    await page.locator('[aria-label=Clock]', { hasText: '1 h ahead' }).waitFor();
    const refused = await made.raw('DescribeLogGroups', '{}');
    t.regex(refused.body, /InvalidSignatureException/);
    await page.locator('[aria-label=Clock] button', { hasText: 'Correct' }).click();
    await page.locator('[aria-label=Clock]', { hasText: 'Correct.' }).waitFor();
  },
  { isComplaining: true },
);

/** The clock of the service in the next tests. */
let time = NOW;
const MOVED = { service: { now: () => time } };

pageTest(
  'accepted events are plotted, and a month is estimated at a price after ten seconds',
  async (t, page, made) => {
    time = NOW;
    const texts = Array.from({ length: 5_000 }, () => 'x'.repeat(100));
    await put(made, texts);
    // None of these is accepted.
    const old = { timestamp: NOW - 15 * DAY, message: 'x' };
    await made.put({ logEvents: [old, { timestamp: NOW, message: 'x'.repeat(100) }] });
    const end = made.local.fault({ kind: 'noRequestId' });
    await put(made, texts);
    end();
    await page.click('#tab-rates');
    const rates = page.locator('.rates');
    await rates.locator('figure', { hasText: 'at most 5,001' }).waitFor();
    await rates.locator('figure', { hasText: 'at most 615 KiB' }).waitFor();
    await rates.locator('figure', { hasText: 'at most 60 %' }).waitFor();
    const cost = page.locator('.cost');
    await cost.locator('p', { hasText: /An estimate follows in \d+ s/ }).waitFor();
    time = NOW + 60_000;
    await page.reload();
    await cost.locator('p', { hasText: 'about' }).waitFor();
    const dollars = async () => Number(/\$([\d.,]+)/.exec(await textOf(cost))?.[1]?.replace(',', ''));
    await page.fill('#price', '1');
    // 630,126 bytes in a minute and some seconds.
    const one = await dollars();
    t.true(one > 10 && one < 26, `${one}`);
    await page.fill('#price', '0');
    t.is(await dollars(), 0);
    t.regex(await textOf(cost), /An estimate of the ingestion alone/);
  },
  MOVED,
);

pageTest('lines of standard input are plotted too', async (_t, page, made) => {
  await page.click('#tab-rates');
  await page.locator('.cost p', { hasText: 'Nothing arrived' }).waitFor();
  await asService(made.local).ingest('stdin', 's', [{ timestamp: NOW, message: 'a line' }]);
  await page.locator('.rates figure', { hasText: 'at most 32 B' }).waitFor();
  await page.locator('.cost p', { hasText: 'An estimate follows' }).waitFor();
});

pageTest(
  'a service that only counts events plots what its requests brought',
  async (_t, page, made) => {
    const old = { timestamp: NOW - 15 * DAY, message: 'x' };
    await made.put({ logEvents: [old, { timestamp: NOW, message: 'x' }] });
    await page.click('#tab-rates');
    await page.locator('.rates figure', { hasText: 'at most 27 B' }).waitFor();
  },
  { service: { keepEvents: false } },
);

for (const colorScheme of ['light', 'dark'] as const) {
  pageTest(
    `the page is ${colorScheme} where the system is, until one chooses`,
    async (t, page) => {
      const isDark = () =>
        page.evaluate("getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'");
      t.is(await isDark(), colorScheme === 'dark');
      await page.click('#theme');
      t.false(await isDark());
      await page.click('#theme');
      t.true(await isDark());
      await page.reload();
      t.true(await isDark());
    },
    { options: { colorScheme } },
  );
}

/** The place of the element that has the focus among all that can be clicked. */
const REACHED = `[...document.querySelectorAll('button:not(:disabled):not(dialog *), input, select, summary, a')].indexOf(document.activeElement)`;

pageTest('all of it can be used by the keyboard', async (t, page, made) => {
  await put(made, ORDERS, { entity: ENTITY });
  await shows(page, 4, 4);
  const keys = async (...names: readonly string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  const selected = () => textOf(page.locator('.row.event[aria-selected=true] .message'));
  await keys('g');
  t.is(await selected(), 'order placedpath=/orders/1status=200');
  await keys('j', 'j', 'k');
  t.regex(await selected(), /^payment failed/);
  await keys('t');
  await shows(page, 2, 4);
  await keys('Escape', 'Escape');
  await shows(page, 4, 4);
  await keys('/');
  await page.keyboard.type('level:error');
  await shows(page, 1, 4);
  await keys('Escape', 'p');
  await page.keyboard.type('{ $.none = 1 }');
  await shows(page, 0, 4);
  await keys('Escape', 'Escape');
  await shows(page, 4, 4);
  await keys('?');
  await page.locator('dialog[open]').waitFor();
  await keys('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  for (const [key, panel] of [
    ['2', 'traces'],
    ['3', 'rates'],
    ['4', 'faults'],
    ['1', 'requests'],
  ] as const) {
    await keys(key);
    await page.locator(`#tab-${panel}[aria-expanded=true]`).waitFor();
  }
  await keys('G');
  t.is(await selected(), 'plain text');
  await keys('ArrowUp');
  t.regex(await selected(), /^retry/);
  // A click puts the focus on the list, whose keys then move on from the row.
  await rows(page).nth(1).click();
  await keys('ArrowDown');
  t.regex(await selected(), /^retry/);
  await keys('Home');
  t.regex(await selected(), /^order placed/);
  await page.click('.detail [aria-label=Close]');
  t.is(await page.evaluate('document.activeElement.id'), 'list-events');
  await keys('4');
  // Whatever can be clicked is reached by the tab key.
  const all = Number(
    await page.evaluate(
      `document.querySelectorAll('button:not(:disabled):not(dialog *), input, select, summary, a').length`,
    ),
  );
  const reached = new Set<unknown>();
  await page.evaluate('document.activeElement.blur()');
  for (let presses = 0; presses < 2 * all && reached.size < all; presses++) {
    await keys('Tab');
    const place = await page.evaluate(REACHED);
    if (place !== -1) reached.add(place);
  }
  t.is(reached.size, all);
});

pageTest('in a narrow window everything has room, and details are over the events', async (t, page, made) => {
  await put(made, [...ORDERS, 'wide '.repeat(100)], { entity: ENTITY });
  await shows(page, 5, 5);
  const boxOf = async (selector: string) => {
    const box = await page.locator(selector).boundingBox();
    if (!box) throw new Error(`${selector} is not shown`);
    return box;
  };
  const isWithin = async (selector: string, width: number) => {
    const { x, width: own } = await boxOf(selector);
    t.true(own >= 80 && x >= 0 && x + own <= width, `${selector} in ${width}: ${x} and ${own}`);
  };
  for (const width of [390, 650, 850]) {
    await page.setViewportSize({ width, height: 800 });
    t.is(await page.evaluate('document.documentElement.scrollWidth'), width);
    for (const part of ['#search', '#pattern', '.sidebar', '.events', '.foot']) await isWithin(part, width);
    const [sidebar, events] = [await boxOf('.sidebar'), await boxOf('.events')];
    // Log groups are above the events, or beside them.
    if (width < 600) t.true(sidebar.y + sidebar.height <= events.y);
    else t.true(sidebar.x + sidebar.width <= events.x);
    await rows(page).first().click();
    await isWithin('.detail', width);
    t.is((await boxOf('.events')).width, events.width);
    if (width < 700) t.is((await boxOf('.detail')).width, width);
    await page.click('.detail [aria-label=Close]');
  }
});

const leaf = (page: Page, text: string) => page.locator('.detail .leaf', { hasText: text });

pageTest(
  'a value is searched for where it is: in arrays, and not under a name that no search has',
  async (t, page, made) => {
    const order = {
      items: [{ price: 5 }, { price: 7 }],
      tags: [['deep']],
      'two words': 'x y',
      'a.b': { c: 'dotted' },
      text: 'say "hi"\\ now',
    };
    await put(made, [JSON.stringify(order), JSON.stringify({ items: [{ price: 8 }] })]);
    await rows(page).first().click();
    for (const [text, query] of [
      ['7', 'items.price=7'],
      ['say', 'text="say \\"hi\\"\\\\ now"'],
    ] as const) {
      await leaf(page, text).click();
      t.is(await page.inputValue('#search'), query);
      await shows(page, 1, 2);
      await page.fill('#search', '');
      await shows(page, 2, 2);
    }
    for (const text of ['x y', 'dotted']) {
      await leaf(page, text).waitFor();
      t.is(await page.locator('.detail button.leaf', { hasText: text }).count(), 0);
    }
  },
);

pageTest('where the browser keeps nothing of this site, the page works', async (t, page, made) => {
  await page.addInitScript(
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
  );
  await page.reload();
  await put(made, ['x']);
  await shows(page, 1, 1);
  await page.click('#theme');
  t.is(await page.evaluate('document.documentElement.dataset.theme'), 'light');
});

pageTest(
  'who cannot see the page hears of searches that are done, and of problems',
  async (t, page, made) => {
    await put(made, ORDERS);
    await shows(page, 4, 4);
    await page.fill('#search', 'level:error');
    await page.locator('[role=status]', { hasText: '1 of 4 events match' }).waitFor({ state: 'attached' });
    await put(made, ['x']);
    await shows(page, 1, 5);
    t.is(await textOf(page.locator('.result [role=status]')), '1 of 4 events match');
    await page.fill('#search', 'level>');
    await page.locator('[role=alert]', { hasText: 'A value is missing' }).waitFor({ state: 'attached' });
    t.true(await page.locator('button', { hasText: 'Export' }).isDisabled());
    t.is(await textOf(page.locator('.dot[role=status]')), 'connected');
  },
);
