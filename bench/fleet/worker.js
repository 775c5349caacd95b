import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './simulate.js';

parentPort?.postMessage(await simulate(workerData));
