import { devNull } from 'node:os';

export default {
  files: ['build/**/*.test.js'],
  // A process per file, as in an application: exit hooks and signals behave as they do there.
  workerThreads: false,
  timeout: '2m',
  environmentVariables: {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Nothing that the user has configured for AWS.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  },
};
