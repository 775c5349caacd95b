// Loads the AWS SDK, and stays.
import '@aws-sdk/client-cloudwatch-logs';
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => undefined);
