/** Longer text is cut first, so that text from outside cannot make the search slow. */
const MAX_SEARCHED_LENGTH = 8192;

const SECRET_NAME =
  'x-amz-(?:security-token|signature|credential)|pass(?:word|wd|phrase)|secret|token|(?:api|access|private)[-_]?key|signature';

const SECRET_OPTION = new RegExp(`${SECRET_NAME}|credential|auth`, 'i');

/** Whether an option of this name may hold a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_OPTION.test(name);
}

/** The first group of each pattern is kept; the rest of the match is masked. */
const SECRETS: readonly RegExp[] = [
  // https://user:password@host. The password may contain a slash or an @, and inside quotes also a space. File URLs
  // have no user, and an @ behind a slash begins the name of a package.
  /(['"`(](?!file:)[a-z][a-z\d+.-]{1,20}:[/\\]+)[^'"`()]*(?<![/\\])@/gi,
  /((?<![a-z\d+.-])(?!file:)[a-z][a-z\d+.-]{1,20}:[/\\]+)[^\s'"`()]*(?<![/\\])@/gi,
  // user:password@host. An ARN may end with an e-mail address.
  /((?<![^\s'"`(=,])(?!arn:|file:))[^\s'"`(/\\@:]{1,200}:(?![/\\])[^\s'"`()]*(?<![/\\])@/gi,
  /(\bauthorization['"]?\s*(?:=>|[:=])\s*['"]?)[^'"]+/gi,
  /(\bbearer\s+)[\w.~+/=-]{8,}/gi,
  // password=…, "token": "…". Not "ExpiredToken: The provided token has expired", nor `token: <string of 7 characters>`, nor
  // the code UNABLE_TO_VERIFY_LEAF_SIGNATURE before its message.
  new RegExp(
    `((?<![\\w-])(?!(?:expired|invalid|missing|bad)[a-z]*:|unable_to_verify_leaf_signature:)[\\w-]{0,40}(?:${SECRET_NAME})[\\w-]{0,20}['"]?\\s*(?:=>|[:=])\\s*['"]?)(?!<)[^\\s'",;&)}\\]]+`,
    'gi',
  ),
  // Access key ids.
  /\b(A[KS]IA)[A-Z\d]{8,}/g,
  // Session tokens, by their first letters, or by length and mixture of characters. Text that begins with a slash is a
  // path.
  /(?<![\w+/=%.-])((?:FwoG|FQoG|IQoJ|AQoD|AQoE))[\w+/=%-]{16,}/g,
  /(?<![\w+/=%.-])(?!\/)((?=[\w+/=%-]*\d)(?=[\w+/=%-]*[a-z])(?=[\w+/=%-]*[A-Z]))[\w+/=%-]{100,}/g,
  // JSON Web Tokens.
  /\b(eyJ)[\w-]+\.[\w-]+\.[\w-]*/g,
];

/** Control characters, line and paragraph separators, and characters that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Makes text safe to show to a person, whatever it quotes. Every report, ConfigError and line on stderr passes through
 * here. Secrets are replaced with `…`, and characters that control a terminal or hide text with escapes such as
 * `\u001b`.
 */
export function redact(text: string): string {
  let safe = text.slice(0, MAX_SEARCHED_LENGTH);
  for (const secret of SECRETS) safe = safe.replace(secret, (match, kept) => mask(match, kept));
  return escapeUnprintable(safe);
}

/** Keeps the @ of a URL, which marks the beginning of the host. */
function mask(match: string, kept: string): string {
  return `${kept}…${match.endsWith('@') ? '@' : ''}`;
}

/** The escapes are those of JSON, so JSON text keeps its meaning. */
export function escapeUnprintable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
