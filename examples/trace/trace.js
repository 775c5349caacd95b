// A log line that belongs to a trace, and to a service that nobody has named: what ECS says of it is enough. Everything
// is on this machine: CloudWatch Logs and the metadata of an ECS task are @putlogs/local's.
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { start } from '@putlogs/local';
import { startTaskMetadata } from '@putlogs/local/metadata';
import pino from 'pino';

const local = await start();
const task = await startTaskMetadata({ serviceName: 'checkout' });
Object.assign(process.env, local.env, task.env);

// With OpenTelemetry its instrumentation of Pino, or of Winston, adds these fields, and nothing of this is needed.
// Here they come from the W3C header with which a request arrives.
const traces = new AsyncLocalStorage();
const transport = pino.transport({ target: '@putlogs/pino', options: { logGroupName: '/example/trace' } });
const logger = pino({ mixin: () => traces.getStore() ?? {} }, transport);

function handle(request) {
  const [, trace_id, span_id, trace_flags] = request.headers.traceparent.split('-');
  traces.run({ trace_id, span_id, trace_flags }, () => logger.info({ orderId: 42 }, 'order placed'));
}

const [{ message: found }] = await once(transport, 'report'); // the first tells of the entity
handle({ headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } });
await new Promise((resolve) => logger.flush(resolve));

const [{ message, logStreamName, entity }] = local.events('/example/trace');
print('log line', message);
print('trace id', JSON.parse(message).trace_id);
print('log stream', logStreamName);
print('found', found);
print('entity', JSON.stringify(entity, undefined, 2));

transport.end();
await once(transport, 'close');
await Promise.all([local.close(), task.close()]);

function print(name, text) {
  process.stdout.write(`${name.padEnd(12)}${text}\n`);
}
