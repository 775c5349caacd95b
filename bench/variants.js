/**
 * What is measured, in the order of the table. The code of a variant is in variants/<name>.js, which is loaded
 * in the measured process alone. It exports `start`.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {'pino' | 'winston'} logger
 * @property {'floor' | 'ours' | 'peer'} role
 * @property {number} [maxRecords] fewer than the others', for one that takes very long
 *
 * @typedef {object} Started
 * @property {(n: number) => void} log logs record number n
 * @property {(arrived: () => Promise<void>) => Promise<void>} settle
 *   has all records sent, and resolves when they are acknowledged. A package that cannot be asked when that is
 *   awaits `arrived`: the endpoint has them all, or a minute has passed.
 */

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'pino-floor', logger: 'pino', role: 'floor' },
  { name: 'awslogs-pino', logger: 'pino', role: 'ours' },
  { name: 'serdnam-pino', logger: 'pino', role: 'peer', maxRecords: 20_000 },
  { name: 'winston-floor', logger: 'winston', role: 'floor' },
  { name: 'awslogs-winston', logger: 'winston', role: 'ours' },
  { name: 'winston-cloudwatch', logger: 'winston', role: 'peer' },
];
