/**
 * Who wrote the log events, as PutLogEvents takes it.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Entity.html
 */
export interface Entity {
  /** Identify the entity: entities of equal key attributes are the same one. 2 to 4 entries. */
  readonly keyAttributes: Readonly<Record<string, string>>;
  /** Connect the entity with other telemetry. Up to 10 entries. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The key attributes that each Type is sent with: exactly these. */
export const KEY_ATTRIBUTES_BY_TYPE = {
  Service: ['Type', 'Name', 'Environment'],
  RemoteService: ['Type', 'Name'],
  'AWS::Service': ['Type', 'Name'],
  Resource: ['Type', 'ResourceType', 'Identifier'],
  'AWS::Resource': ['Type', 'ResourceType', 'Identifier'],
} as const;

export type EntityType = keyof typeof KEY_ATTRIBUTES_BY_TYPE;

/** The whole entity, as the user may give it instead of having it derived. */
export interface EntityOption {
  /** Default: `Service`. */
  readonly type?: EntityType | undefined;
  /** For example `AWS::ECS::Cluster`, or `K8s::Pod`. */
  readonly resourceType?: string | undefined;
  readonly identifier?: string | undefined;
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
