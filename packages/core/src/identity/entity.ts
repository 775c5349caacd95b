/**
 * The service or resource that wrote the log events: the `entity` of PutLogEvents.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Entity.html
 */
export interface Entity {
  /**
   * Identify the entity: entities with equal key attributes are the same. 2 to 4 entries, values of 1 to 512
   * characters.
   */
  readonly keyAttributes: Readonly<Record<string, string>>;
  /** Connect the entity with other telemetry. At most 10 entries, values of 1 to 512 characters. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The key attributes of each type. Exactly these are sent. */
export const KEY_ATTRIBUTES_BY_TYPE = {
  Service: ['Type', 'Name', 'Environment'],
  RemoteService: ['Type', 'Name'],
  'AWS::Service': ['Type', 'Name'],
  Resource: ['Type', 'ResourceType', 'Identifier'],
  'AWS::Resource': ['Type', 'ResourceType', 'Identifier'],
} as const;

export type EntityType = keyof typeof KEY_ATTRIBUTES_BY_TYPE;

/**
 * A complete entity to use instead of the detected one. Which fields are required and allowed depends on the type;
 * other fields are a ConfigError. Strings are trimmed, and are 1 to 512 printable ASCII characters.
 */
export interface EntityOption {
  /**
   * Default: `Service`. `Service`, `RemoteService` and `AWS::Service` have a name; the others have resourceType and
   * identifier.
   */
  readonly type?: EntityType | undefined;
  /** For `Resource` and `AWS::Resource`: the type of the resource, such as `AWS::ECS::Cluster` or `K8s::Pod`. */
  readonly resourceType?: string | undefined;
  /** For `Resource` and `AWS::Resource`: the identifier of the resource. */
  readonly identifier?: string | undefined;
  /** For services: the name of the service. */
  readonly name?: string | undefined;
  /** For `Service`. Default: the option `environment`, else the detected one. */
  readonly environment?: string | undefined;
  /** At most 10, with keys of 1 to 256 and values of 1 to 512 characters. Default: none. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
