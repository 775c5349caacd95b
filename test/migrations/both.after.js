#!/usr/bin/env node
// A file that is not JSX but has <angles>, and both packages.
import pino from 'pino';
import winston from 'winston';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';
import { fromNodeProviderChain } from './providers.js';

const getStream = () => 'stream-' + process.pid;

const cloudWatch = new CloudWatchTransport(
  Object.assign(
    {},
    {
      logGroupName: '/shop/both',
      logStreamName: 'stream-{pid}',
      format: process.argv.includes('--json') ? jsonFormat() : winston.format.printf((info) => info.message),
      region: 'eu-west-1',
      endpoint: process.env.AWS_ENDPOINT_URL,
    },
  ),
);

winston.createLogger({ transports: [cloudWatch], format: winston.format.simple() }).info('by winston');

const target = '@putlogs/pino';
const options = { logGroupName: '/shop/both', logStreamName: 'pino', region: 'eu-west-1' };
pino({}, pino.transport({ target, options })).info('by pino');
