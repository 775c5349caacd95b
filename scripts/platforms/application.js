/** How many records the application logs. Each hundredth is an error. */
export const COUNT = 500;

const PACKAGES = [
  ['{ createStream }', '@putlogs/pino'],
  ['{ CloudWatchTransport }', '@putlogs/winston'],
  ['pino', 'pino'],
  ['winston', 'winston'],
];

/**
 * An application that takes three arguments: what logs (stream, target, winston), where the work is done (worker, in-process), and
 * how it ends (flush, exit, error).
 */
export function application(format) {
  const head = PACKAGES.map(([names, path]) =>
    format === 'esm' ? `import ${names} from '${path}';` : `const ${names} = require('${path}');`,
  );
  return `${head.join('\n')}\n${BODY}`;
}

const BODY = `
const [library, thread, ending] = process.argv.slice(2);
const { log, flush } = open(thread === 'worker');
for (let i = 0; i < ${COUNT}; i++) {
  if (i % 100 === 99) log.error(new Error('record ' + i + '.'));
  else log.info('record ' + i + '.');
}
if (ending === 'flush') flush();
if (ending === 'exit') process.exit();
if (ending === 'error') setTimeout(() => { throw new Error('on purpose'); });

function open(worker) {
  if (library === 'winston') {
    const transport = new CloudWatchTransport({ worker });
    return { log: winston.createLogger({ transports: [transport] }), flush: () => transport.flush() };
  }
  const stream = library === 'stream' ? createStream({ worker }) : pino.transport({ target: '@putlogs/pino' });
  const log = pino(stream);
  return { log, flush: () => (library === 'stream' ? stream.flush() : log.flush()) };
}
`;
