// The process that starts: takes the time from before the first import until one event is acknowledged.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { packageUrl } from '../packages.js';

/** @typedef {{ loadedMs: number, readyMs: number, deliveredMs: number, cpuMs: number, sdkFiles: number }} Started */

/** @type {{ variant: string, module: string, options?: object, checkout?: string }} */
const { module, options: own, checkout } = JSON.parse(process.argv[2] ?? '');
const options = { logGroupName: '/bench', logStreamName: 'bench', ...own };
const pinoPackage = packageUrl('@putlogs/pino', checkout);
const winstonPackage = packageUrl('@putlogs/winston', checkout);

/** Each loads what an application would on its main thread, logs a record, and resolves when that is delivered. */
const STARTS = {
  'pino-floor': (at) => startPino({ target: new URL('../discard.js', import.meta.url).href }, at),
  'putlogs-pino': (at) => startPino({ target: pinoPackage, options }, at),
  async 'putlogs-pino-stream'(at) {
    const { default: pino } = await import('pino');
    const { createStream } = await import(pinoPackage);
    at('loaded');
    const stream = createStream(options);
    const logger = pino(stream);
    logger.info('the first');
    at('ready');
    await stream.flush();
  },
  async 'putlogs-winston'(at) {
    const { default: winston } = await import('winston');
    const { CloudWatchTransport } = await import(winstonPackage);
    at('loaded');
    const transport = new CloudWatchTransport(options);
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('the first');
    at('ready');
    await transport.flush();
  },
};

async function startPino(transportOptions, at) {
  const { default: pino } = await import('pino');
  at('loaded');
  const transport = pino.transport(transportOptions);
  const logger = pino(transport);
  logger.info('the first');
  await once(transport, 'ready');
  at('ready');
  await new Promise((resolve) => logger.flush(resolve));
}

const begun = performance.now();
const times = { loaded: 0, ready: 0 };
await STARTS[module]((moment) => {
  times[moment] = performance.now() - begun;
});
const deliveredMs = performance.now() - begun;
const { user, system } = process.cpuUsage();
process.send?.({
  loadedMs: times.loaded,
  readyMs: times.ready,
  deliveredMs,
  cpuMs: (user + system) / 1000,
  // It is CommonJS, and stands in the cache of require, which each thread has of its own.
  sdkFiles: Object.keys(createRequire(import.meta.url).cache).filter((file) => /@aws-sdk|@smithy/.test(file))
    .length,
});
process.exit();
