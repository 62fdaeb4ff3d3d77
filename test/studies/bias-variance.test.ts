// Bias and variance over training sets: what training and predicting by hand gives.

import t from 'tap';
import { splitRows } from '../../src/data/split.js';
import { Dataset, predictMembers, trainEnsemble } from '../../src/index.js';
import { createBiasVariance } from '../../src/measure/bias-variance.js';
import { targetBlock } from '../../src/predictions/blocks.js';
import { compareSources } from '../../src/studies/sources.js';
import { close } from '../measure/synthetic.js';
import { linear } from '../support/datasets.js';

const train = linear(120, 3);
const test = linear(80, 3);
const PLAN = { members: 2, hidden: [4], epochs: 3, seed: 5 };

t.test('each training set is half of the rows, with a seed of its own', async (t) => {
  const told: number[] = [];
  const report = await compareSources(
    train,
    test,
    { ...PLAN, vary: ['init'] },
    {
      ...{ seeds: 1, trainingSets: 3 },
      onTraining: (source, seed) => {
        if (source === 'trainingSet') told.push(seed);
      },
    },
  );
  t.same(told, [5, 6, 7]);
  const found = report.biasVariance!;
  t.same(
    [found.trainingSets, found.rowsEach, found.memberCount, found.rows, found.incomplete],
    [3, 60, 2, 80, 0],
  );
  const sums = createBiasVariance(test.task, targetBlock(test, null, { start: 0, end: 80 }));
  for (const seed of told) {
    const rows = splitRows({ rows: 120, share: 0.5, seed }).test;
    const own = Dataset.fromArrays({
      ...{ rows: 60, features: 3, standardise: false },
      x: Float32Array.from([...rows].flatMap((row) => [...train.x.subarray(3 * row, 3 * row + 3)])),
      targets: Float64Array.from(rows, (row) => train.targets[row]!),
    });
    const ensemble = await trainEnsemble(own, { ...PLAN, seed, vary: ['init'] });
    sums.addTrainingSet(await predictMembers(ensemble, test.x), null);
  }
  const expected = sums.finish()!;
  t.ok(close(found.ensemble.error, expected.ensemble.error, 1e-9));
  t.ok(close(found.member.variance, expected.member.variance, 1e-9));
  t.ok(close(found.variance!.chance, expected.variance!.chance, 1e-9));
});

t.test('without them there is none; a share alone, or one training set, is refused', async (t) => {
  const plain = { ...PLAN, vary: ['init'] } as const;
  t.equal((await compareSources(train, test, { ...plain }, { seeds: 1 })).biasVariance, null);
  await t.rejects(compareSources(train, test, PLAN, { trainingShare: 0.4 }), {
    ...{ code: 'ERR_OPTION', message: /`trainingShare` to be absent unless `trainingSets` is above 0/ },
  });
  for (const wrong of [{ trainingSets: 1 }, { trainingSets: 2.5 }, { trainingSets: 3, trainingShare: 1 }]) {
    await t.rejects(compareSources(train, test, PLAN, wrong), { code: 'ERR_OPTION' });
  }
});
