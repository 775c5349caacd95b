import { redact } from '@putlogs/core/main-thread';
import { actionsOf } from '../policy/needs.js';
import { allow, type LogsAction } from '../policy/statements.js';
import { addRefusal } from './check-credentials.js';
import type { Code } from './codes.js';
import { advice, command, type Findings } from './findings.js';
import type { FailedCall } from './recording-client.js';
import type { Trial } from './trial.js';

const DENIED: Readonly<Record<LogsAction, Code>> = {
  'logs:PutLogEvents': 'PL-PUT-DENIED',
  'logs:CreateLogStream': 'PL-CREATE-LOG-STREAM-DENIED',
  'logs:CreateLogGroup': 'PL-CREATE-LOG-GROUP-DENIED',
  'logs:TagResource': 'PL-CREATE-LOG-GROUP-DENIED',
  'logs:PutRetentionPolicy': 'PL-RETENTION-DENIED',
};

/** Adds what a call that failed means. */
export function addFailedCall(
  { findings, config, names, arnParts }: Trial,
  { action, outcome }: FailedCall,
): void {
  const { logGroupName } = names;
  if (addRefusal(findings, outcome)) return;
  const { kind, failure } = outcome;
  const cause = `${failure.name}: ${redact(failure.message)}`;
  switch (kind) {
    case 'denied':
      findings.add(DENIED[action], `These credentials may not call ${action} on ${logGroupName}.`, {
        details: [cause, 'in a policy, the ARN of the log group ends in :* (except for logs:TagResource)'],
        // Another call would be the next to be denied.
        fix: { kind: 'policy', document: allow(actionsOf(config), logGroupName, arnParts) },
      });
      break;
    case 'throttled':
      findings.add('PL-THROTTLED', 'CloudWatch Logs throttles this account.', { details: [cause] });
      break;
    case 'missing':
      findings.add('PL-LOG-GROUP-LIMIT', `${action} was refused: ${cause}`, {
        fix: command`aws service-quotas list-service-quotas --service-code logs`,
      });
      break;
    case 'timeout':
      findings.add('PL-ENDPOINT-SILENT', 'CloudWatch Logs does not answer.', { details: [cause] });
      break;
    case 'unavailable':
      addUnavailable(findings, failure.name, cause);
      break;
    default:
      findings.add('PL-REQUEST-REFUSED', `CloudWatch Logs refuses ${action}: ${cause}`, {
        fix: advice('Correct what the reason names. putlogs options lists the options.'),
      });
  }
}

function addUnavailable(findings: Findings, name: string, cause: string): void {
  if (name === 'NotTheServiceError')
    findings.add('PL-NOT-THE-SERVICE', 'Something else answers in place of CloudWatch Logs.', {
      details: [cause],
      fix: advice('Sign in to the network, or check the endpoint and the proxies on the way.'),
    });
  else if (/^E[A-Z]+$/.test(name))
    findings.add('PL-ENDPOINT-UNREACHABLE', `The connection to CloudWatch Logs failed (${cause}).`);
  else
    findings.add('PL-SERVICE-FAILS', `CloudWatch Logs answers with an error of its own (${cause}).`, {
      fix: advice('Try again later: events wait meanwhile.'),
    });
}
