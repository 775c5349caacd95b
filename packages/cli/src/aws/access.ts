import type { CloudWatchLogsClient, CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import type { Config, EnvironmentVariables } from '@putlogs/core';
import {
  type CredentialSource,
  chooseRequestHandler,
  credentialSource,
  type ModuleConnection,
  Network,
  type RequestHandler,
  regionOf,
  systemClock,
} from '@putlogs/core/internal';
import sdk from './sdk.cjs';

/** The credentials that were found, with the SDK's note of their source. */
export type FoundCredentials = Awaited<ReturnType<CredentialSource>>;

/** Keys that sign nothing: the client's endpoint is asked for, but no request is sent. */
const NO_CREDENTIALS = { accessKeyId: 'none', secretAccessKey: 'none' };

/** The configuration, and what the user's module adds to it. */
export type AccessConfig = Config & Partial<ModuleConnection>;

class EndpointFound extends Error {}

/** Reaches AWS as a transport with the same options does: Region, endpoint, credentials, proxy and certificates. */
export class AwsAccess {
  readonly network: Network;
  readonly #config: AccessConfig;
  readonly #requestHandler: RequestHandler;
  readonly #source: CredentialSource;
  readonly #notes: string[] = [];
  readonly #clients: { destroy(): void }[] = [];

  constructor(config: AccessConfig, env: EnvironmentVariables) {
    this.#config = config;
    this.network = new Network(config, env, systemClock);
    this.#requestHandler = chooseRequestHandler(config.requestHandler, this.network.requestHandler);
    this.#source = credentialSource(config, this.#requestHandler, systemClock, (text) => {
      this.#notes.push(text);
    });
  }

  /** @throws the SDK's error if no Region is known */
  region(): Promise<string> {
    return this.logs().config.region();
  }

  credentials(): Promise<FoundCredentials> {
    return this.#source({ callerClientConfig: { region: () => this.region() } });
  }

  /** Why sources of credentials gave none, in the words of the SDK. */
  get reasons(): string[] {
    return this.#notes.flatMap(
      (note) => /^@smithy\/property-provider (?:->|\(!\)) (.*)$/s.exec(note)?.[1] ?? [],
    );
  }

  /** Where requests go. Needs a Region. */
  async endpoint(): Promise<URL> {
    const client = this.logs({ credentials: NO_CREDENTIALS });
    let endpoint: URL | undefined;
    client.middlewareStack.add(
      () => (args) => {
        // In this step it is the SDK's HTTP request.
        const { protocol, hostname, port } = args.request as {
          protocol: string;
          hostname: string;
          port?: number;
        };
        endpoint = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
        throw new EndpointFound();
      },
      { step: 'build', name: 'putlogsEndpointMiddleware' },
    );
    await client.send(new sdk.DescribeLogGroupsCommand()).catch((error: unknown) => {
      if (!(error instanceof EndpointFound)) throw error;
    });
    if (endpoint === undefined) throw new Error('the AWS SDK has no endpoint');
    return endpoint;
  }

  /** A client of CloudWatch Logs. */
  logs(overrides: CloudWatchLogsClientConfig = {}): CloudWatchLogsClient {
    const { profile, endpoint } = this.#config;
    const client = new sdk.CloudWatchLogsClient({
      requestHandler: this.#requestHandler,
      credentials: this.#source,
      region: regionOf(this.#config),
      ...(profile !== undefined && { profile }),
      ...(endpoint !== undefined && { endpoint }),
      ...overrides,
    });
    this.#clients.push(client);
    return client;
  }

  /** As whom requests are sent. */
  async callerIdentity(): Promise<{ readonly arn: string; readonly account: string }> {
    const client = new sdk.STSClient({
      region: await this.region(),
      credentials: this.#source,
      requestHandler: this.#requestHandler,
      maxAttempts: 2,
    });
    this.#clients.push(client);
    const { Arn = '', Account = '' } = await client.send(new sdk.GetCallerIdentityCommand());
    return { arn: Arn, account: Account };
  }

  /** Closes all connections. */
  close(): void {
    for (const client of this.#clients) client.destroy();
    this.network.endAttempts();
  }
}
