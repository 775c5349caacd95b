import type { EnvironmentVariables } from '../util/environment-variables.js';
import { parseProxyUrl } from '../util/proxy-url.js';
import { ProxyError } from './client-errors.js';

/** What a request is sent to. */
export interface RequestTarget {
  readonly protocol: 'http:' | 'https:';
  readonly host: string;
  readonly port: number;
}

/**
 * The proxy for a request. The option counts for every request. Without it, the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY
 * count, as in the AWS CLI, which follows Python's urllib: lower case before upper case, and an empty variable means none.
 * @returns an error if the variable has no valid URL
 */
export function chooseProxy(
  option: string | false | undefined,
  target: RequestTarget,
  env: EnvironmentVariables,
): URL | ProxyError | undefined {
  if (option === false) return undefined;
  if (option !== undefined) return parseProxyUrl(option);
  const variable = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = read(env, variable);
  if (value === '' || isExempt(target, read(env, 'NO_PROXY'))) return undefined;
  const url = parseProxyUrl(
    /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value.replace(/^\/\//, '')}`,
  );
  return url ?? new ProxyError(`the variable ${variable} is not the URL of an http or https proxy`);
}

function read(env: EnvironmentVariables, variable: string): string {
  return env[variable.toLowerCase()] ?? env[variable] ?? '';
}

/** Whether NO_PROXY names the host, with or without its port, or a domain that the host is in. */
function isExempt({ host, port }: RequestTarget, noProxy: string): boolean {
  if (noProxy === '*') return true;
  const hosts = host.includes(':') ? [host, `[${host}]`] : [host.toLowerCase()];
  const names = hosts.flatMap((name) => [name, `${name}:${port}`]);
  return noProxy
    .split(',')
    .map((entry) => entry.trim().replace(/^\.+/, '').toLowerCase())
    .some((entry) => entry !== '' && names.some((name) => name === entry || name.endsWith(`.${entry}`)));
}
