import { explain } from '@putlogs/core/internal';
import test from 'ava';

for (const [kind, name, fix] of [
  ['unavailable', 'ENOTFOUND', /AWS_REGION.* AWS_ENDPOINT_URL_CLOUDWATCH_LOGS.* DNS/],
  ['unavailable', 'ECONNREFUSED', /option endpoint, .*AWS_ENDPOINT_URL_CLOUDWATCH_LOGS.* filters/],
  ['unavailable', 'ProxyError', /HTTPS_PROXY, HTTP_PROXY and NO_PROXY/],
  ['denied', 'RegionMissing', /AWS_REGION/],
  ['denied', 'CredentialsProviderError', /AWS_ACCESS_KEY_ID/],
  ['denied', 'AccessDeniedException', /logs:PutLogEvents and logs:CreateLogStream .*\/my\/app.* ends in :\*/],
  ['denied', 'SignatureDoesNotMatch', /secret access key/],
] as const) {
  test(`the report of ${name} says what to check, and what the service or Node said`, (t) => {
    const sentence = explain({ kind, failure: { name, message: 'the cause' } }, '/my/app');
    t.regex(sentence, fix);
    t.true(sentence.endsWith(`(${name}: the cause)`));
  });
}
