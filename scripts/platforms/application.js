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
  return `${importing(format, PACKAGES)}${BODY}${LOGGING}`;
}

/** A test of a test runner, which takes the first two arguments from a variable, logs and flushes. */
export function testOf(format, { name, from, options }) {
  const runner = from === undefined ? [] : [[`{ ${name} }`, from]];
  const test = `${name}('all is delivered', ${options === undefined ? '' : `${options}, `}async () => {
  const [library, thread] = process.env.TRIAL.split(' ');
  const { log, transport } = open(library, thread === 'worker');
  logAll(log);
  await flushed(library, log, transport);
});
`;
  return `${importing(format, [...runner, ...PACKAGES])}${test}${LOGGING}`;
}

function importing(format, packages) {
  const lines = packages.map(([names, path]) =>
    format === 'esm' ? `import ${names} from '${path}';\n` : `const ${names} = require('${path}');\n`,
  );
  return lines.join('');
}

const BODY = `
const [library, thread, ending] = process.argv.slice(2);
const { log, transport } = open(library, thread === 'worker');
logAll(log);
if (ending === 'flush') flushed(library, log, transport);
if (ending === 'exit') process.exit();
if (ending === 'error') setTimeout(() => { throw new Error('on purpose'); });
`;

const LOGGING = `
function open(library, worker) {
  if (library === 'winston') {
    const transport = new CloudWatchTransport({ worker });
    return { log: winston.createLogger({ transports: [transport] }), transport };
  }
  const transport = library === 'stream' ? createStream({ worker }) : pino.transport({ target: '@putlogs/pino' });
  return { log: pino(transport), transport };
}

function logAll(log) {
  for (let i = 0; i < ${COUNT}; i++) {
    if (i % 100 === 99) log.error(new Error('record ' + i + '.'));
    else log.info('record ' + i + '.');
  }
}

/** A target of Pino calls back. */
function flushed(library, log, transport) {
  if (library !== 'target') return transport.flush();
  return new Promise((resolve, reject) => {
    log.flush((error) => (error ? reject(error) : resolve()));
  });
}
`;
