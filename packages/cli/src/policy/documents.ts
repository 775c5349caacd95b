import type { Config } from '@putlogs/core';
import type { ArnParts } from './arn.js';
import { actionsOf, groupPattern } from './needs.js';
import { allow } from './statements.js';
import { type PolicyDocument, trustPolicy, unknownPrincipal } from './trust.js';

/** The policies that a configuration needs. */
export interface Documents {
  /** What who sends the events may do. */
  readonly permissions: PolicyDocument;
  /** Who may assume the role. */
  readonly trust?: PolicyDocument;
  /** What who assumes the role may do. */
  readonly assume?: PolicyDocument;
  readonly role?: { readonly name: string; readonly path: string };
}

/**
 * @param parts what stands in the ARNs before the log group
 * @param principal who assumes the role. Default: a placeholder
 */
export function documentsFor(
  config: Config,
  parts: ArnParts,
  principal = unknownPrincipal(parts.partition),
): Documents {
  const { roleArn, externalId } = config;
  const permissions = allow(actionsOf(config), groupPattern(config), parts);
  if (roleArn === undefined) return { permissions };
  const [, path = '/', name = ''] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(roleArn) ?? [];
  return {
    permissions,
    trust: trustPolicy(principal, externalId),
    assume: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn }],
    },
    role: { name, path },
  };
}
