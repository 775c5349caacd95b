/** A filter pattern that the service refuses. The message is the service's; `detail` says what is wrong. */
export class FilterPatternError extends Error {
  readonly detail: string;

  constructor(detail: string, message = 'Invalid filter pattern') {
    super(message);
    this.name = 'FilterPatternError';
    this.detail = detail;
  }
}
