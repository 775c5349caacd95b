import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { ROOT } from './pages.js';

test('the demo shows what arrived, in order of time, and names no page that is gone when it has ended', async (t) => {
  t.timeout(120_000);
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'examples/demo/demo.js')]);
  t.regex(stdout, /^Every request was logged exactly once/m);
  t.notRegex(stdout, /page/);
  for (const name of ['pino.js', 'winston.js']) {
    const [, shown = ''] = stdout.split(`\n${name}\n`);
    const times = shown.match(/^ {2}\d{4}-\S+Z(?= {2}\{)/gm)?.slice(0, 4) ?? [];
    t.is(times.length, 4);
    t.deepEqual(times, times.toSorted());
  }
});
