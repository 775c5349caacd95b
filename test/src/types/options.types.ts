// Compiled, and never run: an error that is expected and does not come fails the build.
import type { Options as PinoOptions } from '@putlogs/pino';
import type { Options as WinstonOptions } from '@putlogs/winston';
import { CloudWatchTransport, type CloudWatchTransportOptions } from '@putlogs/winston';
import pino from 'pino';
import type { Equal, Expect } from './expect.js';

export type Cases = [
  Expect<Equal<PinoOptions, WinstonOptions>>,
  Expect<Equal<PinoOptions['logGroupName'], string | undefined>>,
  Expect<Equal<PinoOptions['endpoint'], string | URL | undefined>>,
  Expect<Equal<PinoOptions['maxInFlight'], number | undefined>>,
  Expect<Equal<PinoOptions['gzip'], boolean | undefined>>,
  Expect<Equal<PinoOptions['tags'], Readonly<Record<string, string>> | undefined>>,
  Expect<
    Equal<
      PinoOptions['logGroupClass'],
      'DELIVERY' | 'ESSENTIALS' | 'INFREQUENT_ACCESS' | 'STANDARD' | undefined
    >
  >,
  Expect<Equal<CloudWatchTransportOptions['worker'], boolean | undefined>>,
  Expect<Equal<CloudWatchTransportOptions['level'], string | undefined>>,
];

// All are optional: each can come from the environment. An option can be left undefined.
export const RIGHT: PinoOptions[] = [
  {},
  { logGroupName: '/app', region: undefined },
  { endpoint: new URL('http://localhost:4700') },
  { entity: false },
  { entity: { type: 'AWS::Resource', resourceType: 'AWS::ECS::Cluster', identifier: 'arn' } },
];

export const WRONG: PinoOptions[] = [
  // @ts-expect-error a misspelt name
  { logGroup: '/app' },
  // @ts-expect-error a text for a number
  { flushIntervalMs: '1000' },
  // @ts-expect-error a number for a flag
  { gzip: 1 },
  // @ts-expect-error a class that the service does not know
  { logGroupClass: 'CHEAP' },
  // @ts-expect-error true is no entity
  { entity: true },
  // @ts-expect-error a type that the service does not know
  { entity: { type: 'Server' } },
  // @ts-expect-error a tag that is no text
  { tags: { team: 7 } },
  // @ts-expect-error Winston's alone
  { worker: false },
];

export function winston() {
  new CloudWatchTransport();
  new CloudWatchTransport({ logGroupName: '/app', level: 'warn', silent: true, worker: false });
  // @ts-expect-error a misspelt name
  new CloudWatchTransport({ logGroup: '/app' });
  // @ts-expect-error a text for a flag
  new CloudWatchTransport({ worker: 'no' });
}

/** Pino's own types accept any options of a target. */
export function target() {
  const options = { logGroupName: '/app', flushIntervalMs: 500 } satisfies PinoOptions;
  pino({ transport: { target: '@putlogs/pino', options } });
  // @ts-expect-error a misspelt name
  pino({ transport: { target: '@putlogs/pino', options: { logGroup: '/app' } satisfies PinoOptions } });
  pino.transport<PinoOptions>({
    target: '@putlogs/pino',
    // @ts-expect-error a misspelt name
    options: { logGroup: '/app' },
  });
}
