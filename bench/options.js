import { parseArgs } from 'node:util';
import { positive } from './processes.js';
import { VARIANTS } from './variants.js';

const PARTS = ['flood', 'steady', 'memory', 'start', 'packages', 'stages'];

/** What CI runs: what it asserts, and no more. */
const QUICK = ['putlogs-pino', 'putlogs-winston', 'winston-cloudwatch'];

export function readOptions() {
  const { values } = parseArgs({
    options: {
      part: { type: 'string' },
      only: { type: 'string' },
      runs: { type: 'string' },
      records: { type: 'string' },
      rate: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const { quick, write } = values;
  if (quick && (values.part ?? values.only) !== undefined)
    throw new Error('--quick chooses parts and variants itself: leave --part and --only away');
  const names = listed(
    values.only,
    'only',
    VARIANTS.map(({ name }) => name),
    quick ? QUICK : undefined,
  );
  return {
    quick,
    write,
    parts: listed(values.part, 'part', PARTS, quick ? ['flood'] : undefined),
    variants: VARIANTS.filter(({ name }) => names.includes(name)),
    runs: positive(values.runs, 'runs') ?? (quick ? 3 : 7),
    records: positive(values.records, 'records') ?? (quick ? 20_000 : 1_000_000),
    rate: positive(values.rate, 'rate') ?? 50_000,
  };
}

function listed(text, name, known, standard = known) {
  const given = text?.split(',') ?? standard;
  const unknown = given.filter((value) => !known.includes(value));
  if (unknown.length > 0) throw new Error(`--${name} does not know ${unknown}, but ${known.join(', ')}`);
  return given;
}
