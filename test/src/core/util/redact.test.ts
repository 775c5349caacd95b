import { redact } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const SECRET = 'hunter2';
const TOKEN = `IQoJb3JpZ2luX2VjE${'aB3+/'.repeat(60)}==`;

for (const [text, redacted] of [
  // User info in URLs.
  ['https://user:hunter2@host/path is down', 'https://…@host/path is down'],
  ['at http://hunter2@host:80', 'at http://…@host:80'],
  ['"https://user:hunter2@host"', '"https://…@host"'],
  ['https://user:a/hunter2@host', 'https://…@host'],
  ['https://user:a@hunter2@host', 'https://…@host'],
  ["'https://user:a hunter2@host'", "'https://…@host'"],
  ['(http://u:hunter2@[fd00:ec2::23]/v4)', '(http://…@[fd00:ec2::23]/v4)'],
  ['http:/user:hunter2@host', 'http:/…@host'],
  ['http:\\\\user:hunter2@host', 'http:\\\\…@host'],
  ['user:hunter2@host:80 is down', '…@host:80 is down'],
  ['HTTPS://USER:hunter2@HOST', 'HTTPS://…@HOST'],
  ['postgres://u:hunter2@db/x', 'postgres://…@db/x'],
  ['http://h/?X-Amz-Security-Token=hunter2&b=1', 'http://h/?X-Amz-Security-Token=…&b=1'],
  ['https://h/?access_token=hunter2', 'https://h/?access_token=…'],
  // Quoted headers.
  ['X-Amz-Security-Token: hunter2', 'X-Amz-Security-Token: …'],
  ['x-amz-security-token:hunter2', 'x-amz-security-token:…'],
  ['{"x-amz-security-token":"hunter2","a":1}', '{"x-amz-security-token":"…","a":1}'],
  ['Authorization: AWS4-HMAC-SHA256 Credential=hunter2/2026, Signature=hunter2', 'Authorization: …'],
  ['Authorization=Bearer hunter2', 'Authorization=…'],
  ["{ authorization: 'Basic hunter2' }", "{ authorization: '…' }"],
  ['sent with Bearer hunter2hunter2', 'sent with Bearer …'],
  // Keys and tokens, by name and by form.
  ['AWS_SECRET_ACCESS_KEY=hunter2', 'AWS_SECRET_ACCESS_KEY=…'],
  ['AWS_SESSION_TOKEN=hunter2', 'AWS_SESSION_TOKEN=…'],
  ["{ secretAccessKey: 'hunter2' }", "{ secretAccessKey: '…' }"],
  ['{"SecretAccessKey" : "hunter2", "Token" : "hunter2"}', '{"SecretAccessKey" : "…", "Token" : "…"}'],
  ['password: hunter2', 'password: …'],
  ['team=shop,db_password=hunter2', 'team=shop,db_password=…'],
  ['the key AKIAIOSFODNN7EXAMPLE is unknown', 'the key AKIA… is unknown'],
  ['ASIAIOSFODNN7EXAMPLE', 'ASIA…'],
  [`the token ${TOKEN} has expired`, 'the token IQoJ… has expired'],
  [`the token ${TOKEN.slice(20)} has expired`, 'the token … has expired'],
  ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.hunter2', 'eyJ…'],
] as const) {
  test(`a possible secret is masked: ${text.slice(0, 60)}`, (t) => {
    t.is(redact(text), redacted);
    t.false(redact(text).includes(SECRET));
  });
}

for (const text of [
  'ExpiredToken: The provided token has expired.',
  'InvalidClientTokenId: The security token included in the request is invalid.',
  'CredentialsProviderError: Could not load credentials from any providers',
  'No AWS credentials: give the process a role, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  'User: arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com is not authorized to perform: logs:PutLogEvents',
  '(AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0/jane@example.com is not authorized to perform: logs:PutLogEvents)',
  "Cannot find module 'file:///app/node_modules/@putlogs/core/dist/index.js'",
  'at file:///app/node_modules/.pnpm/winston@3.19.0/index.js:1:2',
  'The signature is refused: check the secret access key.',
  '(UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate)',
  'Signature expired: 20261126T200000Z is now earlier than 20261126T201000Z',
  'https://logs.eu-central-1.amazonaws.com/ answers 503 to me@example.com',
  'Unexpected token < in JSON at position 0',
  'connect ECONNREFUSED 127.0.0.1:4599',
  'é “quoted” 🙃 👩‍👩‍👧',
]) {
  test(`text without a secret is unchanged: ${text.slice(0, 60)}`, (t) => t.is(redact(text), text));
}

for (const [what, character, escaped] of [
  ['ESC', '\u001b', '\\u001b'],
  ['CSI', '\u009b', '\\u009b'],
  ['DEL', '\u007f', '\\u007f'],
  ['a newline', '\n', '\\u000a'],
  ['a line separator', '\u2028', '\\u2028'],
  ['a paragraph separator', '\u2029', '\\u2029'],
  ['an override of the direction', '\u202e', '\\u202e'],
  ['an isolate', '\u2066', '\\u2066'],
  ['the end of an isolate', '\u2069', '\\u2069'],
  ['the mark of Arabic letters', '\u061c', '\\u061c'],
  ['the mark of right to left', '\u200f', '\\u200f'],
] as const) {
  test(`a character that controls a terminal or hides text is escaped: ${what}`, (t) => {
    t.is(redact(`a${character}b`), `a${escaped}b`);
  });
}

test('redact() takes little time, whatever the text', (t) => {
  const start = process.cpuUsage();
  for (const unit of [
    'a:/',
    'a',
    ':',
    '@',
    'a.',
    'a:b',
    "'a:",
    'token',
    'A1a',
    '-',
    'authorization:',
    'eyJa.',
  ]) {
    redact(unit.repeat(1_000_000 / unit.length));
  }
  const { user, system } = process.cpuUsage(start);
  t.true(user + system < 5_000_000, `${(user + system) / 1000} ms`);
});

test('no unprintable character is left, whatever the text', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      t.notRegex(redact(text), /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 1000 },
  );
});
