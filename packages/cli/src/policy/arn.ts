/** What an ARN says before the resource. */
export interface ArnParts {
  /** undefined: any. */
  readonly region: string | undefined;
  /** undefined: any. */
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
function partitionOf(region = ''): string {
  return PARTITIONS.find(([prefix]) => prefix.test(region))?.[1] ?? 'aws';
}

/** The ARN of a log group as policies for all calls but those of tags want it. */
export function logGroupArn(logGroupName: string, { region, account }: ArnParts): string {
  return `${tagArn(logGroupName, { region, account })}:*`;
}

/** The ARN of a log group as policies for the calls of tags want it. */
export function tagArn(logGroupName: string, { region, account }: ArnParts): string {
  return `arn:${partitionOf(region)}:logs:${region ?? '*'}:${account ?? '*'}:log-group:${logGroupName}`;
}
