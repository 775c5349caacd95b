'use strict'
var winston = require('winston'),
    { CloudWatchTransport, jsonFormat } = require('@putlogs/winston'),
    crypto = require('crypto'),
    os = require('os')

// One stream per start of the server.
var startTime = new Date().toISOString()

winston.loggers.add('access-log', {
  transports: [
    new CloudWatchTransport({
      logGroupName: `/shop/${process.env.STAGE || 'dev'}`,
      logStreamName: `express-server-{hostname}-{date}-${crypto.createHash('md5').update(startTime).digest('hex')}`,
      region: 'us-east-1',
      format: jsonFormat()
    })
  ]
})

winston.loggers.get('access-log').info('order placed', { orderId: 42 })
