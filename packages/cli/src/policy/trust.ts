/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

/**
 * Lets somebody assume a role.
 * @param principal the ARN of who asks; undefined if it is not known
 */
export function trustPolicy(
  principal = 'arn:aws:iam::ACCOUNT:role/WHO-ASKS',
  externalId?: string,
): PolicyDocument {
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
