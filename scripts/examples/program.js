import { start } from '@putlogs/local';
import { expectRecords } from './arrived.js';
import { expectSilence } from './process.js';

/** Runs `npm start` to its end. @param {Record<string, number>} expected how many records of each text arrive */
export function checkProgram(expected) {
  return async (project) => {
    const local = await start();
    const [, ...args] = project.manifest.scripts.start.split(' ');
    const { stderr } = await project.node(args, { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app' });
    expectSilence(stderr);
    const seen = expectRecords(local, expected);
    await local.close();
    return seen;
  };
}
