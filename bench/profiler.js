// Writes a profile of each thread of the measured process, for shares.js: see README.md. Node's own --cpu-prof often loses
// that of a worker which ends itself.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename } from 'node:path';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

const FOLDER = new URL('results/', import.meta.url);

if (isMainThread && basename(process.argv[1] ?? '') === 'load.js')
  setEnvironmentData('profiled', JSON.parse(process.argv[2] ?? '').variant);
const variant = getEnvironmentData('profiled');

if (variant !== undefined) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  process.on('exit', () => session.post('Profiler.stop', (_error, { profile }) => write(profile)));
}

function write(profile) {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${variant}-${isMainThread ? 'main' : 'worker'}.cpuprofile`;
  writeFileSync(new URL(name, FOLDER), JSON.stringify(profile));
}
