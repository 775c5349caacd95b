import { Module } from 'node:module';
import { InProcessChannel, systemClock, WorkerBackpressure } from '@putlogs/core/internal';
import { Reporter, resolveConfig } from '@putlogs/core/main-thread';
import test, { type ExecutionContext } from 'ava';

/** As in a bundle, where `require` does not find the package. */
function failToRequire(t: ExecutionContext): void {
  const resolve = Reflect.get(Module, '_resolveFilename');
  t.teardown(() => Reflect.set(Module, '_resolveFilename', resolve));
  Reflect.set(Module, '_resolveFilename', (request: string, ...rest: unknown[]) => {
    if (request.startsWith('#putlogs/')) throw new Error('not found, on purpose');
    return resolve(request, ...rest);
  });
}

test.serial('a pipeline whose code is loaded only after it was abandoned does not open', async (t) => {
  failToRequire(t);
  const config = resolveConfig({ logGroupName: '/test/app', region: 'eu-west-1' });
  const reporter = new Reporter(() => undefined, false, systemClock);
  const context = {
    config,
    clock: systemClock,
    backpressure: new WorkerBackpressure(config.maxBufferBytes, reporter),
    report: () => undefined,
    broken: () => undefined,
  };
  const listeners = () => process.listenerCount('beforeExit');
  const before = listeners();
  const abandoned = new InProcessChannel(context);
  abandoned.abandon();
  await abandoned.started;
  t.is(listeners(), before);
  const kept = new InProcessChannel(context);
  t.not(kept.started, undefined);
  await kept.started;
  t.is(listeners(), before + 1, 'an open pipeline listens');
  await kept.close();
});
