/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

/** Who asks, where that is not known. */
export function unknownPrincipal(partition: string): string {
  return `arn:${partition}:iam::ACCOUNT:role/WHO-ASKS`;
}

/** Lets somebody assume a role. @param principal the ARN of who asks */
export function trustPolicy(principal: string, externalId?: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: 'sts:AssumeRole',
        ...(externalId !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
      },
    ],
  };
}
