// Where the time of a thread goes, by what it runs: node bench/shares.js <file.cpuprofile>. See README.md.
import { readFile } from 'node:fs/promises';
import { percent, table } from './figures.js';

const { nodes, samples, timeDeltas } = await profileOrExit(process.argv[2]);
const nodeOf = new Map(nodes.map((node) => [node.id, node]));

/** @type {Map<string, number>} */
const micros = new Map();
samples.forEach((id, i) => {
  const place = placeOf(nodeOf.get(id).callFrame);
  micros.set(place, (micros.get(place) ?? 0) + timeDeltas[i]);
});

const all = timeDeltas.reduce((sum, delta) => sum + delta, 0);
const rows = [...micros].sort(([, a], [, b]) => b - a).filter(([, share]) => share > all / 200);
process.stdout.write(
  `${table(
    ['', 'share'],
    rows.map(([place, share]) => [place, percent(share / all)]),
  )}\n`,
);

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
async function profileOrExit(file) {
  try {
    const profile = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(profile.samples)) throw new Error(`${file} is no profile`);
    return profile;
  } catch (error) {
    process.stderr.write(`node bench/shares.js <file.cpuprofile>: ${error.message}\n`);
    process.exit(2);
  }
}

/** A file of ours, a package of others, a module of Node's, or what V8 says in brackets. */
function placeOf({ url, functionName }) {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return /^@(aws-sdk|smithy)\//.test(name) ? 'the AWS SDK' : name;
  const [, ours] = /.*((?:packages|bench)\/.*)/.exec(url) ?? [];
  return ours ?? (url || functionName);
}
