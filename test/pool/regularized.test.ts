// Dropout, penalties and noise on any number of threads: the same bytes; and they survive being saved.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool, type TrainedEnsemble, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = {
  ...{ members: 4, epochs: 3, seed: 11, inputKeep: 0.8, hiddenKeep: 0.5, activityPenalty: 0.01 },
  ...{ labelSmoothing: 0.1, inputNoise: 0.2 },
  grid: { hidden: [[8], [9, 5]], dropoutScaling: ['inverted' as const, 'plain' as const] },
};

t.test('the same bytes inline, on one thread and on two', async (t) => {
  const expected = contentHash(await trainEnsemble(dataset, OPTIONS));
  for (const threads of [1, 2]) {
    await using pool = createPool({ threads });
    t.equal(contentHash(await trainEnsemble(dataset, OPTIONS, { runner: pool })), expected);
  }
});

t.test('a saved dropout ensemble predicts as before', async (t) => {
  const ensemble = await trainEnsemble(dataset, OPTIONS);
  const path = join(t.testdir(), 'dropout.tutti');
  await saveEnsemble(ensemble, path);
  const loaded = await loadEnsemble(path);
  t.same(loaded.plan, ensemble.plan);
  const predict = async (of: TrainedEnsemble) => (await predictEnsemble(of, dataset.x)).mean;
  t.same(await predict(loaded), await predict(ensemble));
});
