// A coordinator for measure-coordinator.ts: trains members that take no time, once to be warm and once to be measured.
// Arguments: URL, secret, folder of the store or nothing to serve it, members, units. It says what it used, and how long it took.

import { connectCluster } from '../../src/cluster/coordinator/connect-cluster.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

const [url, secret, store, members, units] = process.argv.slice(2);
const cluster = await connectCluster({
  url: url!,
  secret: secret!,
  ...(store === '' ? {} : { store: store! }),
});
const rows = 64;
const x = Float32Array.from({ length: 2 * rows }, (_, at) => Math.sin(at));
const labels = Array.from({ length: rows }, (_, row) => row % 2);
const dataset = Dataset.fromArrays({ x, labels, rows, features: 2 });
const hidden = [Number(units), Number(units)];
const options = { hidden, epochs: 1, earlyStopping: 'none', seed: Date.now() % 1e9 } as const;
await trainEnsemble(dataset, { ...options, members: 20 }, { runner: cluster });
const [begun, startedMs] = [process.cpuUsage(), performance.now()];
const ensemble = await trainEnsemble(
  dataset,
  { ...options, seed: options.seed + 1, members: Number(members) },
  { runner: cluster },
);
const { user, system } = process.cpuUsage(begun);
const bytes = ensemble.members.reduce((sum, { parameters }) => sum + parameters.byteLength, 0);
console.log(JSON.stringify({ usedMs: (user + system) / 1000, tookMs: performance.now() - startedMs, bytes }));
await cluster.close();
process.exit(0);
