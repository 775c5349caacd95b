import { App, Duration, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  Cluster,
  ContainerImage,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { writeLogs } from './write-logs.js';

class Checkout extends Stack {
  constructor(scope) {
    super(scope, 'Checkout');
    const logGroupName = '/my/app';
    const logs = new LogGroup(this, 'Logs', { logGroupName, retention: RetentionDays.ONE_MONTH });
    const taskDefinition = new FargateTaskDefinition(this, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
    for (const statement of writeLogs) taskDefinition.addToTaskRolePolicy(statement);
    const repository = Repository.fromRepositoryName(this, 'Repository', 'checkout');
    taskDefinition.addContainer('checkout', {
      image: ContainerImage.fromEcrRepository(repository, '1'),
      command: ['node', 'app.js'],
      stopTimeout: Duration.seconds(30),
      environment: {
        PUTLOGS_LOG_GROUP_NAME: logGroupName,
        PUTLOGS_CREATE_LOG_GROUP: 'false',
        AWS_REGION: this.region,
      },
      // For what is written to stdout and stderr, such as the reports of the transport.
      logging: LogDrivers.awsLogs({ streamPrefix: 'checkout' }),
    });
    const cluster = new Cluster(this, 'Cluster');
    const service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
    service.node.addDependency(logs);
  }
}

new Checkout(new App());
