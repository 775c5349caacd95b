#!/usr/bin/env node
import { run } from './program.js';

// The AWS SDK says at each start from which version of Node on it will come, and would say it between the lines of a command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// Not process.exit(): what was written to a pipe would be cut off.
process.exitCode = await run(process.argv.slice(2));
