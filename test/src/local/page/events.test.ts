import { readFile } from 'node:fs/promises';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { until } from '../../support/until.js';
import { bench, HOUR, NOW, SECOND } from '../support.js';
import { ENTITY, ORDERS, ofMessage, pageTest, pino, put, rows, rowWith, shows, textOf } from './page-test.js';

pageTest(
  'events appear as they arrive, the newest at the bottom, in order of time',
  async (t, page, made) => {
    await page.locator('.empty').filter({ hasText: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS' }).waitFor();
    await put(made, [pino({ msg: 'first', status: 200 }), 'WARN second'], { entity: ENTITY });
    await shows(page, 2, 2);
    await made.put({ logEvents: [{ timestamp: NOW - SECOND, message: 'before' }] });
    await shows(page, 3, 3);
    t.deepEqual(await ofMessage(page), ['before', 'firststatus=200', 'WARN second']);
    t.deepEqual(await page.locator('.row.event .level').allInnerTexts(), ['–', 'info', 'warn']);
    // The list of log groups follows by itself, a moment later.
    await page.locator('.choice .count', { hasText: '3' }).nth(1).waitFor();
    t.deepEqual(await page.locator('.choice').allInnerTexts(), ['All log groups\n3', 'g\n3']);
  },
);

pageTest('a search narrows the events, and is part of the address', async (t, page, made) => {
  await put(made, ORDERS, { entity: ENTITY });
  await shows(page, 4, 4);
  await page.fill('#search', 'path:/orders status>=500 -health');
  await shows(page, 1, 4);
  await page.fill('#search', '');
  await page.fill('#pattern', '{ $.status >= 500 }');
  await shows(page, 2, 4);
  await page.fill('#search', 'level:error');
  await shows(page, 1, 4);
  await page.reload();
  await shows(page, 1, 4);
  t.is(await page.inputValue('#search'), 'level:error');
  t.is(await page.inputValue('#pattern'), '{ $.status >= 500 }');
  // What arrives is searched too.
  await put(made, [ORDERS[1] ?? '', ORDERS[0] ?? '']);
  await shows(page, 2, 6);
  await page.fill('#search', 'status>=');
  await page.locator('.result').filter({ hasText: 'A value is missing after status>=.' }).waitFor();
  t.is(await rows(page).count(), 2);
  await page.fill('#search', '');
  await page.fill('#pattern', '{ $.status');
  await page.locator('.result.problem').filter({ hasText: 'must end with' }).waitFor();
});

pageTest(
  'groups, streams and times narrow the events, and the browser goes back through them',
  async (t, page, made) => {
    await made.client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
    await made.client.send(new CreateLogStreamCommand({ logGroupName: 'h', logStreamName: 's2' }));
    await made.putAt(NOW - 2 * HOUR, NOW);
    await put(made, ['in h'], { logGroupName: 'h', logStreamName: 's2' });
    await shows(page, 3, 3);
    await page.locator('.choice', { hasText: 'h' }).last().click();
    await shows(page, 1, 3);
    await page.locator('.streams .choice', { hasText: 's2' }).click();
    await shows(page, 1, 3);
    await page.locator('.choice', { hasText: 'All log groups' }).click();
    await shows(page, 3, 3);
    // The clock of the service stands at NOW.
    await page.selectOption('#time', '1h');
    await shows(page, 2, 3);
    await page.selectOption('#time', 'range');
    await page.locator('.times input').first().fill('2020-01-01T00:00:00');
    await page.locator('.times input').last().fill('2026-11-24T11:00:00');
    await shows(page, 1, 3);
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await shows(page, 2, 3);
    t.is(await page.inputValue('#time'), '1h');
    await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'h' }));
    await shows(page, 1, 2);
    await page.locator('.choice').nth(2).waitFor({ state: 'detached' });
    t.is(await page.locator('.choice').count(), 2);
  },
  { options: { timezoneId: 'UTC' } },
);

pageTest('the list follows until one scrolls, and what is read stays in its place', async (t, page, made) => {
  const list = page.locator('.events .list');
  await put(
    made,
    Array.from({ length: 100 }, (_, index) => `line ${index}`),
  );
  await rowWith(page, 'line 99').waitFor();
  await list.hover();
  await page.mouse.wheel(0, -600);
  const follow = page.locator('.follow');
  await follow.waitFor();
  const first = await rows(page).nth(20).boundingBox();
  const text = await textOf(rows(page).nth(20).locator('.message'));
  await made.put({ logEvents: [{ timestamp: NOW + SECOND, message: 'another' }] });
  await made.putAt(NOW - SECOND);
  await shows(page, 102, 102);
  t.is((await page.locator('.row.event', { hasText: text }).first().boundingBox())?.y, first?.y);
  await page.keyboard.press('f');
  await rowWith(page, 'another').waitFor();
  await follow.waitFor({ state: 'detached' });
});

