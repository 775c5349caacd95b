export default {
  files: ['build/**/*.test.js'],
  // A process per file, as in an application: exit hooks and signals behave as they do there.
  workerThreads: false,
  timeout: '2m',
};
