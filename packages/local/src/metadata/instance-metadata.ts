import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Metadata, type MetadataAnswer, type MetadataOptions, startMetadata } from './metadata.js';

/** Options of the fake EC2 instance metadata service. */
export interface InstanceMetadataOptions extends MetadataOptions {
  /** Default: `i-0123456789abcdef0`. */
  readonly instanceId?: string;
  /** Tags of the instance. Default: not readable, which is EC2's default too. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Name of the instance's IAM role. Default: it has none. */
  readonly role?: string;
}

const NOT_FOUND = { status: 404, text: '<h1>404 - Not Found</h1>' };

/**
 * Starts a fake of the EC2 instance metadata service (IMDSv2): a request without a token is answered with 401.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function startInstanceMetadata(options: InstanceMetadataOptions = {}): Promise<Metadata> {
  const { instanceId = 'i-0123456789abcdef0', tags, role, mode } = options;
  const tokens = new Set<string>();
  const paths = new Map([['instance-id', instanceId]]);
  if (role !== undefined) paths.set('iam/security-credentials/', role);
  if (tags !== undefined) paths.set('tags/instance/', Object.keys(tags).join('\n'));
  for (const [key, value] of Object.entries(tags ?? {})) paths.set(`tags/instance/${key}`, value);
  const answer = (request: IncomingMessage): MetadataAnswer => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/latest/api/token') return createToken(request, tokens);
    if (!tokens.has(String(request.headers['x-aws-ec2-metadata-token']))) return { status: 401, text: '' };
    const text = paths.get(decodeURI(pathname).replace('/latest/meta-data/', ''));
    return text === undefined ? NOT_FOUND : { status: 200, text };
  };
  return startMetadata(answer, envAt, mode);
}

/** Enables the detection, since the variables of a local CloudWatch Logs disable it. */
function envAt(endpoint: string): Readonly<Record<string, string>> {
  return { AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint, AWS_EC2_METADATA_DISABLED: 'false' };
}

function createToken({ method, headers }: IncomingMessage, tokens: Set<string>): MetadataAnswer {
  if (method !== 'PUT') return { status: 405, text: '' };
  const ttl = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
  // EC2 refuses requests that went through a proxy.
  if (headers['x-forwarded-for'] !== undefined) return { status: 403, text: '' };
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) return { status: 400, text: '' };
  const token = randomUUID();
  tokens.add(token);
  return { status: 200, text: token };
}
