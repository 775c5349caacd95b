/**
 * An error in the service's own form, `{"__type": type, "message": message}`. The status is 400 for the client's errors,
 * including those of credentials, and 500 for the service's own.
 */
export class Refusal extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
  }
}

export const invalidParameter = (message: string): Refusal =>
  new Refusal('InvalidParameterException', message);

export const notFound = (what: 'group' | 'stream'): Refusal =>
  new Refusal('ResourceNotFoundException', `The specified log ${what} does not exist.`);

export const alreadyExists = (what: 'group' | 'stream'): Refusal =>
  new Refusal('ResourceAlreadyExistsException', `The specified log ${what} already exists`);

export const invalidSignature = (message: string): Refusal =>
  new Refusal('InvalidSignatureException', message);

export const unreadable = (message: string): Refusal => new Refusal('SerializationException', message);

/** @param isExplicit whether a statement denies it; else none allows it */
export function accessDenied(operation: string, resource: string, isExplicit: boolean): Refusal {
  const reason = isExplicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the logs:${operation} action`;
  return new Refusal(
    'AccessDeniedException',
    `User: arn:aws:iam::000000000000:user/local is not authorized to perform: logs:${operation} on resource: ${resource} ${reason}`,
  );
}
