var pinoCloudWatch = require('pino-cloudwatch');
var { pipeline } = require('stream');
var split = require('./split2.cjs');

pipeline(process.stdin, split(), pinoCloudWatch({ group: '/shop/stdin', stream: 'worker', prefix: 'unused', aws_access_key_id: process.env.AWS_ACCESS_KEY_ID, aws_secret_access_key: process.env.AWS_SECRET_ACCESS_KEY }), function () {});
