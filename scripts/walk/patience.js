import { fileURLToPath } from 'node:url';

/** For NODE_OPTIONS: makes deadlines longer on a busy machine, as in the tests. */
export const PATIENCE = `--require=${fileURLToPath(new URL('../../test/patient-timers.cjs', import.meta.url))}`;
