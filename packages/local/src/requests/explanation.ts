import type { RequestRecord } from '../local.js';

/** Why a request, or a part of it, was refused. */
export interface Explanation {
  /** What the service said. */
  readonly words: string;
  /** The rule behind it, and what to do. */
  readonly rule: string;
  /** Where AWS documents it. */
  readonly source?: string;
}

const REFERENCE = 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/';
const PUT = `${REFERENCE}API_PutLogEvents.html`;
const GUIDE = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/';
const LIMITS = `${GUIDE}cloudwatch_limits_cwl.html`;
const ENTITY = `${REFERENCE}API_Entity.html`;
const SIGNING = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html';

/** For a type of error, a part of its words, and the rule. Words may quote the request, so they never decide alone. */
type Rule = readonly [part: RegExp, rule: string, source?: string];

const ANY = /(?:)/;

/** The first rule whose words fit applies. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  InvalidParameterException: [
    [
      /^Upload too large/,
      'A batch has at most 1,048,576 bytes: UTF-8 of the messages, plus 26 for each event. Send smaller batches.',
      PUT,
    ],
    [/^Log event too large/, 'An event has at most 1 MiB. Cut the message, or split it.', LIMITS],
    [
      /must be in chronological order/,
      'The events of a batch are sorted by timestamp. Sort them before you send.',
      PUT,
    ],
    [/span more than 24 hours/, 'The events of a batch span at most 24 hours. Begin a new batch.', PUT],
    [
      / at 'entity(\.[^']*)?' failed to satisfy/,
      'The entity violates the model: its keys, or the number or the length of its attributes.',
      ENTITY,
    ],
    [
      /^\d+ validation errors? detected/,
      'A member is missing, or violates the pattern, length or range that the model of the service states.',
      PUT,
    ],
    [
      /nextToken is invalid/,
      'A token belongs to the request that it was answered to. Start from the first page.',
    ],
    [ANY, 'A parameter has a value that the service does not accept.'],
  ],
  ResourceNotFoundException: [
    [
      /log stream does not exist/,
      'A log stream exists before events are put into it. Call CreateLogStream first.',
      PUT,
    ],
    [
      /query does not exist/,
      'The newest 100 queries are kept. Start the query again.',
      `${REFERENCE}API_GetQueryResults.html`,
    ],
    [
      /log record does not exist/,
      'The event is no longer kept, or was in a log stream that has been deleted since.',
      `${REFERENCE}API_GetLogRecord.html`,
    ],
    [ANY, 'A log group exists before its streams do. Call CreateLogGroup first.', PUT],
  ],
  ResourceAlreadyExistsException: [
    [
      ANY,
      'Names are unique. Clients that create on demand take this answer for success.',
      `${REFERENCE}API_CreateLogStream.html`,
    ],
  ],
  InvalidSignatureException: [
    [
      ANY,
      'A signature is valid for five minutes. Correct the clock of the client, or the offset of this service.',
      SIGNING,
    ],
  ],
  ThrottlingException: [
    [
      ANY,
      'The quota of requests per second is used up. Wait, with a pause that doubles and is random.',
      LIMITS,
    ],
  ],
  ServiceUnavailableException: [[ANY, 'The service failed. The same request may succeed later.', PUT]],
  OperationAbortedException: [[ANY, 'Several requests change the same resource at once. Try again.']],
  AccessDeniedException: [
    [
      ANY,
      'The policy of the credentials does not allow the action on this resource.',
      `${GUIDE}iam-identity-based-access-control-cwl.html`,
    ],
  ],
  ExpiredTokenException: [[ANY, 'The temporary credentials have expired. They have to be renewed.', SIGNING]],
  UnrecognizedClientException: [
    [ANY, 'The access key does not exist in this account and partition.', SIGNING],
  ],
  MissingAuthenticationTokenException: [[ANY, 'The request is not signed.', SIGNING]],
  IncompleteSignatureException: [
    [ANY, 'The request is not signed as Signature Version 4 for the service `logs`.', SIGNING],
  ],
  SerializationException: [[ANY, 'The body is not JSON of the right shape, or its encoding is not gzip.']],
  UnknownOperationException: [[ANY, 'No operation of CloudWatch Logs has this name. Operations are POST /.']],
  UnsupportedOperationException: [
    [ANY, 'CloudWatch Logs has this operation, but this local service does not.'],
  ],
  MalformedQueryException: [
    [
      ANY,
      'The query is not of Logs Insights QL, or uses what this local service does not implement.',
      `${GUIDE}CWL_QuerySyntax.html`,
    ],
  ],
  TooManyTagsException: [
    [ANY, 'A resource has at most 50 tags. Remove some first.', `${REFERENCE}API_TagResource.html`],
  ],
  ValidationException: [
    [
      ANY,
      'Deletion protection is on for the log group. Turn it off first.',
      `${REFERENCE}API_PutLogGroupDeletionProtection.html`,
    ],
  ],
  InvalidOperationException: [[ANY, 'This service runs without keeping events, so they cannot be read.']],
  InternalFailure: [[ANY, 'This is a defect of the local service, not of the request. Please report it.']],
};

const TOO_LARGE: Explanation = {
  words: '413 without a body',
  rule: 'A body has at most 16 MiB, before and after compression. Send smaller batches.',
};

const REJECTED_ENTITY: Readonly<Record<string, string>> = {
  InvalidKeyAttributes:
    'Key attributes are Type, ResourceType, Identifier, Name and Environment; others are not allowed.',
  MissingRequiredFields:
    'Type is required; a Service needs Name and Environment, a Resource needs ResourceType and Identifier.',
  InvalidTypeValue: 'Type is Service, RemoteService, Resource, AWS::Service or AWS::Resource.',
  UnsupportedLogGroupType: 'Only log groups of the class STANDARD take entities.',
};

/** Explains a request that was refused, or answered without all of its events or its entity. */
export function explain(record: RequestRecord): readonly Explanation[] {
  return [
    ...explainRefusal(record),
    ...explainEvents(record),
    ...explainEntity(record),
    ...explainFault(record),
  ];
}

