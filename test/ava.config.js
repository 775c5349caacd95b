import { availableParallelism, devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

const preloaded = ['./no-link-local.cjs', './patient-timers.cjs'].map(
  (file) => `--require ${JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))}`,
);

/** Our packages then lead to the files that the compiler wrote, for the mutants. */
const conditions = process.env.TEST_UNBUNDLED === '1' ? ['--conditions=unbundled'] : [];

/** The files that take longest come first, so that none of them is left for the end, when a core would have nothing to do. */
const LONGEST = [
  'scenarios/exit/',
  'scenarios/spool/',
  'cli/',
  'local/page/',
  'scenarios/',
  'documentation/',
];

export default {
  files: ['build/**/*.test.js'],
  sortTestFiles: (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  // A process per file, as in an application: exit hooks and signals behave as they do there.
  workerThreads: false,
  // Many tests wait for a process or a timer: with one file per core a quarter of the time would pass idle.
  concurrency: 2 * availableParallelism(),
  // For a busy machine: nothing depends on it.
  timeout: '20m',
  environmentVariables: {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Not as an argument: Pino starts its workers without those of the process.
    NODE_OPTIONS: [...preloaded, ...conditions].join(' '),
    // Nothing that the user has configured for AWS and the network.
    AWS_CA_BUNDLE: '',
    http_proxy: '',
    https_proxy: '',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  },
};

function rankOf(file) {
  const rank = LONGEST.findIndex((folder) => file.includes(`/build/${folder}`));
  return rank === -1 ? LONGEST.length : rank;
}
