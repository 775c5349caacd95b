// A log line with a trace id, from a service whose name is detected on ECS. Both CloudWatch Logs and the metadata of
// the ECS task are local: @putlogs/local provides them.
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { start } from '@putlogs/local';
import { startTaskMetadata } from '@putlogs/local/metadata';
import pino from 'pino';

const local = await start();
const task = await startTaskMetadata({ serviceName: 'checkout' });
Object.assign(process.env, local.env, task.env);

// OpenTelemetry's instrumentation of Pino or Winston adds these fields by itself. Here they come from the W3C header of a
// request.
const traces = new AsyncLocalStorage();
const transport = pino.transport({ target: '@putlogs/pino', options: { logGroupName: '/example/trace' } });
const logger = pino({ mixin: () => traces.getStore() ?? {} }, transport);

function handle(request) {
  const [, trace_id, span_id, trace_flags] = request.headers.traceparent.split('-');
  traces.run({ trace_id, span_id, trace_flags }, () => logger.info({ orderId: 42 }, 'order placed'));
}

const [{ message: found }] = await once(transport, 'report'); // the first report is the entity
handle({ headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } });
await new Promise((resolve) => logger.flush(resolve));

const [{ message, logStreamName, entity }] = local.events('/example/trace');
print('log line', message);
print('trace id', JSON.parse(message).trace_id);
print('log stream', logStreamName);
print('detected', found);
print('entity', JSON.stringify(entity, undefined, 2));

transport.end();
await once(transport, 'close');
await Promise.all([local.close(), task.close()]);

function print(name, text) {
  process.stdout.write(`${name.padEnd(12)}${text}\n`);
}
