#!/usr/bin/env node
import { run } from './program.js';
import { stderr, stdout } from './terminal/output.js';

// The AWS SDK says at each start from which version of Node on it will come, and would say it between the lines of a command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.exitCode = await run(process.argv.slice(2));

// A look-up that hangs, as of a credential_process, would keep the process alive. What was written to a pipe is not cut off.
await Promise.all([stdout.flushed(), stderr.flushed()]);
process.exit();
