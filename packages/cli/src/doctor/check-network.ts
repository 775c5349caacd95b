import type { Config, EnvironmentVariables } from '@putlogs/core';
import { chooseProxy, isLoopback, isUntrusted, type ServiceClock } from '@putlogs/core/internal';
import { errorCode, redact, variableOf } from '@putlogs/core/main-thread';
import type { AwsAccess } from '../aws/access.js';
import { type Given, originOf } from '../flags/option-flags.js';
import { advice, command, type Findings, type Fix } from './findings.js';
import { type Probe, probeEndpoint } from './probe-endpoint.js';

interface NetworkParts {
  readonly access: AwsAccess;
  readonly config: Config;
  readonly given: Given;
  /** Learns the service's time. */
  readonly serviceClock: ServiceClock;
}

/** @returns where requests go; undefined if the service does not respond */
export async function checkNetwork(
  findings: Findings,
  { access, config, given, serviceClock }: NetworkParts,
): Promise<URL | undefined> {
  const endpoint = await access.endpoint();
  const proxy = proxyFor(endpoint, config, given.env);
  const finishSample = serviceClock.startSample();
  const probe = await probeEndpoint(endpoint, access.network);
  if (probe.kind === 'answered' && probe.isService) {
    finishSample(probe.date);
    addAnswer(
      findings,
      endpoint,
      [endpointOrigin(given), ...proxyDetail(proxy, proxyOrigin(endpoint, given))],
      probe,
    );
    return endpoint;
  }
  if (probe.kind === 'answered') addStranger(findings, endpoint, probe.status);
  else if (probe.kind === 'silent' && proxy !== undefined && probe.hasSocket !== true)
    findings.add('PL-PROXY-UNREACHABLE', `The proxy ${proxy} does not respond.`, {
      details: [`from ${proxyOrigin(endpoint, given)}`],
      fix: command`export NO_PROXY=${endpoint.hostname}`,
    });
  else if (probe.kind === 'silent') addSilence(findings, endpoint, probe, endpointOrigin(given));
  else {
    const trustFix =
      config.caFile === undefined
        ? command`export NODE_EXTRA_CA_CERTS=/path/to/your-authority.pem`
        : advice(access.network.trustAdvice);
    addFailure(findings, endpoint, probe.error, {
      trustFix,
      proxyVariable: proxyVariable(endpoint, given),
      from: endpointOrigin(given),
    });
  }
  return undefined;
}

/** Variables by which the AWS SDK is told another endpoint. */
const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', 'AWS_ENDPOINT_URL'];

function endpointOrigin(given: Given): string {
  const own = originOf('endpoint', given);
  const variable = own === 'default' ? ENDPOINT_VARIABLES.find((name) => given.env[name]) : own;
  return `endpoint from ${variable ?? 'the Region'}`;
}

function proxyDetail(proxy: string | undefined, origin: string): string[] {
  return proxy === undefined ? [] : [`through the proxy ${proxy} (${origin})`];
}

function proxyFor(endpoint: URL, { proxy }: Config, env: EnvironmentVariables): string | undefined {
  const chosen = chooseProxy(proxy, targetOf(endpoint), env);
  return chosen instanceof URL ? `${chosen.protocol}//${chosen.host}` : undefined;
}

function targetOf({ protocol, hostname, port }: URL) {
  const isSecure = protocol === 'https:';
  return {
    protocol: isSecure ? ('https:' as const) : ('http:' as const),
    host: hostname,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
  };
}

function addAnswer(findings: Findings, endpoint: URL, way: readonly string[], probe: Probe): void {
  const { address, connectedMs, securedMs, answeredMs } = probe;
  const details = [
    ...way,
    ...(address === undefined ? [] : [`address ${address}`]),
    ...(connectedMs === undefined ? [] : [`TCP connection after ${connectedMs} ms`]),
    ...(securedMs === undefined ? [] : [`TLS after ${securedMs} ms`]),
    `answer after ${answeredMs} ms`,
    ...(probe.kind === 'answered' ? [clockDetail(probe.date)] : []),
  ];
  if (endpoint.protocol === 'http:' && !isLoopback(endpoint.hostname))
    findings.add('PL-PLAIN-HTTP', `Requests to ${endpoint.origin} go over plain HTTP.`, {
      details,
      fix: command`export PUTLOGS_ENDPOINT=${endpoint.origin.replace('http:', 'https:')}`,
    });
  else findings.add('PL-NETWORK', `${endpoint.origin} responds`, { details });
}

