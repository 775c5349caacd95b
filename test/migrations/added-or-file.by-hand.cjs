const winston = require('winston');
const { CloudWatchTransport } = require('@putlogs/winston');

const settings = {
    name: 'shop',
    useCloudWatch: process.env.LOG_TO !== 'file',
    cloudWatch: { group: '/shop/added', stream: 'web', region: 'eu-west-1' },
};

let logger;
if (settings.useCloudWatch) {
    logger = winston.add(new CloudWatchTransport({
        logGroupName: settings.cloudWatch.group,
        logStreamName: settings.cloudWatch.stream,
        region: settings.cloudWatch.region,
        format: winston.format.printf(({ level, message, body, requestId }) => `${level} (${'request ' + requestId}) ${message}\n${JSON.stringify(body)}`)
    }));
} else if (!logger) {
    let filename = './shop';
    if (settings.name === 'test') {
        filename = './shop-test';
    }
    const transport = new (winston.transports.File)({ filename, level: 'debug' });
    logger = winston.createLogger({
        transports: [
            transport
        ]
    });
}
module.exports = logger;

logger.log('info', 'order placed', { body: { orderId: 42 }, requestId: 'r-1' });
