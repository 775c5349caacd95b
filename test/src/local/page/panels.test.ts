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
    await shows(page, 4, 4);
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
  t.regex(await explanations(6), /Accepted whole/);
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
    await page.locator('[aria-label=Clock] button', { hasText: 'Right' }).click();
    await page.locator('[aria-label=Clock]', { hasText: 'Right.' }).waitFor();
  },
  { isComplaining: true },
);

pageTest('rates are plotted, and a month is estimated at a price', async (t, page, made) => {
  await put(
    made,
    Array.from({ length: 5_000 }, () => 'x'.repeat(100)),
  );
  await page.click('#tab-rates');
  const rates = page.locator('.rates');
  await rates.locator('figure', { hasText: 'at most 5,000' }).waitFor();
  await rates.locator('figure', { hasText: 'at most 615 KiB' }).waitFor();
  await rates.locator('figure', { hasText: 'at most 60 %' }).waitFor();
  const cost = async () =>
    Number(/\$([\d.,]+)/.exec(await textOf(page.locator('.cost')))?.[1]?.replace(',', ''));
  await page.fill('#price', '1');
  const one = await cost();
  t.true(one > 10, `${one}`);
  await page.fill('#price', '0');
  t.is(await cost(), 0);
  t.regex(await textOf(page.locator('.cost')), /An estimate of the ingestion alone/);
});

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
    await page.locator(`#tab-${panel}[aria-selected=true]`).waitFor();
  }
  await keys('G');
  t.is(await selected(), 'plain text');
  await page.locator('.events .list').focus();
  await keys('ArrowUp');
  t.regex(await selected(), /^retry/);
  await keys('Home');
  t.regex(await selected(), /^order placed/);
  await keys('4');
  // Whatever can be clicked is reached by the tab key.
  const all = Number(
    await page.evaluate(
      `document.querySelectorAll('button:not(:disabled):not(dialog *), input, select, summary, a').length`,
    ),
  );
  const reached = new Set<unknown>();
  await page.evaluate('document.activeElement.blur()');
  for (let presses = 0; presses < 2 * all; presses++) {
    await keys('Tab');
    reached.add(await page.evaluate(REACHED));
  }
  reached.delete(-1);
  t.is(reached.size, all);
});
