/** What an ARN says before the resource. */
export interface ArnParts {
  readonly partition: string;
  /** undefined matches every Region. */
  readonly region: string | undefined;
  /** undefined matches every account. */
  readonly account: string | undefined;
}

const PARTITIONS = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-isof-/, 'aws-iso-f'],
  [/^eusc-/, 'aws-eusc'],
] as const;

/** The partition of a Region, by its prefix. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => prefix.test(region))?.[1] ?? 'aws';
}

export function partitionOfArn(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

/** The ARN of a log group as policies for all calls but those of tags want it. */
export function logGroupArn(logGroupName: string, parts: ArnParts): string {
  return `${tagArn(logGroupName, parts)}:*`;
}

/** The ARN of a log group as policies for the calls of tags want it. */
export function tagArn(logGroupName: string, { partition, region, account }: ArnParts): string {
  return `arn:${partition}:logs:${region ?? '*'}:${account ?? '*'}:log-group:${logGroupName}`;
}
