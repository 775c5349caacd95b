import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('./no-link-local.cjs', import.meta.url));

export default {
  files: ['build/**/*.test.js'],
  // A process per file, as in an application: exit hooks and signals behave as they do there.
  workerThreads: false,
  timeout: '2m',
  environmentVariables: {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Not as an argument: Pino starts its workers without those of the process.
    NODE_OPTIONS: `--require ${JSON.stringify(guard)}`,
    // Nothing that the user has configured for AWS.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  },
};
