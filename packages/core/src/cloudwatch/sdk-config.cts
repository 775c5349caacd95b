/** How the AWS SDK reads its variables and files. */

import config = require('@smithy/core/config');

export = config;
