import { once } from 'node:events';
import { createServer } from 'node:http';
import { start } from '@putlogs/local';
import { PATIENCE } from './patience.js';

const NOTHING_ALLOWED = { Version: '2012-10-17', Statement: [] };

/** The mistakes of newcomers, and what the sentence has to name: what is wrong, and what is right. */
const MISTAKES = [
  {
    what: 'no group name',
    edit: (code) => code.replace("logGroupName: '/my/app', ", ''),
    names: /logGroupName|PUTLOGS_LOG_GROUP_NAME/,
  },
  {
    what: 'a misspelt option',
    edit: (code) => code.replace('logGroupName', 'logGroupNmae'),
    names: /\blogGroupNmae\b.*\blogGroupName\b/,
  },
  {
    what: 'a misspelt variable',
    env: () => ({ PUTLOGS_FLUSH_INTERVALL_MS: '500' }),
    names: /\bPUTLOGS_FLUSH_INTERVALL_MS\b.*\bPUTLOGS_FLUSH_INTERVAL_MS\b/,
  },
  { what: 'no Region', env: () => ({ AWS_REGION: '', AWS_DEFAULT_REGION: '' }), names: /AWS_REGION/ },
  {
    what: 'a Region that does not exist',
    env: () => ({ AWS_REGION: 'eu-cental-1', AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: '' }),
    names: /AWS_REGION/,
  },
  {
    what: 'no credentials',
    env: () => ({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    names: /AWS_ACCESS_KEY_ID/,
  },
  { what: 'no permission', policy: NOTHING_ALLOWED, names: /logs:PutLogEvents and logs:CreateLogStream/ },
  { what: 'a proxy that refuses', env: (proxy) => ({ HTTP_PROXY: proxy }), names: /HTTP_PROXY/ },
  {
    what: 'a proxy that is not there',
    env: () => ({ HTTP_PROXY: 'http://127.0.0.1:9' }),
    names: /HTTP_PROXY/,
  },
];

const WAYS = {
  createStream: { page: 'docs/start/pino.md', contains: 'createStream(' },
  'Pino target': { page: 'docs/start/pino.md', contains: "target: '@putlogs/pino'" },
  Winston: { page: 'docs/start/winston.md', contains: 'new CloudWatchTransport(' },
};

/** Makes each mistake in the quick start of each way. */
export async function makeMistakes(project, starts) {
  const proxy = createServer((_request, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  project.write('names.cjs', NO_NAMES);
  const rows = [];
  for (const [way, { page, contains }] of Object.entries(WAYS)) {
    const { code } = starts.find((program) => program.page === page && program.code.includes(contains));
    const file = `${way.replace(' ', '-')}`;
    const proxyUrl = `http://127.0.0.1:${proxy.address().port}`;
    rows.push(
      ...(await Promise.all(
        MISTAKES.map((mistake, i) => make(project, `${file}-${i}.mjs`, { way, code, mistake, proxyUrl })),
      )),
    );
  }
  proxy.close();
  return rows;
}

/** Only this machine has a name: nothing is asked outside, and a Region that does not exist has none. */
const NO_NAMES = `const dns = require('node:dns');
const { lookup } = dns;
dns.lookup = (name, options, callback) => {
  if (name === 'localhost' || /^[\\d.]+$/.test(name)) return lookup(name, options, callback);
  const done = callback ?? options;
  process.nextTick(done, Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name }));
};
`;

async function make(project, file, { way, code, mistake, proxyUrl }) {
  const { what, names, edit = (text) => text, env = () => ({}), policy } = mistake;
  const local = await start({ policy });
  project.write(file, edit(code));
  const variables = {
    ...local.env,
    NODE_OPTIONS: `${PATIENCE} --require=./names.cjs`,
    PUTLOGS_CLOSE_TIMEOUT_MS: '4000',
    ...env(proxyUrl),
  };
  const { stderr, code: exitCode } = await project.outcome(process.execPath, [file], variables);
  await local.close();
  const sentence = stderr.split('\n').find((line) => names.test(line));
  return {
    what: `${way}, ${what}`,
    seen:
      sentence === undefined
        ? 'nothing that names the fix'
        : `${shortened(sentence)} (exit code ${exitCode})`,
    isRight: sentence !== undefined,
    output: stderr,
  };
}

function shortened(sentence) {
  const text = sentence.trim().replaceAll('|', '\\|');
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