pageTest('events leave the last minute as time passes', async (_t, page, made) => {
  await made.putAt(NOW - 59 * SECOND, NOW + 2 * SECOND);
  await shows(page, 2, 2);
  await page.selectOption('#time', '1m');
  // The clock of the service stands at NOW, and the one of the page goes on.
  await shows(page, 1, 2);
});

const LIST = "document.querySelector('.events .list')";

pageTest('who has scrolled away from the selected event is not pulled back to it', async (t, page, made) => {
  await put(
    made,
    Array.from({ length: 200 }, (_, index) => `line ${index}`),
  );
  await rowWith(page, 'line 199').click();
  await page.evaluate(`${LIST}.scrollTop = 1000`);
  await rowWith(page, 'line 50').waitFor();
  await made.putAt(NOW - SECOND);
  await shows(page, 201, 201);
  t.is(await page.evaluate(`${LIST}.scrollTop`), 1_000 + 22);
});

pageTest('the newest event stays in sight when a panel opens', async (t, page, made) => {
  await page.keyboard.press('1');
  await put(
    made,
    Array.from({ length: 200 }, (_, index) => `line ${index}`),
  );
  await rowWith(page, 'line 199').waitFor();
  await page.keyboard.press('3');
  await page.locator('.rates').waitFor();
  const isAtEnd = `${LIST}.scrollTop + ${LIST}.clientHeight >= ${LIST}.scrollHeight - 1`;
  await until('the end', async () => Boolean(await page.evaluate(isAtEnd)));
  t.is(await page.locator('.follow').count(), 0);
});

pageTest(
  'what is no longer kept leaves the page, which says so',
  async (_t, page, made) => {
    for (let count = 0; count < 5; count++) await put(made, [`${count}${'x'.repeat(400_000)}`]);
    await page
      .locator('.notice', {
        hasText: '3 older events are no longer kept: the service keeps the newest 977 KiB.',
      })
      .waitFor();
    await shows(page, 2, 2);
    await page.locator('.choice .count', { hasText: '5' }).nth(1).waitFor();
  },
  { service: { keepEventBytes: 1_000_000 } },
);

pageTest(
  'a service that only counts events says so',
  async (_t, page, made) => {
    await put(made, ['x']);
    await page.locator('.empty', { hasText: 'Events are only counted here' }).waitFor();
    await page.locator('.choice .count', { hasText: '1' }).nth(1).waitFor();
  },
  { service: { keepEvents: false } },
);

/** Marks each row, and counts from now on the rows that are made. */
const WATCH_ROWS = `(() => {
  for (const row of document.querySelectorAll('.row.event')) row.marked = true;
  window.rowsMade = 0;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) window.rowsMade += node.matches?.('.row.event') ? 1 : 0;
    }
  }).observe(document.querySelector('.list-window'), { childList: true });
})()`;
const ROWS_LEFT = `[...document.querySelectorAll('.row.event')].filter((row) => row.marked).length`;

pageTest('a search makes each row once, and leaves those that stay', async (t, page, made) => {
  const messages = Array.from({ length: 1_000 }, (_, index) => pino({ msg: index < 500 ? 'early' : 'late' }));
  await put(made, messages);
  await shows(page, 1_000, 1_000);
  const shown = await rows(page).count();
  await page.evaluate(WATCH_ROWS);
  await page.fill('#search', 'late');
  await shows(page, 500, 1_000);
  t.is(await page.evaluate(ROWS_LEFT), shown);
  t.is(await page.evaluate('window.rowsMade'), 0);
  await page.fill('#search', 'early');
  await shows(page, 500, 1_000);
  await rowWith(page, 'early').last().waitFor();
  t.is(await page.evaluate(ROWS_LEFT), 0);
  t.is(await page.evaluate('window.rowsMade'), shown);
});

pageTest('events that match are exported as NDJSON', async (t, page, made) => {
  await put(made, ORDERS);
  await page.fill('#search', 'status>=500');
  await shows(page, 2, 4);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Export')]);
  t.is(download.suggestedFilename(), 'putlogs.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).message),
    ORDERS.slice(1, 3),
  );
});

pageTest(
  'a service that starts again begins anew in the page',
  async (t, page, made) => {
    await put(made, ['before']);
    await shows(page, 1, 1);
    await made.local.close();
    await page.locator('.dot.off', { hasText: 'not connected' }).waitFor();
    const again = await bench(t, { port: made.local.port });
    await page.locator('.dot.on').waitFor();
    await put(again, ['after', 'it']);
    await shows(page, 2, 2);
    t.deepEqual(await ofMessage(page), ['after', 'it']);
  },
  { isComplaining: true },
);
