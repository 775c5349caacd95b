/** Longer text is cut before it is searched, so that foreign text costs little. */
const MAX_SEARCHED_LENGTH = 8192;

const SECRET_NAME =
  'x-amz-(?:security-token|signature|credential)|pass(?:word|wd|phrase)|secret|token|(?:api|access|private)[-_]?key|signature';

const SECRET_OPTION = new RegExp(`${SECRET_NAME}|credential|auth`, 'i');

/** Whether the value of an option by this name is to be kept secret. */
export function isSecretName(name: string): boolean {
  return SECRET_OPTION.test(name);
}

/** What is kept of each match stands in its first group. */
const SECRETS: readonly RegExp[] = [
  // https://user:password@host, also with a slash, an @ or, in quotes, a space in it. The path of a file has no user, and
  // the name of a package begins with an @ behind a slash.
  /(['"`(](?!file:)[a-z][a-z\d+.-]{1,20}:[/\\]+)[^'"`()]*(?<![/\\])@/gi,
  /((?<![a-z\d+.-])(?!file:)[a-z][a-z\d+.-]{1,20}:[/\\]+)[^\s'"`()]*(?<![/\\])@/gi,
  // user:password@host. An ARN may end with an address of e-mail.
  /((?<![^\s'"`(=,])(?!arn:|file:))[^\s'"`(/\\@:]{1,200}:(?![/\\])[^\s'"`()]*(?<![/\\])@/gi,
  /(\bauthorization['"]?\s*(?:=>|[:=])\s*['"]?)[^'"]+/gi,
  /(\bbearer\s+)[\w.~+/=-]{8,}/gi,
  // Neither "ExpiredToken: The provided token has expired", nor `token: <string of 7 characters>`.
  new RegExp(
    `((?<![\\w-])(?!(?:expired|invalid|missing|bad)[a-z]*:)[\\w-]{0,40}(?:${SECRET_NAME})[\\w-]{0,20}['"]?\\s*(?:=>|[:=])\\s*['"]?)(?!<)[^\\s'",;&)}\\]]+`,
    'gi',
  ),
  // The id of an access key.
  /\b(A[KS]IA)[A-Z\d]{8,}/g,
  // A session token: by its first letters, or by its length and kinds of letters. A path begins with a slash.
  /(?<![\w+/=%.-])((?:FwoG|FQoG|IQoJ|AQoD|AQoE))[\w+/=%-]{16,}/g,
  /(?<![\w+/=%.-])(?!\/)((?=[\w+/=%-]*\d)(?=[\w+/=%-]*[a-z])(?=[\w+/=%-]*[A-Z]))[\w+/=%-]{100,}/g,
  // A JSON web token.
  /\b(eyJ)[\w-]+\.[\w-]+\.[\w-]*/g,
];

/** Control characters, line and paragraph separators, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text that is fit to be told, whatever is quoted in it. Everything told to a person goes through here: reports, stderr, a
 * ConfigError. Secrets become `…`. What steers a terminal, or hides what it shows, becomes `\u001b`.
 */
export function redact(text: string): string {
  let safe = text.slice(0, MAX_SEARCHED_LENGTH);
  for (const secret of SECRETS) safe = safe.replace(secret, (match, kept) => mask(match, kept));
  return escapeUnprintable(safe);
}

/** A URL keeps the @, which says where its host begins. */
function mask(match: string, kept: string): string {
  return `${kept}…${match.endsWith('@') ? '@' : ''}`;
}

/** In JSON text the same is written: the escapes are those of JSON. */
export function escapeUnprintable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
