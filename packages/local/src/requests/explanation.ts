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

/** A part of the words, then the rule. The first that fits applies. */
const BY_WORDS: readonly (readonly [part: RegExp, rule: string, source: string])[] = [
  [
    /^Upload too large/,
    'A batch has at most 1,048,576 bytes: UTF-8 of the messages, plus 26 for each event. Send smaller batches.',
    PUT,
  ],
  [/^Log event too large/, 'An event has at most 1 MiB. Cut the message, or split it.', LIMITS],
  [/chronological order/, 'The events of a batch are sorted by timestamp. Sort them before you send.', PUT],
  [/span more than 24 hours/, 'The events of a batch span at most 24 hours. Begin a new batch.', PUT],
  [
    /log stream does not exist/,
    'A log stream exists before events are put into it. Call CreateLogStream first.',
    PUT,
  ],
  [/log group does not exist/, 'A log group exists before its streams do. Call CreateLogGroup first.', PUT],
  [
    /already exists/,
    'Names are unique. Clients that create on demand take this answer for success.',
    `${REFERENCE}API_CreateLogStream.html`,
  ],
  [
    /^Signature (expired|not yet current)/,
    'A signature is valid for five minutes. Correct the clock of the client, or the offset of this service.',
    SIGNING,
  ],
  [
    /Map keys must satisfy|entity/i,
    'The entity violates the model: its keys, or the number or the length of its attributes.',
    ENTITY,
  ],
  [
    /validation error/,
    'A member is missing, or violates the pattern, length or range that the model of the service states.',
    PUT,
  ],
];

const BY_TYPE: Readonly<Record<string, readonly [rule: string, source?: string]>> = {
  ThrottlingException: [
    'The quota of requests per second is used up. Wait, with a pause that doubles and is random.',
    LIMITS,
  ],
  ServiceUnavailableException: ['The service failed. The same request may succeed later.', PUT],
  OperationAbortedException: ['Several requests change the same resource at once. Try again.'],
  AccessDeniedException: [
    'The policy of the credentials does not allow the action on this log group.',
    `${GUIDE}iam-identity-based-access-control-cwl.html`,
  ],
  ExpiredTokenException: ['The temporary credentials are over. They have to be renewed.', SIGNING],
  UnrecognizedClientException: ['The access key does not exist in this account and partition.', SIGNING],
  MissingAuthenticationTokenException: ['The request is not signed.', SIGNING],
  IncompleteSignatureException: [
    'The request is not signed as Signature Version 4 for the service `logs`.',
    SIGNING,
  ],
  SerializationException: ['The body is not JSON of the right shape, or its encoding is not gzip.'],
  UnknownOperationException: ['No operation of CloudWatch Logs has this name. Operations are POST /.'],
  InvalidParameterException: ['A parameter has a value that the service does not accept.', PUT],
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

function explainRefusal({ errorType, errorMessage = '' }: RequestRecord): readonly Explanation[] {
  if (errorType === undefined) return [];
  const words = `${errorType}: ${errorMessage}`;
  const [, byWords, source] = BY_WORDS.find(([part]) => part.test(errorMessage)) ?? [];
  if (byWords !== undefined && source !== undefined) return [{ words, rule: byWords, source }];
  const [rule = 'See the reference of the operation.', own = REFERENCE] = BY_TYPE[errorType] ?? [];
  return [{ words, rule, source: own }];
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
