// Compiled, and never run: an error that is expected and does not come fails the build.
import type { Transform } from 'node:stream';
import { start } from '@putlogs/local';
import transport, {
  type CloudWatchStream,
  createStream,
  type Options,
  type StreamOptions,
} from '@putlogs/pino';
import { closeOnSignals, dropWhenBehind } from '@putlogs/pino/main-thread';
import { CloudWatchTransport, closeOnSignals as closeWinstonOnSignals, jsonFormat } from '@putlogs/winston';
import pino from 'pino';
import winston from 'winston';
import type { Equal, Expect } from './expect.js';

export async function asAnApplicationDoes() {
  const threaded = pino.transport({ target: '@putlogs/pino', options: { logGroupName: '/app' } });
  pino(dropWhenBehind(threaded));
  const takeBack = closeOnSignals(threaded, ['SIGTERM']);
  takeBack();
  // @ts-expect-error no such signal
  closeOnSignals(threaded, ['SIGNAL']);

  const stream = createStream({ logGroupName: '/app' });
  pino(stream);
  stream.flush(() => undefined);
  const streamFlushed = stream.flush();
  closeOnSignals(stream);
  // @ts-expect-error neither of both
  closeOnSignals(process.stdout);

  const cloudWatch = new CloudWatchTransport();
  winston.createLogger({ format: jsonFormat(), transports: [cloudWatch] });
  closeWinstonOnSignals(cloudWatch);
  // @ts-expect-error of another logger
  closeWinstonOnSignals(stream);
  const flushed = cloudWatch.flush();

  const local = await start({ port: 0 });
  local.fault({ kind: 'throttle', times: 3, operation: 'PutLogEvents' });
  // @ts-expect-error a delay without its length
  local.fault({ kind: 'slow' });

  return [await transport(), streamFlushed, flushed] satisfies [Transform, Promise<void>, Promise<void>];
}

export type Cases = [
  Expect<Equal<Parameters<typeof transport>[0], Options | undefined>>,
  Expect<Equal<Parameters<typeof createStream>[0], StreamOptions | undefined>>,
  Expect<Equal<ReturnType<typeof createStream>, CloudWatchStream>>,
];
