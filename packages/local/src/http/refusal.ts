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
