'use strict'
var winston = require('winston'),
    WinstonCloudWatch = require('winston-cloudwatch'),
    crypto = require('crypto'),
    os = require('os')

// One stream per start of the server.
var startTime = new Date().toISOString()

winston.loggers.add('access-log', {
  transports: [
    new WinstonCloudWatch({
      logGroupName: function () { return '/shop/' + (process.env.STAGE || 'dev') },
      logStreamName: function() {
        // Spread log streams across dates as the server stays up
        let date = new Date().toISOString().split('T')[0];
        return 'express-server-' + os.hostname() + '-' + date + '-' +
          crypto.createHash('md5').update(startTime).digest('hex');
      },
      awsRegion: 'us-east-1',
      jsonMessage: true
    })
  ]
})

winston.loggers.get('access-log').info('order placed', { orderId: 42 })
