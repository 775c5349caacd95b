/** For this project's own packages, tests and benchmarks. It may change in any release. */
export { encodeFrame, FrameDecoder } from './frame.js';
export type { Info } from './info.js';
export { messageOf, withWholeErrors } from './message.js';
export { RestartingChannel } from './restarting-channel.js';
