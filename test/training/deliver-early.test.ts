// A training that is to end early with what there is: members in training deliver their best epoch so far, and none begins.

import t from 'tap';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import type { TrainingOptions } from '../../src/model/options/training-options.js';
import { createPool } from '../../src/pool/pool.js';
import type { TrainingSettings } from '../../src/training/session/training-settings.js';
import { planWork, trainEnsemble } from '../../src/training/train-ensemble.js';
import { carryOut } from '../../src/training/train-plan.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(80, 6, 3);
const NETS: TrainingOptions = { members: 6, hidden: [6], epochs: 5000, patience: 5000, seed: 5 };
const TREES: TrainingOptions = { ...{ engine: 'trees', members: 6, rounds: 5000, patience: 5000, seed: 5 } };

function trainUntil(options: TrainingOptions, deliverEarly: AbortSignal, settings: TrainingSettings = {}) {
  return carryOut('trainEnsemble', dataset, settings, async () => ({
    ...(await planWork(dataset, options, settings)),
    deliverEarly,
  }));
}

/** The members that are there, each trained anew and told to stop after as many epochs. */
async function sameByCallback(ended: TrainedEnsemble, options: TrainingOptions): Promise<TrainedEnsemble> {
  const lengths = new Map(ended.members.map(({ index, history }) => [index, history.length]));
  return trainEnsemble(dataset, options, {
    onEpochEnd: ({ member, epoch }) => ({ stop: epoch >= (lengths.get(member) ?? 1) }),
  });
}

for (const [name, options] of [
  ['networks', NETS],
  ['trees', TREES],
] as const) {
  t.test(`${name} deliver the best epoch so far, as those that a callback stops`, async (t) => {
    const controller = new AbortController();
    const ended = await trainUntil(options, controller.signal, {
      onEpochEnd: ({ member, epoch }) => {
        if (member === 1 && epoch === 7) controller.abort();
        return { stop: member === 0 && epoch === 4 };
      },
    });
    t.same(
      ended.members.map(({ index, history }) => [index, history.length]),
      [
        [0, 4],
        [1, 7],
      ],
      'and no other begins',
    );
    t.equal(ended.complete, false);
    t.same(ended.failures, []);
    const same = await sameByCallback(ended, options);
    for (const member of ended.members) {
      const { parameters, epoch } = same.members[member.index]!;
      t.equal(member.epoch, epoch);
      t.same(member.parameters, parameters);
    }
  });
}

t.test('threads are told too, whichever epoch they are in', async (t) => {
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.close());
  const controller = new AbortController();
  // No machine trains as many before it is told.
  const endless: TrainingOptions = { ...NETS, epochs: 10_000_000, patience: 10_000_000 };
  const ended = await trainUntil(endless, controller.signal, {
    runner: pool,
    onEpochs: (epochs) => {
      if (epochs.some(({ epoch }) => epoch > 20)) controller.abort();
    },
  });
  t.ok(ended.members.length >= 1 && ended.members.length <= 3, `${ended.members.length} members`);
  t.ok(ended.members.every(({ history }) => history.length < 10_000_000));
  const same = await sameByCallback(ended, endless);
  for (const { index, parameters } of ended.members) t.same(parameters, same.members[index]!.parameters);
});

t.test('one that is to end before it begins trains nothing', async (t) => {
  const ended = await trainUntil(NETS, AbortSignal.abort());
  t.same(ended.members, []);
});
