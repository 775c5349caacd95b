import { CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ENTITY, ofMessage, pageTest, put, rows, shows, textOf } from './page-test.js';

const HOSTILE = [
  '<script>document.title = "owned"</script><img src=x onerror="document.title=1">',
  'javascript:alert(1)',
  '\u001b[31mred\u001b[0m\u0007\u009b2J',
  'invoice\u202egpj.exe\u2066',
  'שלום עולם',
  '{"__proto__":{"x":1},"<b>key</b>":"<i>value</i>","msg":"<u>text</u>"}',
];

pageTest('text of a log is shown as text, whatever it holds', async (t, page, made) => {
  const elements = () => page.locator('script, img, b, i, u, a[href^=javascript]').count();
  const name = '<b>name</b>\u202e';
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: name }));
  await put(made, HOSTILE, {
    logStreamName: name,
    entity: { keyAttributes: { ...ENTITY.keyAttributes, Name: name } },
  });
  await made.put({ logStreamName: '<u>none</u>' }).catch(() => undefined);
  await shows(page, HOSTILE.length, HOSTILE.length);
  t.deepEqual((await ofMessage(page)).slice(0, 5), [
    HOSTILE[0],
    HOSTILE[1],
    '\\u001b[31mred\\u001b[0m\\u0007\\u009b2J',
    'invoice\\u202egpj.exe\\u2066',
    HOSTILE[4],
  ] as string[]);
  const before = await elements();
  for (let index = 0; index < HOSTILE.length; index++) {
    await rows(page).nth(index).click();
    await page.locator('.detail .summary').filter({ hasText: '<b>name</b>\\u202e' }).waitFor();
  }
  t.regex(await textOf(page.locator('.detail .tree').first()), /<b>key<\/b>\s*<i>value<\/i>/);
  await page.locator('.choice', { hasText: 'g' }).last().click();
  await page.locator('.streams .choice', { hasText: '<b>name</b>\\u202e' }).waitFor();
  await page.locator('.row.request.bad').click();
  t.is(await elements(), before);
  t.is(before, 1);
  t.is(await page.title(), 'putlogs · local CloudWatch Logs');
});

/** Tries what the policy of the page forbids, and returns what was stopped. In the page there are other types than here. */
const FORBIDDEN = `(async () => {
  const stopped = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => stopped.push(effectiveDirective));
  const attempt = (what, act) => { try { act(); } catch { stopped.push(what); } };
  attempt('text of a script', () => { document.createElement('script').textContent = 'document.title = 1'; });
  attempt('markup from text', () => document.body.insertAdjacentHTML('beforeend', '<p>markup</p>'));
  await fetch('http://127.0.0.1:1/').catch(() => stopped.push('fetch'));
  const image = new Image();
  image.src = 'http://127.0.0.1:1/';
  await image.decode().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return stopped;
})()`;

pageTest(
  'no script runs but that of the page, and nothing is asked of others',
  async (t, page, made) => {
    await put(made, ['x']);
    await shows(page, 1, 1);
    const forbidden: string[] = await page.evaluate(FORBIDDEN);
    for (const name of ['text of a script', 'markup from text', 'fetch', 'connect-src', 'img-src']) {
      t.true(forbidden.includes(name), `${name}: ${forbidden}`);
    }
    t.is(await page.title(), 'putlogs · local CloudWatch Logs');
  },
  { isComplaining: true },
);

pageTest('the page asks nothing of others', async (t, page, made, { requested }) => {
  await put(made, ['x']);
  await shows(page, 1, 1);
  for (const tab of ['traces', 'rates', 'faults']) await page.click(`#tab-${tab}`);
  t.true(requested.length > 4);
  t.true(requested.every((address) => address.startsWith(`${made.local.endpoint}/`)));
});

pageTest('a link with a costly pattern does not stop the page', async (t, page, made) => {
  await put(made, ['x'.repeat(200), 'plain text']);
  await shows(page, 2, 2);
  await page.goto(`${made.local.endpoint}/#pattern=%25x*x*x*x*x*x*x*x*x*x*y%25`);
  await shows(page, 0, 2);
  t.is(await rows(page).count(), 0);
});
