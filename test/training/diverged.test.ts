// Numbers that are not finite, wherever they first appear: the member is named with its epoch, and never kept.

import t, { type Test } from 'tap';
import { type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';

const classes = clusters(60, 4, 3);

/** One member in one step, whose loss before it is fine. */
const ONE_STEP: TrainingOptions = {
  ...{ members: 1, hidden: [8], seed: 2, optimizer: 'sgd', momentum: 0, schedule: 'constant' },
  ...{ epochs: 1, batchSize: 64, resample: 'none', earlyStopping: 'none' },
};

const failsWith = (t: Test, options: TrainingOptions, message: RegExp, dataset = classes) =>
  t.rejects(trainEnsemble(dataset, { ...ONE_STEP, ...options }), { code: 'ERR_MEMBERS_FAILED', message });

t.test('a weight that the last step made infinite', (t) =>
  failsWith(
    t,
    { learningRate: 1e60 },
    /Member 0 diverged in epoch 1: one of its weights became (NaN|-?Infinity)/,
  ),
);

t.test('finite weights whose answers are not', (t) =>
  failsWith(t, { learningRate: 1e25 }, /Member 0 diverged in epoch 1: its loss became (NaN|Infinity)/),
);

t.test('a loss on the rows that decide when to stop', (t) =>
  failsWith(
    t,
    { learningRate: 1e25, earlyStopping: 'validation' },
    /Member 0 diverged in epoch 1: its loss on the rows it stops by became (NaN|Infinity)/,
  ),
);

t.test('a loss of the second epoch', (t) =>
  failsWith(
    t,
    { learningRate: 1e25, epochs: 2 },
    /Member 0 diverged in epoch 2: its loss became (NaN|Infinity)/,
  ),
);

t.test('numbers of a regression, in either arithmetic', async (t) => {
  for (const arithmetic of ['strict', 'fused'] as const) {
    await failsWith(t, { learningRate: 1e25, arithmetic }, /Member 0 diverged in epoch 1/, linear(60, 4, 2));
  }
});

t.test('the epoch is the one it came to, not the last that was planned', (t) =>
  failsWith(
    t,
    { members: 2, epochs: 40, tie: 0.1, tyingMode: 'rounds', learningRate: 1e60 },
    /Member 0 diverged in epoch 1: one of its weights/,
  ),
);
