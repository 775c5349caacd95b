import type { IncomingMessage } from 'node:http';
import {
  operationOf,
  type Reply,
  serviceReply,
  TOO_LARGE,
  TooLarge,
  unknownOperation,
} from '../http/protocol.js';
import type { RequestRecord } from '../local.js';
import type { Members } from '../operations/members.js';
import type { Operation } from '../operations/operation.js';
import { OPERATIONS } from '../operations/operations.js';
import { UNSUPPORTED_OPERATIONS, unsupportedOperation } from '../operations/unsupported.js';
import { Refusal } from '../refusal/refusal.js';

/** Longer names are not recorded, since the service refuses them; longer messages are cut. */
const MAX_RECORDED = 512;

/** The record of a request that is being answered. */
export type Draft = { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] };

/** The operation that a request asks for. */
export function findOperation(request: IncomingMessage, record: Draft): Operation {
  if (request.method !== 'POST' || request.url !== '/') throw unknownOperation(404);
  const name = operationOf(request.headers);
  record.operation = name.slice(0, MAX_RECORDED);
  const operation = OPERATIONS.get(name);
  if (!operation) throw UNSUPPORTED_OPERATIONS.has(name) ? unsupportedOperation(name) : unknownOperation(400);
  return operation;
}

/** Notes the names in a request. */
export function recordNames(members: Members, record: Draft): void {
  const group = members.peek('logGroupName');
  const stream = members.peek('logStreamName');
  if (group !== undefined && group.length <= MAX_RECORDED) record.logGroupName = group;
  if (stream !== undefined && stream.length <= MAX_RECORDED) record.logStreamName = stream;
}

/** The reply to a failed request. An error that is not a Refusal is a defect of this service, and answered with a 500. */
export function refuse(error: unknown, record: Draft): Reply {
  if (error instanceof TooLarge) return TOO_LARGE;
  const refusal = error instanceof Refusal ? error : new Refusal('InternalFailure', String(error), 500);
  record.errorType = refusal.type;
  record.errorMessage = refusal.message.slice(0, MAX_RECORDED);
  return serviceReply(refusal.status, { __type: refusal.type, message: refusal.message });
}
