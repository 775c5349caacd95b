import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import test, { type ExecutionContext } from 'ava';

/** `test`, where openssl can make certificates; elsewhere the test is skipped. */
export const testWithCertificates =
  spawnSync('openssl', ['version']).status === 0 ? test.serial : test.serial.skip;

/** A certificate authority of one test, and what a server on 127.0.0.1 needs. */
export interface Authority {
  readonly caFile: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a certificate authority, so that the repository contains no private key. */
export function createAuthority(t: ExecutionContext): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-authority-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const ofServer = ['-subj', '/CN=putlogs test'];
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=putlogs test authority',
  );
  openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', ...ofServer);
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
  const read = (name: string) => readFileSync(join(folder, name));
  return { caFile: join(folder, 'ca.pem'), key: read('server.key'), cert: read('server.pem') };
}

/** Puts TLS in front of a service. */
export async function startTls(
  t: ExecutionContext,
  service: { readonly endpoint: string },
  { key, cert }: Authority,
  host: '127.0.0.1' | '[::1]' = '127.0.0.1',
) {
  const { hostname, port } = new URL(service.endpoint);
  const server = createServer({ key, cert }, (socket) => {
    const inner = connect(Number(port), hostname);
    for (const end of [socket, inner]) end.on('error', () => undefined);
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, host.replace(/^\[|\]$/g, ''));
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port: securePort } = server.address() as AddressInfo;
  return { endpoint: `https://${host}:${securePort}`, authority: `${host}:${securePort}` };
}
