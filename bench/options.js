import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { positive } from './processes.js';
import { baselineVariants, VARIANTS } from './variants.js';

const PARTS = [
  'flood',
  'paced',
  'footprint',
  'memory',
  'start',
  'restart',
  'routing',
  'unused',
  'packages',
  'stages',
];

/** What CI runs: what it asserts, and no more. */
const QUICK = ['putlogs-pino', 'putlogs-winston', 'winston-cloudwatch'];

export function readOptions() {
  const { values } = parseArgs({
    options: {
      part: { type: 'string' },
      only: { type: 'string' },
      runs: { type: 'string' },
      records: { type: 'string' },
      rates: { type: 'string' },
      'fluent-bit': { type: 'string' },
      baseline: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const { quick, write, 'fluent-bit': fluentBit } = values;
  if (quick && (values.part ?? values.only) !== undefined)
    throw new Error('--quick chooses parts and variants itself: leave --part and --only away');
  if (fluentBit !== undefined && !existsSync(fluentBit)) throw new Error(`--fluent-bit: no ${fluentBit}`);
  const baseline = values.baseline === undefined ? [] : baselineVariants(values.baseline);
  const parts = listed(values.part, 'part', PARTS, quick ? ['flood', 'unused', 'stages'] : undefined);
  if (values.part !== undefined && parts.includes('unused') && baseline.length === 0)
    throw new Error('--part unused compares with another checkout: give --baseline');
  return {
    quick,
    write,
    parts: parts.filter((part) => part !== 'unused' || baseline.length > 0),
    variants: chosenVariants(values.only, fluentBit, baseline, quick),
    baseline,
    fluentBit,
    runs: positive(values.runs, 'runs') ?? (quick ? 3 : 7),
    records: positive(values.records, 'records') ?? (quick ? 20_000 : 1_000_000),
    rates: values.rates?.split(',').map((rate) => positive(rate, 'rates')),
  };
}

/** The baseline's take part in `start` and `unused` alone, unless they are named. */
function chosenVariants(only, fluentBit, baseline, quick) {
  const known = [...VARIANTS, ...baseline].filter(
    ({ output }) => output !== 'fluent-bit' || fluentBit !== undefined,
  );
  const names = listed(
    only,
    'only',
    known.map(({ name }) => name),
    quick ? QUICK : known.filter(({ checkout }) => checkout === undefined).map(({ name }) => name),
  );
  return known.filter(({ name }) => names.includes(name));
}

function listed(text, name, known, standard = known) {
  const given = text?.split(',') ?? standard;
  const unknown = given.filter((value) => !known.includes(value));
  if (unknown.length > 0) throw new Error(`--${name} does not know ${unknown}, but ${known.join(', ')}`);
  return given;
}
