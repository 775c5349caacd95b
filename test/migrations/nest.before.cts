import { Injectable } from '@nestjs/common';
import * as winston from 'winston';
import * as WinstonCloudwatch from 'winston-cloudwatch';

interface Settings {
	readonly group: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

@Injectable()
export class CloudWatchLogger {
	private readonly logger: winston.Logger;
	private transport?: WinstonCloudwatch;

	constructor(private readonly settings: Settings) {
		this.logger = winston.createLogger({
			level: 'silly',
			format: winston.format.combine(
				winston.format.label({ label: 'orders' }),
				winston.format.printf(({ level, message }) => `${level}: ${message}`),
			),
		});
		this.addTransport();
	}

	private addTransport(): void {
		const options: WinstonCloudwatch.CloudwatchTransportOptions = {
			level: 'info',
			logGroupName: this.settings.group,
			awsOptions: {
				credentials: {
					accessKeyId: this.settings.accessKeyId,
					secretAccessKey: this.settings.secretAccessKey,
				},
				region: process.env.AWS_REGION!,
				maxAttempts: 5,
			},
			jsonMessage: true,
			retentionInDays: 14,
		};
		this.transport = new WinstonCloudwatch(options);
		this.logger.add(this.transport);
	}

	log(message: string, context?: string): void {
		this.logger.info(message, { context });
	}
}

new CloudWatchLogger({ group: '/shop/nest', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }).log('order placed', 'Orders');
