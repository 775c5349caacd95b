import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runFixture } from '../../support/child.js';
import { range, startLocal } from '../../support/harness.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CLOSE_MS = 30_000;

const preload = fileURLToPath(new URL('../../fixtures/wrong-clock.cjs', import.meta.url));

for (const logger of ['pino', 'pino in-process', 'winston', 'winston in-process']) {
  for (const [what, wrongByMs] of [
    ['three hours ahead', 3 * HOUR],
    ['20 days behind', -20 * DAY],
  ] as const) {
    test(`${logger}, on a host whose clock is ${what}: every record arrives, at the time of the service`, async (t) => {
      const local = await startLocal(t);
      const before = Date.now();
      const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '100'], {
        env: {
          NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require ${JSON.stringify(preload)}`,
          WRONG_BY_MS: `${wrongByMs}`,
        },
      });
      const after = Date.now();
      t.is(code, 0, stderr);
      const events = local.events('/test/app');
      const records = events.map(({ message }) => JSON.parse(message));
      t.deepEqual(
        records.map(({ msg, message }) => msg ?? message),
        range(100).map((i) => `record ${i}`),
      );
      for (const { timestamp } of events)
        t.true(timestamp > before - CLOSE_MS && timestamp < after + CLOSE_MS, `${timestamp - before} ms off`);
      t.is(stderr.match(/^putlogs: clock: The clock of this host is/gm)?.length, 1, stderr);
      t.is(stderr.match(/^putlogs: /gm)?.length, 1, stderr);
      // The text keeps the time that Pino gave it.
      if (logger.startsWith('pino'))
        t.true(Math.abs(records[0].time - before - wrongByMs) < CLOSE_MS + after - before);
    });
  }
}
