import type { ExecutionContext } from 'ava';
import { startRaw } from './raw-service.js';

interface StsOptions {
  /** When the credentials expire, in milliseconds since 1970. Default: in an hour. */
  readonly expiration?: () => number;
  /** An error instead of credentials, such as AccessDenied, for as long as it returns one. */
  readonly refuses?: () => string | undefined;
}

export interface Sts {
  readonly endpoint: string;
  /** The parameters of each request, and the access key that signed it, in order. */
  readonly requests: readonly {
    readonly params: Readonly<Record<string, string>>;
    readonly signedBy: string;
  }[];
}

/** An STS that knows every key and lets everybody assume every role. The credentials of the first answer have the access key ASIAROLE1. */
export async function startSts(t: ExecutionContext, options: StsOptions = {}): Promise<Sts> {
  const { expiration = () => Date.now() + 3_600_000, refuses = () => undefined } = options;
  const requests: Sts['requests'][number][] = [];
  const { endpoint } = await startRaw(t, (response, request, body) => {
    const params = Object.fromEntries(new URLSearchParams(body.toString()));
    requests.push({ params, signedBy: signerOf(request.headers.authorization) });
    const code = refuses();
    response.writeHead(code === undefined ? 200 : 400, { 'content-type': 'text/xml' });
    if (code !== undefined) response.end(failure(code));
    else if (params.Action === 'GetCallerIdentity') response.end(IDENTITY);
    else response.end(success(requests.length, expiration()));
  });
  return { endpoint, requests };
}

/** The access key in the header Authorization. */
export function signerOf(authorization = ''): string {
  return /Credential=(\w+)/.exec(authorization)?.[1] ?? '';
}

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/app</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>7c0a4b1e</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;

function success(count: number, expiration: number): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/logs/putlogs</Arn><AssumedRoleId>AROA:putlogs</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAROLE${count}</AccessKeyId><SecretAccessKey>of-the-role</SecretAccessKey>
<SessionToken>token-of-the-role</SessionToken><Expiration>${new Date(expiration).toISOString()}</Expiration></Credentials>
</AssumeRoleResult><ResponseMetadata><RequestId>7c0a4b1e</RequestId></ResponseMetadata></AssumeRoleResponse>`;
}

function failure(code: string): string {
  const message = 'User: arn:aws:iam::123456789012:user/app is not authorized to perform: sts:AssumeRole';
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>
<Message>${message}</Message></Error><RequestId>7c0a4b1e</RequestId></ErrorResponse>`;
}