function explainRefusal({ errorType, errorMessage = '', status }: RequestRecord): readonly Explanation[] {
  if (errorType === undefined) return status === 413 ? [TOO_LARGE] : [];
  const rules = Object.hasOwn(RULES, errorType) ? RULES[errorType] : undefined;
  const [, rule = 'See the reference of the operation.', source = REFERENCE] =
    rules?.find(([part]) => part.test(errorMessage)) ?? [];
  return [{ words: `${errorType}: ${errorMessage}`, rule, source }];
}

function explainEvents({ rejectedLogEventsInfo, events = 0 }: RequestRecord): readonly Explanation[] {
  if (!rejectedLogEventsInfo) return [];
  const { tooOldLogEventEndIndex, expiredLogEventEndIndex, tooNewLogEventStartIndex } = rejectedLogEventsInfo;
  const source = `${REFERENCE}API_RejectedLogEventsInfo.html`;
  const explanations: Explanation[] = [];
  const add = (words: string, rule: string) => explanations.push({ words, rule, source });
  if (tooOldLogEventEndIndex !== undefined) {
    add(
      `tooOldLogEventEndIndex: ${tooOldLogEventEndIndex}`,
      `${count(tooOldLogEventEndIndex)} too old: the service takes events of the last 14 days.`,
    );
  }
  if (expiredLogEventEndIndex !== undefined) {
    const expired = expiredLogEventEndIndex - (tooOldLogEventEndIndex ?? 0);
    add(
      `expiredLogEventEndIndex: ${expiredLogEventEndIndex}`,
      `${count(expired)} older than the retention of the log group.`,
    );
  }
  if (tooNewLogEventStartIndex !== undefined) {
    add(
      `tooNewLogEventStartIndex: ${tooNewLogEventStartIndex}`,
      `${count(events - tooNewLogEventStartIndex)} too new: more than 2 hours ahead of the service. Check the clock of the client.`,
    );
  }
  return explanations;
}

const count = (events: number): string => (events === 1 ? 'One event is' : `${events} events are`);

function explainEntity({ rejectedEntityInfo }: RequestRecord): readonly Explanation[] {
  if (!rejectedEntityInfo) return [];
  const { errorType } = rejectedEntityInfo;
  const rule = REJECTED_ENTITY[errorType] ?? 'The service did not accept the entity.';
  return [
    {
      words: `rejectedEntityInfo: ${errorType}`,
      rule: `${rule} The events were stored without the entity.`,
      source: `${REFERENCE}API_RejectedEntityInfo.html`,
    },
  ];
}

const explainFault = ({ fault, status }: RequestRecord): readonly Explanation[] =>
  fault === undefined
    ? []
    : [
        {
          words: `fault: ${fault}`,
          rule:
            status === 0
              ? 'The request was not answered, because of a fault that is switched on here.'
              : 'A fault that is switched on here caused this answer.',
        },
      ];
