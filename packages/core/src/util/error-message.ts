/** The code of an error of Node, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** The message of whatever was thrown, even if it is not an Error. Never throws. */
export function errorMessage(error: unknown): string {
  try {
    // A connection that failed at each address of a host has no text of its own.
    if (error instanceof AggregateError && error.message === '')
      return error.errors.map(errorMessage).join(', ');
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'what was thrown has no text';
  }
}
