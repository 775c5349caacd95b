/** @typedef {import('./simulate.d.ts').Scenario} Scenario */

const QUOTA = 5000;
const LOADS = /** @type {const} */ (['steady', 'bursty', 'synchronised']);
const SIZES = [10, 1000, 20_000];
const DEFAULT_MS = 1000;

/** The rule of thumb: what the quota takes, and a quarter more. */
const HEADROOM = 1.25;
const byRule = (processes) => Math.max(DEFAULT_MS, ((HEADROOM * processes) / QUOTA) * 1000);

const OUTAGE = { from: 60, to: 660 };

/** Days like others, with the default flush interval and with the rule's. */
export const LOADED = [
  ...SIZES.flatMap((processes) => under({ processes, flushIntervalMs: DEFAULT_MS, seconds: 120 })),
  ...under({ processes: 20_000, flushIntervalMs: byRule(20_000), seconds: 120 }),
];

/** Ten minutes without the service, and what follows; each with jitter and without. */
export const OUTAGES = [
  { processes: 10, load: 'steady' },
  { processes: 1000, load: 'steady' },
  { processes: 20_000, load: 'steady' },
  { processes: 20_000, load: 'synchronised' },
].flatMap((fleet) =>
  inPairs({ ...fleet, flushIntervalMs: byRule(fleet.processes), outage: OUTAGE, seconds: 780 }),
);

/** All start in the same moment, and neither log group nor log streams are there. */
export const DEPLOYMENTS = [1000, 20_000].flatMap((processes) =>
  inPairs({ processes, load: 'steady', flushIntervalMs: byRule(processes), isNew: true, seconds: 480 }),
);

/** Flush intervals around what the quota takes. */
export const SWEEP = [5000, 20_000].flatMap((processes) =>
  [0.5, 0.75, 0.9, 1, 1.25, 1.5].map((multiple) => ({
    multiple,
    processes,
    load: 'busy',
    flushIntervalMs: (multiple * processes * 1000) / QUOTA,
    seconds: 40,
  })),
);

function under(fleet) {
  return LOADS.map((load) => ({ ...fleet, load }));
}

function inPairs(fleet) {
  return [true, false].map((hasJitter) => ({ ...fleet, hasJitter }));
}
