import { certificateFileFlaw } from '../util/certificate-file.js';
import { parseProxyUrl } from '../util/proxy-url.js';
import { custom, falseOrText, hrefOf, text } from './option-types.js';

/** How AWS is reached. */
export const NETWORK_OPTIONS = {
  /** The AWS Region. Default: what the AWS SDK finds. */
  region: text(/^[a-z0-9-]{1,63}$/, {
    default: undefined,
    expected: 'a Region such as eu-central-1',
    standardVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  }),
  /** The URL of the service, for a VPC endpoint or `@putlogs/local`. Default: what the AWS SDK finds. */
  endpoint: text((url) => URL.canParse(url) && /^https?:\/\/[^@]*$/.test(url), {
    default: undefined,
    expected: 'an http or https URL without a user name',
    convert: hrefOf,
  }),
  /**
   * The URL of the HTTP proxy for requests to CloudWatch Logs, STS and SSO. `false` connects directly.
   * Default: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as in the AWS CLI.
   */
  proxy: custom<string | false>(isProxy, falseOrText, {
    default: undefined,
    expected: 'false, or the http or https URL of a proxy, such as http://proxy:3128',
    convert: hrefOf,
  }),
  /**
   * A file of PEM certificates. Requests to CloudWatch Logs, STS and SSO trust only these. Default: those that
   * Node trusts, with `NODE_EXTRA_CA_CERTS`.
   */
  caFile: text((path) => certificateFileFlaw(path) === undefined, {
    default: undefined,
    expected: 'the path of a file of certificates in PEM form',
    standardVariables: ['AWS_CA_BUNDLE'],
    flaw: certificateFileFlaw,
  }),
} as const;

function isProxy(value: unknown): value is string | false {
  return value === false || (typeof value === 'string' && parseProxyUrl(value) !== undefined);
}
