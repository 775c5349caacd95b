/** Which log streams are read. */
export interface StreamPattern {
  /** For the service, which knows only beginnings of names. undefined: all. */
  readonly prefix: string | undefined;
  matches(logStreamName: string): boolean;
}

/** @param text a name with `*` for anything. Without `*` it is the beginning of a name. */
export function streamPattern(text: string | undefined): StreamPattern {
  if (text === undefined) return { prefix: undefined, matches: () => true };
  const [prefix = '', ...rest] = text.split('*');
  const pattern = [prefix, ...rest].map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&')).join('.*');
  const regExp = new RegExp(rest.length === 0 ? `^${pattern}` : `^${pattern}$`, 's');
  return { prefix: prefix === '' ? undefined : prefix, matches: (name) => regExp.test(name) };
}
