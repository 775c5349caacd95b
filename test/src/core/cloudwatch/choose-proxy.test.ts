import { chooseProxy, type RequestTarget } from '@putlogs/core/internal';
import test from 'ava';

const LOGS: RequestTarget = { protocol: 'https:', host: 'logs.eu-central-1.amazonaws.com', port: 443 };
const PLAIN: RequestTarget = { protocol: 'http:', host: '127.0.0.1', port: 4599 };
const V6: RequestTarget = { protocol: 'http:', host: '::1', port: 4599 };

type Env = Readonly<Record<string, string>>;

function chosen(target: RequestTarget, env: Env, option?: string | false): string | undefined {
  const proxy = chooseProxy(option, target, env);
  return proxy instanceof Error ? proxy.message : proxy?.href;
}

for (const [what, target, env, expected] of [
  ['no variable', LOGS, {}, undefined],
  ['HTTPS_PROXY for https', LOGS, { HTTPS_PROXY: 'http://up:1' }, 'http://up:1/'],
  [
    'https_proxy before HTTPS_PROXY',
    LOGS,
    { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' },
    'http://low:1/',
  ],
  [
    'an empty https_proxy, which turns HTTPS_PROXY off',
    LOGS,
    { https_proxy: '', HTTPS_PROXY: 'http://up:1' },
    undefined,
  ],
  ['HTTP_PROXY, not for https', LOGS, { HTTP_PROXY: 'http://up:1', http_proxy: 'http://low:1' }, undefined],
  ['HTTP_PROXY for http', PLAIN, { HTTP_PROXY: 'http://up:1', HTTPS_PROXY: 'http://s:1' }, 'http://up:1/'],
  [
    'http_proxy before HTTP_PROXY',
    PLAIN,
    { HTTP_PROXY: 'http://up:1', http_proxy: 'http://low:1' },
    'http://low:1/',
  ],
  ['no ALL_PROXY, as the AWS CLI', LOGS, { ALL_PROXY: 'http://all:1', all_proxy: 'http://all:1' }, undefined],
  ['a proxy over TLS', LOGS, { HTTPS_PROXY: 'https://user:word@up:1' }, 'https://user:word@up:1/'],
  ['a URL without a scheme', LOGS, { HTTPS_PROXY: 'user:word@up:1' }, 'http://user:word@up:1/'],
  ['a URL that begins with slashes', LOGS, { HTTPS_PROXY: '//up:1' }, 'http://up:1/'],
] as const) {
  test(`by the variables: ${what}`, (t) => t.is(chosen(target, env), expected));
}

for (const value of ['socks5://user:hunter2@up:1', 'http://', 'http://u:%zz@up:1', 'http://up:port']) {
  test(`a variable that is no proxy is an error that does not show its value: ${value}`, (t) => {
    const error = chosen(LOGS, { HTTPS_PROXY: value });
    t.is(error, 'the variable HTTPS_PROXY is not the URL of an http or https proxy');
  });
}

for (const [noProxy, target, isDirect] of [
  ['*', LOGS, true],
  ['logs.eu-central-1.amazonaws.com', LOGS, true],
  ['LOGS.EU-CENTRAL-1.AMAZONAWS.COM', LOGS, true],
  ['amazonaws.com', LOGS, true],
  ['.amazonaws.com', LOGS, true],
  [' localhost , .amazonaws.com ', LOGS, true],
  ['logs.eu-central-1.amazonaws.com:443', LOGS, true],
  ['.amazonaws.com:443', LOGS, true],
  ['127.0.0.1', PLAIN, true],
  ['127.0.0.1:4599', PLAIN, true],
  ['::1', V6, true],
  ['[::1]', V6, true],
  ['[::1]:4599', V6, true],
  ['', LOGS, false],
  [',', LOGS, false],
  ['localhost,*', LOGS, false],
  ['*.amazonaws.com', LOGS, false],
  ['aws.com', LOGS, false],
  ['logs', LOGS, false],
  ['logs.eu-central-1.amazonaws.com:80', LOGS, false],
  ['127.0.0.0/8', PLAIN, false],
  ['127.0.0.1:4598', PLAIN, false],
  ['localhost', PLAIN, false],
] as const) {
  test(`NO_PROXY=${noProxy} ${isDirect ? 'exempts' : 'does not exempt'} ${target.host}`, (t) => {
    const proxies = { HTTP_PROXY: 'http://up:1', HTTPS_PROXY: 'http://up:1' };
    t.is(chosen(target, { ...proxies, NO_PROXY: noProxy }) === undefined, isDirect);
    t.is(chosen(target, { ...proxies, no_proxy: noProxy, NO_PROXY: '*' }) === undefined, isDirect);
  });
}

test('the option counts before all variables, also before NO_PROXY', (t) => {
  const env = { HTTPS_PROXY: 'http://up:1', NO_PROXY: '*' };
  t.is(chosen(LOGS, env, 'http://option:1'), 'http://option:1/');
  t.is(chosen(LOGS, { HTTPS_PROXY: 'http://up:1' }, false), undefined);
  t.is(chosen(LOGS, { HTTPS_PROXY: 'socks://up:1' }, false), undefined);
});
