/** The part of the AWS SDK that `credential-source.ts` needs for a profile or a role. It is loaded only then. */

import providers = require('@aws-sdk/credential-providers');

export = providers;
