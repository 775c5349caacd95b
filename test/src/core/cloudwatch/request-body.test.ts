import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { encodeBody } from '@putlogs/core/internal';
import test from 'ava';

const HEAD = { logGroupName: '/test/app', logStreamName: 'stream' };

const event = (message: string) => JSON.stringify({ timestamp: 1, message });

for (const [what, message, gzip] of [
  ['gzip off', 'a'.repeat(10_000), false],
  ['gzip on', 'a'.repeat(10_000), true],
  ['gzip on, in several chunks', randomBytes(10_000).toString('hex'), true],
] as const) {
  test(`a body is a copy of the JSON of a request: ${what}`, async (t) => {
    const payload = Buffer.from([event(message), event('last')].join(',\n'));
    const body = await encodeBody(HEAD, payload, gzip);
    payload.fill('#'); // as if the memory was reused
    t.is(body.isGzipped, gzip);
    const text = (body.isGzipped ? gunzipSync(body.bytes) : body.bytes).toString();
    t.deepEqual(JSON.parse(text), {
      ...HEAD,
      logEvents: [message, 'last'].map((message) => ({ timestamp: 1, message })),
    });
  });
}
