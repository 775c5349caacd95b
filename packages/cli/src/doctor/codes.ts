import type { Check, CodeRow } from './checks.js';

/** Every code of a finding. They are stable: scripts may rely on them. docs/doctor.md is written from this table. */
export const CODES = {
  'PL-NODE': ok('Node', 'This version of Node is supported.'),
  'PL-NODE-OLD': error(
    'Node',
    'This version of Node is not supported.',
    'Install Node 20.19, 22.12 or later.',
  ),
  'PL-PACKAGES': ok('Packages', 'The versions of the packages in this directory fit together.'),
  'PL-PACKAGES-DIFFER': warning(
    'Packages',
    'Packages of putlogs have different versions, or a logger is not supported.',
    'Install the same version of all packages of putlogs, Pino 7.11 to 10 and Winston 3.',
  ),
  'PL-CONFIG': ok('Configuration', 'All options are valid. The details say where each value comes from.'),
  'PL-LOG-GROUP-NAME-MISSING': error(
    'Configuration',
    'No log group is named, so a transport does not start.',
    'Set the option `logGroupName` or `PUTLOGS_LOG_GROUP_NAME`.',
  ),
  'PL-VARIABLE-MISSPELT': error(
    'Configuration',
    'A variable is not known, but similar to a known one, so a transport does not start.',
    'Correct its name, or unset it.',
  ),
  'PL-OPTION-INVALID': error(
    'Configuration',
    'An option has a value that is not valid, so a transport does not start.',
    'Correct the value. [configuration.md](configuration.md) lists the options.',
  ),
  'PL-MODULE': warning(
    'Configuration',
    'The file of the option `module` cannot be loaded, or one of its exports is wrong. A transport works without it.',
    'Correct the file. [module.md](module.md) lists what it may export.',
  ),
  'PL-VARIABLE-UNKNOWN': warning(
    'Configuration',
    'Variables that begin with `PUTLOGS_` are not known. They are ignored.',
    'If they are meant for a transport, correct their names.',
  ),
  'PL-REGION': ok('Region', 'The AWS Region is known.'),
  'PL-REGION-MISSING': error(
    'Region',
    'No AWS Region is known, so no request can be sent.',
    'Set the option `region`, `PUTLOGS_REGION`, `AWS_REGION`, or `region` of the AWS profile.',
  ),
  'PL-REGION-INVALID': error(
    'Region',
    'The name of the AWS Region is not valid.',
    'Correct `AWS_REGION`, or `region` of the AWS profile.',
  ),
  'PL-NETWORK': ok('Network', 'CloudWatch Logs responds.'),
  'PL-PLAIN-HTTP': warning(
    'Network',
    'Requests go over plain HTTP to another machine: anyone on the way can read events and session tokens.',
    'Use an `https` endpoint.',
  ),
  'PL-HOST-NOT-FOUND': error(
    'Network',
    'DNS does not know the name of the endpoint. A Region that does not exist looks like this too.',
    'Check the Region, the option `endpoint`, and the DNS of this machine.',
  ),
  'PL-ENDPOINT-REFUSED': error(
    'Network',
    'The endpoint refuses connections: nothing listens there, or a firewall rejects them.',
    'Check the endpoint, and what filters the traffic of this machine.',
  ),
  'PL-ENDPOINT-SILENT': error(
    'Network',
    'The endpoint does not respond. Usually a firewall or a security group drops the packets.',
    'Allow outgoing HTTPS to the endpoint, or create a VPC endpoint for `logs`.',
  ),
  'PL-ENDPOINT-UNREACHABLE': error(
    'Network',
    'No connection to the endpoint is possible, for another reason, which the message quotes.',
    'Check the network of this machine.',
  ),
  'PL-TLS-UNTRUSTED': error(
    'Network',
    'The certificate authority is not trusted: a proxy intercepts TLS, or the endpoint has a private certificate.',
    'Name a file with the authority: `NODE_EXTRA_CA_CERTS` adds it, `PUTLOGS_CA_FILE` trusts only it. See [network.md](network.md).',
  ),
  'PL-TLS-INVALID': error(
    'Network',
    'The certificate is for another name, or is not valid today.',
    'Check the endpoint, what answers there, and the clock of this machine.',
  ),
  'PL-PROXY-INVALID': error(
    'Network',
    'A proxy variable has no valid URL.',
    'Correct or unset the variable.',
  ),
  'PL-PROXY-UNREACHABLE': error(
    'Network',
    'The proxy cannot be reached.',
    'Check its URL, or connect directly: `PUTLOGS_PROXY=false`, or add the host to `NO_PROXY`.',
  ),
  'PL-PROXY-REFUSES': error(
    'Network',
    'The proxy wants other credentials, or does not allow this host.',
    'Allow CONNECT to the endpoint on the proxy, or correct the user name and password in its URL.',
  ),
  'PL-NOT-THE-SERVICE': error(
    'Network',
    'Something else answers in place of CloudWatch Logs, such as a captive portal or a proxy.',
    'Sign in to the network, or check the endpoint.',
  ),
  'PL-SERVICE-FAILS': error(
    'Network',
    'CloudWatch Logs answers with a server error.',
    'Try again later. Events wait meanwhile.',
  ),
  'PL-CLOCK-WRONG': warning(
    'Network',
    "The clock of this host is wrong. Requests and events use the service's time, so nothing is lost, but a record's own time may be refused.",
    'Set the clock, and keep it right with NTP.',
  ),
  'PL-CREDENTIALS': ok(
    'Credentials',
    'AWS credentials were found. The details name the provider and the identity.',
  ),
  'PL-CREDENTIALS-MISSING': error(
    'Credentials',
    'No AWS credentials were found.',
    'Give the process a role, `AWS_PROFILE`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. See [accounts.md](accounts.md).',
  ),
  'PL-CREDENTIALS-SLOW': error(
    'Credentials',
    'The source of the credentials (STS, a `credential_process`, a metadata service) does not respond.',
    'Check that this machine reaches it.',
  ),
  'PL-CREDENTIALS-WRONG': error(
    'Credentials',
    'AWS does not know the access key, or its secret is wrong.',
    'Correct the access key and its secret.',
  ),
  'PL-CREDENTIALS-EXPIRED': error(
    'Credentials',
    'The session token has expired.',
    'Get new credentials, or use a source that renews them: a role or a profile.',
  ),
  'PL-ROLE-REFUSED': error(
    'Credentials',
    'STS does not give the credentials of the role.',
    "Allow the caller in the role's trust policy, with the same external id, and give the caller `sts:AssumeRole`.",
  ),
  'PL-ENTITY': ok('Entity', 'The entity is complete, or turned off.'),
  'PL-ENTITY-NAMELESS': warning(
    'Entity',
    'Nothing names the service, so events are sent without an entity. They still arrive.',
    'Set `service`, `PUTLOGS_SERVICE` or `OTEL_SERVICE_NAME`. See [entity.md](entity.md).',
  ),
  'PL-ENTITY-INCOMPLETE': warning(
    'Entity',
    'A part of the entity could not be detected, or is ignored. Events still arrive.',
    'Do as the message says. See [entity.md](entity.md).',
  ),
  'PL-ENTITY-REJECTED': warning(
    'Entity',
    'CloudWatch Logs rejects the entity. Events arrive without it.',
    'Correct the option `entity`, `service` or `environment`. See [entity.md](entity.md).',
  ),
  'PL-LOG-GROUP': ok('Log group', 'The log group exists. The details show its class, retention and key.'),
  'PL-LOG-GROUP-NEW': ok('Log group', 'The log group does not exist yet. A transport creates it.'),
  'PL-LOG-GROUP-OF-RECORDS': ok('Log group', 'Records name the log group, so it is not known beforehand.'),
  'PL-LOG-GROUP-MISSING': error(
    'Log group',
    'The log group does not exist, and a transport may not create it.',
    'Create the log group, or set `createLogGroup`.',
  ),
  'PL-LOG-GROUP-ELSEWHERE': warning(
    'Log group',
    'The log group does not exist in this Region, but one with that name exists in another.',
    'If you mean that one, set its Region.',
  ),
  'PL-RETENTION-DIFFERS': warning(
    'Log group',
    'The log group exists, and its retention is not `retentionInDays`, which applies to log groups that a transport creates.',
    'Set it: `aws logs put-retention-policy`. Or correct the option.',
  ),
  'PL-LOG-STREAM-MISSING': error(
    'Log group',
    'The log stream does not exist, and a transport may not create it.',
    'Create the log stream, or set `createLogStream`.',
  ),
  'PL-PERMISSIONS': ok(
    'Permissions',
    'Everything that could be tried without harm is allowed. The details list it.',
  ),
  'PL-PUT-DENIED': error(
    'Permissions',
    'These credentials may not call PutLogEvents on the log group.',
    'Add the policy that the finding shows.',
  ),
  'PL-CREATE-LOG-STREAM-DENIED': error(
    'Permissions',
    'These credentials may not create log streams in the log group. Each new process needs one.',
    'Add the policy that the finding shows, or name a log stream that exists and set `createLogStream` to false.',
  ),
  'PL-CREATE-LOG-GROUP-DENIED': error(
    'Permissions',
    'The log group does not exist, and these credentials may not create it.',
    'Add the policy that the finding shows, or create the log group.',
  ),
  'PL-RETENTION-DENIED': warning(
    'Permissions',
    'The log group was created, but its retention was not set.',
    'Add the policy that the finding shows, or set the retention by hand.',
  ),
  'PL-DELIVERED': ok('Delivery', 'An event was sent, and the service took it.'),
  'PL-NOT-VISIBLE': warning(
    'Delivery',
    'The service took the event, but it could not be read back soon. Reading may lag behind.',
    'Look again later: `putlogs tail`.',
  ),
  'PL-EVENT-REJECTED': error(
    'Delivery',
    'The service took the request but rejected the event because of its time.',
    'Check the clock of this machine, and the retention of the log group.',
  ),
  'PL-THROTTLED': warning(
    'Delivery',
    'CloudWatch Logs throttles this account. Events wait and arrive later.',
    'If it lasts, raise `flushIntervalMs` or the quota. See [fleet.md](fleet.md).',
  ),
  'PL-LOG-GROUP-LIMIT': error(
    'Delivery',
    'The account has reached its limit of log groups, so none is created.',
    'Delete log groups, or raise the quota.',
  ),
  'PL-REQUEST-REFUSED': error(
    'Delivery',
    'CloudWatch Logs refuses the request, for a reason that the message quotes.',
    'Read the reason.',
  ),
  'PL-SPOOL': ok('Spool', 'The spool can be written, or there is none. The details say what is in it.'),
  'PL-SPOOL-UNUSABLE': error(
    'Spool',
    'The spool directory cannot be used, so events wait only in memory.',
    'Name a directory that belongs to the user of the process, and that no other user can write to. See [spool.md](spool.md).',
  ),
  'PL-SPOOL-LEFTOVERS': warning(
    'Spool',
    'Processes that have ended left events in the spool. The next process that uses it sends them.',
    'Start one, or send them now: `putlogs replay`.',
  ),
  'PL-SPOOL-CORRUPT': warning(
    'Spool',
    'Damaged lines were set aside in the spool.',
    'Look at `corrupt.ndjson`, and remove it.',
  ),
  'PL-DEAD-LETTERS': ok(
    'Dead letters',
    'The file for events that the service refuses can be written, or there is none.',
  ),
  'PL-DEAD-LETTERS-UNUSABLE': error(
    'Dead letters',
    'The dead-letter file cannot be written, so events that the service refuses are lost.',
    'Name a file that the user of the process can write.',
  ),
  'PL-DEAD-LETTERS-FOUND': warning(
    'Dead letters',
    'The dead-letter file has events that the service refused.',
    'Read the reasons. `putlogs replay` sends them again.',
  ),
} as const satisfies Readonly<Record<string, CodeRow>>;

export type Code = keyof typeof CODES;

function ok(check: Check, means: string): CodeRow {
  return { check, level: 'ok', means };
}

function warning(check: Check, means: string, remedy: string): CodeRow {
  return { check, level: 'warning', means, remedy };
}

function error(check: Check, means: string, remedy: string): CodeRow {
  return { check, level: 'error', means, remedy };
}
