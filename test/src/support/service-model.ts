import * as sdk from '@aws-sdk/client-cloudwatch-logs';

/** The names of the members of an operation's request, from the SDK's copy of the service's model. */
export function membersOf(operation: string): readonly string[] {
  const schema: unknown = Object.entries(sdk).find(([name]) => name === `${operation}Request$`)?.[1];
  if (!Array.isArray(schema)) throw new Error(`The SDK has no schema of ${operation}.`);
  return schema[4];
}