/** The Date header has whole seconds. */
function clockDetail(date: string): string {
  const seconds = Math.round((Date.now() - Date.parse(date)) / 1000);
  if (Math.abs(seconds) <= 1) return 'the clocks agree to the second';
  return `the clock of this host is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
}

function addStranger(findings: Findings, endpoint: URL, status: number): void {
  findings.add(
    'PL-NOT-THE-SERVICE',
    `What answers at ${endpoint.origin} (status ${status}) is not CloudWatch Logs.`,
    {
      fix: advice(`Sign in to the network in a browser, or see what answers: curl -i ${endpoint.origin}`),
    },
  );
}

function addSilence(
  findings: Findings,
  endpoint: URL,
  { connectedMs, securedMs }: Probe,
  from: string,
): void {
  const reached =
    connectedMs === undefined
      ? 'No connection is made'
      : endpoint.protocol === 'https:' && securedMs === undefined
        ? 'It accepts the connection, but TLS does not begin'
        : 'It accepts the connection, but does not answer';
  findings.add('PL-ENDPOINT-SILENT', `${endpoint.origin} does not respond.`, {
    details: [reached, from],
    fix: advice(`Allow outgoing HTTPS to ${endpoint.hostname}, or create a VPC endpoint for logs.`),
  });
}

/** What depends on the configuration in the fixes of a failure. */
interface Fixes {
  readonly trustFix: Fix;
  readonly proxyVariable: string;
  /** Where the endpoint comes from. */
  readonly from: string;
}

function proxyOrigin(endpoint: URL, given: Given): string {
  const own = originOf('proxy', given);
  return own === 'default' ? proxyVariable(endpoint, given) : own;
}

/** The variable that names the proxy, or would do so. */
function proxyVariable({ protocol }: URL, given: Given): string {
  if (originOf('proxy', given) !== 'default') return variableOf('proxy');
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  return given.env[name.toLowerCase()] === undefined ? name : name.toLowerCase();
}

function addFailure(
  findings: Findings,
  endpoint: URL,
  error: Error,
  { trustFix, proxyVariable, from }: Fixes,
): void {
  const code = errorCode(error);
  // OpenSSL ends its messages with a newline.
  const message = redact(error.message.trim().replaceAll(/\s*\n\s*/g, ' '));
  const { origin, hostname } = endpoint;
  if (error.name === 'ProxyError') addProxyError(findings, endpoint, message, proxyVariable);
  else if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    findings.add('PL-HOST-NOT-FOUND', `The host ${hostname} is not found.`, {
      details: [`the DNS says ${code}`, from],
      fix: command`nslookup ${hostname}`,
    });
  else if (code === 'ECONNREFUSED')
    findings.add('PL-ENDPOINT-REFUSED', `${origin} refuses connections.`, {
      details: [from],
      fix: isLoopback(hostname)
        ? command`putlogs local --port ${endpoint.port || 80}`
        : command`curl -i ${origin}`,
    });
  else if (isUntrusted(code))
    findings.add('PL-TLS-UNTRUSTED', `The certificate of ${origin} is not trusted.`, {
      details: [`${code}: ${message}`],
      fix: trustFix,
    });
  else if (error.name === 'CertificateError') findings.add('PL-TLS-UNTRUSTED', message, { fix: trustFix });
  else if (/^(?:ERR_TLS|CERT_)/.test(code))
    findings.add('PL-TLS-INVALID', `The certificate of ${origin} is not valid: ${message}.`, {
      fix: command`openssl s_client -connect ${hostname}:${endpoint.port || 443} </dev/null`,
    });
  else if (code === 'ETIMEDOUT') addSilence(findings, endpoint, { kind: 'silent' }, from);
  else
    findings.add('PL-ENDPOINT-UNREACHABLE', `${origin} cannot be reached: ${message}.`, {
      details: [from],
      fix: command`curl -i ${origin}`,
    });
}

/** @param message of a ProxyError, which names the proxy without its password */
function addProxyError(findings: Findings, { hostname }: URL, message: string, proxyVariable: string): void {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  if (message.startsWith('the variable'))
    findings.add('PL-PROXY-INVALID', text, {
      fix: command`unset HTTPS_PROXY HTTP_PROXY https_proxy http_proxy`,
    });
  else if (message.endsWith('(407)'))
    findings.add('PL-PROXY-REFUSES', text, {
      fix: command`export ${proxyVariable}=http://USER:PASSWORD@proxy.example.com:3128`,
    });
  else if (/\(\d+\)$/.test(message))
    findings.add('PL-PROXY-REFUSES', text, {
      fix: advice(
        `Let the proxy allow CONNECT to ${hostname}, or connect directly: export NO_PROXY=${hostname}`,
      ),
    });
  else findings.add('PL-PROXY-UNREACHABLE', text, { fix: command`export NO_PROXY=${hostname}` });
}

/** Says how far the host's clock is off, as the reports of a transport do. */
export function checkClock(
  findings: Findings,
  serviceClock: ServiceClock,
  message: string | undefined,
): void {
  if (serviceClock.offsetMs === 0 || message === undefined) return;
  findings.add('PL-CLOCK-WRONG', message, { fix: command`sudo timedatectl set-ntp true` });
}
