import { ACCOUNT_ID } from '../operations/arn.js';
import type { Members } from '../operations/members.js';
import { accessDenied, Refusal } from '../refusal/refusal.js';
import { Policy } from './policy.js';
import { QuotaMeter, type Quotas } from './quotas.js';
import { resourcesOf, taggedGroupForms } from './resources.js';

/** Decides, before a request is looked at more closely, whether the account may make it. */
export class Gate {
  readonly #policy: Policy | undefined;
  readonly #quotas: QuotaMeter | undefined;

  /** @throws {TypeError} if the policy or a quota is invalid */
  constructor(policy: object | undefined, quotas: Quotas | undefined) {
    this.#policy = policy && new Policy(policy);
    this.#quotas = quotas && new QuotaMeter(quotas);
  }

  /** Throws the service's refusal. @param now milliseconds since 1970 */
  check(operation: string, members: Members, now: number): void {
    if (this.#policy) checkAccess(this.#policy, operation, members);
    this.#quotas?.check(operation, now);
  }
}

function checkAccess(policy: Policy, operation: string, members: Members): void {
  for (const resource of resourcesOf(operation, members)) {
    const decision = policy.decide(`logs:${operation}`, resource);
    if (decision !== 'allowed') throw accessDenied(operation, resource, decision === 'denied');
  }
  if (operation === 'CreateLogGroup' && members.has('tags')) checkTagging(policy, members);
}

/** The service's message: https://github.com/aws/aws-parallelcluster/pull/4580 */
function checkTagging(policy: Policy, members: Members): void {
  const decisions = taggedGroupForms(members).map((resource) => policy.decide('logs:TagResource', resource));
  if (decisions.includes('allowed') && !decisions.includes('denied')) return;
  const message = `User with accountId: ${ACCOUNT_ID} is not authorized to perform CreateLogGroup with Tags`;
  throw new Refusal('AccessDeniedException', message);
}
