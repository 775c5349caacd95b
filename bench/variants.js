import { versionOf } from './version.js';

/**
 * What is measured, in the order of the table. The code of a variant is in variants/<name>.js, which is loaded
 * in the measured process alone. It exports `start`, which takes options of the transport.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} title for readers
 * @property {'pino' | 'winston' | 'logtape'} logger
 * @property {'floor' | 'ours' | 'peer'} role
 * @property {number} [maxRecords] fewer than the others', for one that takes very long
 *
 * @typedef {object} Started
 * @property {(n: number) => void} log logs record number n
 * @property {(arrived: () => Promise<void>) => Promise<void>} settle
 *   has all records sent, and resolves when they are acknowledged. A package that cannot be asked when that is
 *   awaits `arrived`: the endpoint has them all, or a minute has passed.
 * @property {Told} [told] by the transport, where it is ours
 * @property {() => unknown} [end] the process ends behind it; that of others is ended
 *
 * @typedef {{ counts?: import('@putlogs/winston').Counts, problems: string[] }} Told
 */

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'pino-floor', title: 'Pino, lines thrown away by a worker', logger: 'pino', role: 'floor' },
  { name: 'putlogs-pino', title: '@putlogs/pino', logger: 'pino', role: 'ours' },
  {
    name: 'serdnam-pino',
    title: titleOf('@serdnam/pino-cloudwatch-transport'),
    logger: 'pino',
    role: 'peer',
    // Its work is quadratic, and it sends one request a second.
    maxRecords: 10_000,
  },
  {
    name: 'winston-floor',
    title: 'Winston, a transport that does nothing',
    logger: 'winston',
    role: 'floor',
  },
  { name: 'putlogs-winston', title: '@putlogs/winston', logger: 'winston', role: 'ours' },
  {
    name: 'putlogs-winston-format',
    title: '@putlogs/winston, with its jsonFormat',
    logger: 'winston',
    role: 'ours',
  },
  {
    name: 'winston-cloudwatch',
    title: titleOf('winston-cloudwatch'),
    logger: 'winston',
    role: 'peer',
    // Of a million it takes fewer a second, and 900 MB.
    maxRecords: 300_000,
  },
  {
    name: 'logtape-cloudwatch',
    title: titleOf('@logtape/cloudwatch-logs'),
    logger: 'logtape',
    role: 'peer',
    maxRecords: 100_000,
  },
];

/** Where it is somebody else's, with the version. */
function titleOf(name) {
  return `${name} ${versionOf(name)}`;
}

const EMPHASIS = { floor: '*', ours: '**', peer: '' };

/** In Markdown. @param {Variant} variant */
export function markedTitle({ title, role }) {
  return `${EMPHASIS[role]}${title}${EMPHASIS[role]}`;
}

/** @param {string} name */
export function variantNamed(name) {
  const found = VARIANTS.find((variant) => variant.name === name);
  if (found === undefined) throw new Error(`there is no variant ${name}`);
  return found;
}
