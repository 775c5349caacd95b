/** The command was called in a wrong way. It ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
