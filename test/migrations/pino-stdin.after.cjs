var { createStream } = require('@putlogs/pino');
var { pipeline } = require('stream');
var split = require('./split2.cjs');

pipeline(process.stdin, createStream({ logGroupName: '/shop/stdin', logStreamName: 'worker' }), function () {});
