// Row 13: losses that become infinite, or no number at all.

import t from 'tap';
import { createPool, Dataset, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { command, dataFolder, hashOf, membersOf, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 5 };
const WILD: readonly TrainingOptions[] = [
  { optimizer: 'sgd', learningRate: 1e30 },
  { optimizer: 'adam', learningRate: 1e30 },
  { optimizer: 'sgd', learningRate: 1e6, activation: 'relu', hidden: [64, 64, 64] },
];

for (const wild of WILD) {
  t.test(`a member that diverges is named with its epoch, by ${JSON.stringify(wild)}`, async (t) => {
    await using pool = createPool({ threads: 2 });
    const members = [NETWORK, { ...NETWORK, ...wild }, NETWORK];
    const ensemble = await trainEnsemble(dataset, { seed: 3, members }, { runner: pool });
    const message = /^Member 1 diverged in epoch \d+: its loss became (NaN|Infinity)/;
    t.match(ensemble.failures, [{ index: 1, error: { code: 'ERR_DIVERGED', message } }]);
    t.equal(ensemble.complete, false);
    const { members: all } = await undisturbed(dataset, { seed: 3, members: [NETWORK, NETWORK, NETWORK] });
    t.same(membersOf(ensemble), membersOf({ members: [all[0]!, all[2]!] }));
  });
}

t.test('features that are no numbers never reach a member', async (t) => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const x = Float64Array.from({ length: 20 }, (_, at) => (at === 7 ? odd : at));
    const make = () => Dataset.fromArrays({ x, rows: 20, features: 1, labels: new Int32Array(20) });
    t.throws(make, { code: 'ERR_DATA' });
  }
});

t.test('the command says so, saves the others, and does not end with 0', async (t) => {
  const cwd = dataFolder(t.testdir());
  const train = ['train', 'data.csv', '--target', 'label', '--seed', '1', '--hidden', '4', '--members', '3'];
  const wild = ['--optimizer', 'sgd', '--learning-rate', '1e30', '--epochs', '5', '--out', 'wild.tutti'];
  const all = await command([...train, ...wild], { cwd });
  t.equal(all.status, 1);
  t.match(all.stderr, /^tutti: All 3 members failed; the first error: Member 0 diverged/m);
  t.same(all.left, []);
  await t.rejects(hashOf(`${cwd}/wild.tutti`), { code: 'ERR_FILE' });
});

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));
