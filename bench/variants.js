import { versionOf } from './version.js';

/**
 * What is measured, in the order of the table. The code of a variant is in variants/<module>.js, which is loaded
 * in the measured process alone. It exports `start`, which takes options of the transport and the checkout that our packages
 * are loaded from.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} module
 * @property {string} title for readers
 * @property {'pino' | 'winston' | 'logtape'} logger
 * @property {'floor' | 'ours' | 'peer'} role a floor delivers nothing
 * @property {object} [options] of the transport
 * @property {'null' | 'cat' | 'fluent-bit'} [output] where stdout goes, if the logger writes there
 * @property {number} [maxRecords] in a flood, fewer than the others', for one that takes very long
 * @property {number} [maxRuns] in a flood, fewer than the others', for one that no goal compares there
 * @property {string} [checkout] the one that our packages are loaded from, if not this one
 *
 * @typedef {object} Started
 * @property {(n: number) => void} log logs record number n
 * @property {(arrived: () => Promise<void>) => Promise<void>} settle
 *   has all records sent, and resolves when they are acknowledged. A package that cannot be asked when that is
 *   awaits `arrived`: the endpoint has them all, or a minute has passed.
 * @property {Reports} [reports] of the transport, where it is ours
 * @property {() => unknown} [end] the process ends behind it; that of others is ended
 *
 * @typedef {{ counts?: import('@putlogs/winston').Counts, problems: string[] }} Reports
 */

/** Enough where no goal needs the figure. */
export const FEW_RUNS = 3;

/** @type {readonly Variant[]} */
export const VARIANTS = [
  pino('pino-floor', 'Pino, lines thrown away by a worker', 'floor'),
  pino('putlogs-pino-stream', '@putlogs/pino, `createStream`', 'ours'),
  pino('putlogs-pino-in-process', '@putlogs/pino, `createStream` in-process', 'ours', {
    module: 'putlogs-pino-stream',
    options: { worker: false },
    maxRuns: FEW_RUNS,
  }),
  pino('putlogs-pino', '@putlogs/pino, `pino.transport`', 'ours'),
  pino('pino-stdout', 'Pino → stdout', 'floor', { output: 'null' }),
  pino('pino-stdout-sdk', 'Pino → stdout, and a worker that only loads the AWS SDK', 'floor', {
    output: 'null',
  }),
  pino('pino-cat', 'Pino → pipe → `cat > /dev/null`', 'floor', {
    module: 'pino-stdout',
    output: 'cat',
    maxRuns: FEW_RUNS,
  }),
  pino('pino-fluent-bit', 'Pino → pipe → Fluent Bit', 'peer', {
    module: 'pino-stdout',
    output: 'fluent-bit',
  }),
  pino('serdnam-pino', titleOf('@serdnam/pino-cloudwatch-transport'), 'peer', {
    // Its work is quadratic, and it sends one request a second.
    maxRecords: 10_000,
    maxRuns: FEW_RUNS,
  }),
  winston('winston-floor', 'Winston, a transport that does nothing', 'floor'),
  winston('putlogs-winston', '@putlogs/winston', 'ours'),
  winston('putlogs-winston-format', '@putlogs/winston, with its jsonFormat', 'ours'),
  winston('winston-stdout', 'Winston Console → stdout', 'floor', { output: 'null' }),
  winston('winston-fluent-bit', 'Winston Console → pipe → Fluent Bit', 'peer', {
    module: 'winston-stdout',
    output: 'fluent-bit',
    maxRecords: 300_000,
    maxRuns: FEW_RUNS,
  }),
  winston('winston-cloudwatch', titleOf('winston-cloudwatch'), 'peer', {
    // Of a million it takes fewer a second, and 900 MB.
    maxRecords: 300_000,
    maxRuns: FEW_RUNS,
  }),
  {
    name: 'logtape-cloudwatch',
    module: 'logtape-cloudwatch',
    title: titleOf('@logtape/cloudwatch-logs'),
    logger: 'logtape',
    role: 'peer',
    maxRecords: 100_000,
    maxRuns: FEW_RUNS,
  },
];

/** @returns {Variant} */
function pino(name, title, role, others) {
  return { name, module: name, title, logger: 'pino', role, ...others };
}

/** @returns {Variant} */
function winston(name, title, role, others) {
  return { name, module: name, title, logger: 'winston', role, ...others };
}

/** Ours once more, with the packages of another checkout. @returns {Variant[]} */
export function baselineVariants(checkout) {
  return VARIANTS.filter(({ role }) => role === 'ours').map((variant) => ({
    ...variant,
    name: baselineOf(variant.name),
    title: `${variant.title}, baseline`,
    checkout,
  }));
}

export const baselineOf = (name) => `${name}-baseline`;

/** Where it is somebody else's, with the version. */
function titleOf(name) {
  return `${name} ${versionOf(name)}`;
}

const EMPHASIS = { floor: '*', ours: '**', peer: '' };

/** In Markdown. @param {Variant} variant */
export function markedTitle({ title, role }) {
  return `${EMPHASIS[role]}${title}${EMPHASIS[role]}`;
}
