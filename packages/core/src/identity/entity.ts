/**
 * Who wrote the log events: the `entity` of PutLogEvents.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Entity.html
 */
export interface Entity {
  /** Identify the entity: entities with equal key attributes are the same. 2 to 4 entries. */
  readonly keyAttributes: Readonly<Record<string, string>>;
  /** Connect the entity with other telemetry. At most 10 entries. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The key attributes of each Type. Exactly these are sent. */
export const KEY_ATTRIBUTES_BY_TYPE = {
  Service: ['Type', 'Name', 'Environment'],
  RemoteService: ['Type', 'Name'],
  'AWS::Service': ['Type', 'Name'],
  Resource: ['Type', 'ResourceType', 'Identifier'],
  'AWS::Resource': ['Type', 'ResourceType', 'Identifier'],
} as const;

export type EntityType = keyof typeof KEY_ATTRIBUTES_BY_TYPE;

/** A whole entity, which the user can give instead of the derived one. */
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
