// The service of a soak: strict, with mild faults. It remembers how often each record came, and nothing else.
import { start } from '@putlogs/local';
import { NUMBER } from '../record.js';

const FAULTS = [
  { kind: 'throttle', share: 0.01 },
  { kind: 'error500', share: 0.005 },
  { kind: 'reset', share: 0.002 },
  // What it answered is stored, and will be sent again.
  { kind: 'lostAnswer', share: 0.001 },
];

/** @type {{ records: number }} */
const { records } = JSON.parse(process.argv[2] ?? '');
const times = new Uint8Array(records);
const sum = { requests: 0, faults: 0, unanswered: 0, strays: 0 };

const local = await start({
  keepEvents: false,
  keepRequests: 0,
  onPut({ events }) {
    for (const { message } of events) {
      for (const [, n] of message.matchAll(NUMBER)) {
        if (n < records) times[n]++;
        else sum.strays++;
      }
    }
  },
  onRequest({ events = 0, fault }) {
    sum.requests++;
    if (fault !== undefined) sum.faults++;
    if (fault === 'lostAnswer') sum.unanswered += events;
  },
});
for (const fault of FAULTS) local.fault(fault);

process.on('message', () => {
  const missing = times.filter((count) => count === 0).length;
  const doubled = times.reduce((all, count) => all + Math.max(count - 1, 0), sum.strays);
  process.send?.({ ...sum, missing, doubled });
});
process.send?.({ endpoint: local.endpoint });
