// Members whose epochs ran out too early, from histories written by hand and from real trainings.

import t from 'tap';
import { stillImproving } from '../../src/ensemble/still-improving.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(120, 5, 3);
const BASE = { members: 3, hidden: [6], seed: 1 };

/** The ensemble with other losses in its histories, one for each epoch. */
async function withLosses(options: object, losses: (epoch: number) => object, best: number) {
  const ensemble = await trainEnsemble(dataset, { ...BASE, ...options });
  const members = ensemble.members.map((member) => ({
    ...member,
    epoch: best,
    history: member.history.map((record) => ({ ...record, ...losses(record.epoch) })),
  }));
  return { ...ensemble, members };
}

t.test(
  'a member whose best epoch is among its last is still improving, one that tired of waiting is not',
  async (t) => {
    const options = { epochs: 10, earlyStopping: 'outOfBag', patience: 12, learningRate: 1e-4 } as const;
    const falling = (epoch: number) => ({ validationLoss: 1 / epoch });
    t.same(stillImproving(await withLosses(options, falling, 10)), [0, 1, 2]);
    t.same(
      stillImproving(await withLosses(options, falling, 8)),
      [0, 1, 2],
      'within a quarter of the patience',
    );
    t.same(stillImproving(await withLosses(options, falling, 7)), []);
  },
);

t.test('without rows to stop on, the training loss says it', async (t) => {
  const options = { epochs: 20, earlyStopping: 'none' } as const;
  const at = (factor: number) => withLosses(options, (epoch) => ({ loss: factor ** epoch }), 20);
  t.same(stillImproving(await at(0.98)), [0, 1, 2], 'by 2 % an epoch');
  t.same(stillImproving(await at(0.995)), [], 'by half a per cent');
  t.same(stillImproving(await at(1.02)), [], 'rising');
});

t.test('real trainings: too few epochs are noticed, enough are not, and snapshots never', async (t) => {
  const few = await trainEnsemble(dataset, { ...BASE, epochs: 3, learningRate: 1e-3 });
  t.same(stillImproving(few), [0, 1, 2]);
  const enough = await trainEnsemble(dataset, { ...BASE, epochs: 400, learningRate: 0.02 });
  t.same(stillImproving(enough), []);
  t.same(stillImproving(await trainEnsemble(dataset, { ...BASE, snapshots: 3, epochs: 3 })), []);
  t.same(stillImproving(await trainEnsemble(dataset, { members: 2, seed: 1, engine: 'neighbours' })), []);
});
