import { rmSync } from 'node:fs';
import ava from 'ava';
import { createAuthority, startTls, testWithCertificates as test } from '../../support/certificates.js';
import { runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { hasIpv6, startProxy } from '../../support/proxy.js';
import { until } from '../../support/until.js';

const LOGGERS = ['pino', 'pino stream', 'winston', 'winston in-process'];

for (const [i, logger] of LOGGERS.entries()) {
  const variable = ['AWS_CA_BUNDLE', 'PUTLOGS_CA_FILE', 'NODE_EXTRA_CA_CERTS'][i % 3] ?? '';
  test(`${logger}: a service with a private certificate authority is trusted with ${variable}, also through a proxy`, async (t) => {
    const local = await startLocal(t);
    const authority = createAuthority(t);
    const tls = await startTls(t, local, authority);
    const proxy = await startProxy(t);
    const env = { PUTLOGS_ENDPOINT: tls.endpoint, [variable]: authority.caFile };
    for (const more of [{}, { HTTPS_PROXY: proxy.url }]) {
      const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '3'], {
        env: { ...env, ...more },
      });
      t.is(stderr, '');
      t.is(code, 0);
    }
    t.is(messages(local).length, 6);
    t.true(proxy.asked.length > 0);
    t.true(proxy.asked.every((asked) => asked === tls.authority));
  });
}

test('caFile is trusted of a proxy that speaks TLS too', async (t) => {
  const local = await startLocal(t);
  const authority = createAuthority(t);
  const { endpoint } = await startTls(t, local, authority);
  const secureProxy = await startTls(t, { endpoint: (await startProxy(t)).url }, authority);
  const proxy = secureProxy.endpoint.replace('127.0.0.1', 'localhost');
  const pipeline = openPipeline(local, { endpoint, proxy, caFile: authority.caFile });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(messages(local), ['hello']);
  await pipeline.close();
});

(hasIpv6 ? test : ava.serial.skip)('TLS to an IPv6 address through a proxy at one', async (t) => {
  const local = await startLocal(t);
  const authority = createAuthority(t);
  const tls = await startTls(t, local, authority, '[::1]');
  const proxy = await startProxy(t, { host: '::1' });
  const pipeline = openPipeline(local, {
    endpoint: tls.endpoint,
    proxy: proxy.url,
    caFile: authority.caFile,
  });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(messages(local), ['hello']);
  t.deepEqual(proxy.asked, [tls.authority]);
  await pipeline.close();
});

test('a connection is kept and used again', async (t) => {
  const local = await startLocal(t);
  const authority = createAuthority(t);
  const { endpoint } = await startTls(t, local, authority);
  const proxy = await startProxy(t);
  const { caFile } = authority;
  const pipeline = openPipeline(local, { endpoint, proxy: proxy.url, caFile, maxInFlight: 1 });
  for (const text of ['one', 'two', 'three']) {
    pipeline.accept(Date.now(), text);
    await pipeline.flush();
  }
  t.deepEqual(messages(local), ['one', 'two', 'three']);
  t.is(proxy.asked.length, 1);
  await pipeline.close();
});

const FILE = '/\\S+/ca\\.pem';
const NOTHING_SET =
  'Set the option caFile, PUTLOGS_CA_FILE or AWS_CA_BUNDLE to a file .*NODE_EXTRA_CA_CERTS\\.';

for (const [what, environmentOf, advice] of [
  ['no caFile', undefined, NOTHING_SET],
  [
    'another caFile',
    () => ({}),
    `Only the certificates of ${FILE} \\(option caFile\\) are trusted: add those `,
  ],
  [
    'another AWS_CA_BUNDLE',
    (AWS_CA_BUNDLE: string) => ({ AWS_CA_BUNDLE }),
    `Only the certificates of ${FILE} \\(AWS_CA_BUNDLE\\) are trusted: add those `,
  ],
] as const) {
  for (const whose of ['CloudWatch Logs, or of a proxy on the way,', 'the proxy https://127.0.0.1:\\d+']) {
    test(`with ${what}, a report says whose certificate is not trusted and what to do: ${whose}`, async (t) => {
      const local = await startLocal(t);
      const isProxy = whose.startsWith('the proxy');
      const { endpoint: secure } = await startTls(
        t,
        isProxy ? { endpoint: (await startProxy(t)).url } : local,
        createAuthority(t),
      );
      const way = isProxy ? { proxy: secure } : { endpoint: secure };
      const file = createAuthority(t).caFile;
      const options = { ...way, closeTimeoutMs: 0, ...(environmentOf && { caFile: file }) };
      const env = { AWS_EC2_METADATA_DISABLED: 'true', ...environmentOf?.(file) };
      const pipeline = openPipeline(local, options, { env });
      pipeline.accept(Date.now(), 'waits');
      void pipeline.flush();
      await until('the report', () => pipeline.problems().includes('unavailable'));
      await pipeline.close();
      const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
      t.regex(
        problem?.message ?? '',
        new RegExp(
          `^The certificate of ${whose} is not trusted\\. ${advice}.*: unable to verify .*Events wait`,
        ),
      );
      t.is(pipeline.counts().delivered, 0);
    });
  }
}

test('a file that vanishes after the start is reported by its path, and events wait for it', async (t) => {
  const local = await startLocal(t);
  const authority = createAuthority(t);
  const { endpoint } = await startTls(t, local, authority);
  const pipeline = openPipeline(local, { endpoint, caFile: authority.caFile, closeTimeoutMs: 0 });
  rmSync(authority.caFile);
  pipeline.accept(Date.now(), 'waits');
  void pipeline.flush();
  await until('the report', () => pipeline.problems().includes('unavailable'));
  const reported = JSON.stringify(pipeline.reports);
  t.true(reported.includes(`ENOENT: no such file or directory, open '${authority.caFile}'`));
  await pipeline.close();
});

test('without TLS, caFile changes nothing', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { caFile: createAuthority(t).caFile });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(1));
});
