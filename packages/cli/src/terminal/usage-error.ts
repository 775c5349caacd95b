/** The command was called incorrectly. It ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
