// Snapshot ensembles: one run leaves a member at the end of each cosine cycle.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { scheduleFactor } from '../../src/model/learning-rate.js';
import { cycleOf } from '../../src/model/snapshots.js';
import { createPool } from '../../src/pool/pool.js';
import { memberCount, runCount, type TrainingOptions } from '../../src/training/options/options.js';
import type { TrainingSettings } from '../../src/training/session/training-settings.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { carryOut, workOf } from '../../src/training/train-plan.js';
import { clusters } from '../support/datasets.js';
import { messageRunner } from '../support/message-runner.js';
import { trainReference } from '../support/reference-training.js';
import { networkOf } from '../support/reference-tying.js';

const dataset = clusters(70, 10, 3);
const BASE: TrainingOptions = {
  members: 1,
  hidden: [13, 7],
  epochs: 5,
  batchSize: 16,
  seed: 3,
  snapshots: 2,
};

t.test('each snapshot is what the reference has at the end of its cycle', async (t) => {
  for (const arithmetic of ['strict', 'fused'] as const) {
    const { plan, members, complete } = await trainEnsemble(dataset, { ...BASE, arithmetic });
    t.equal(complete, true);
    for (const [index, { parameters: weights, history, epoch }] of members.entries()) {
      const expected = trainReference(dataset, plan, index).weights;
      const norm = Math.hypot(...expected);
      const off = Math.hypot(...expected.map((w, i) => w - weights[i]!)) / norm;
      t.ok(off < 2e-4, `${arithmetic}: snapshot ${index} is off by ${off}`);
      const { first, last } = cycleOf(plan.members[index]!);
      t.equal(epoch, last);
      t.strictSame(
        history.map((record) => record.epoch),
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
      );
    }
  }
});

t.test('cycles share the epochs out and cover them', async (t) => {
  for (const [epochs, of] of [
    [5, 2],
    [10, 4],
    [7, 7],
    [40, 5],
  ] as const) {
    let next = 1;
    for (let index = 0; index < of; index++) {
      const { first, last } = cycleOf({ epochs, snapshot: { index, of } });
      t.equal(first, next);
      t.ok(last >= first);
      next = last + 1;
    }
    t.equal(next, epochs + 1);
  }
});

t.test('the learning rate starts anew in every cycle and ends at its final factor', async (t) => {
  const schedule = { kind: 'cyclicCosine', cycles: 3, finalFactor: 0.1, warmupEpochs: 0 } as const;
  const [epochs, steps] = [10, 4];
  for (let index = 0; index < 3; index++) {
    const { first, last } = cycleOf({ epochs, snapshot: { index, of: 3 } });
    const own = Array.from({ length: (last - first + 1) * steps }, (_, i) =>
      scheduleFactor(schedule, (first - 1) * steps + i, steps, epochs),
    );
    t.equal(own[0], 1);
    t.ok(Math.abs(own.at(-1)! - 0.1) < 1e-12);
    t.ok(own.every((factor, i) => i === 0 || factor < own[i - 1]!));
  }
});

t.test('runs of a grid and a list leave their members one after the other', async (t) => {
  const { hidden: _, ...others } = BASE;
  const grid = { ...others, members: 3, grid: { hidden: [[4], [6]] } };
  t.equal(memberCount(grid), 6);
  t.equal(runCount(grid), 3);
  const list: TrainingOptions = { ...BASE, snapshots: 1, members: [{}, { snapshots: 3 }, { hidden: [3] }] };
  t.equal(memberCount(list), 5);
  const expected = await trainEnsemble(dataset, list);
  t.strictSame(
    expected.plan.members.map(({ streams }, index) => [
      networkOf(expected.plan, index).snapshot?.index ?? null,
      streams.init,
    ]),
    [
      [null, 0],
      [0, 1],
      [1, 1],
      [2, 1],
      [null, 2],
    ],
  );
  await using pool = createPool({ threads: 2 });
  t.equal(contentHash(await trainEnsemble(dataset, list, { runner: pool })), contentHash(expected));
});

t.test('a run may leave its members together when it ends, each with all its epochs', async (t) => {
  const { snapshots: _, ...others } = BASE;
  const options: TrainingOptions = {
    ...others,
    members: 2,
    earlyStopping: 'outOfBag',
    patience: 1,
    epochs: 9,
  };
  const single = await trainEnsemble(dataset, options);
  const of = 3;
  const members = single.plan.members.flatMap((spec) =>
    Array.from({ length: of }, (_, index) => ({ ...spec, snapshot: { index, of, at: 'end' as const } })),
  );
  const train = (settings: TrainingSettings = {}) =>
    carryOut('trainEnsemble', dataset, settings, async () =>
      workOf(dataset, { ...single.plan, members }, {}),
    );
  const seen: number[] = [];
  const { members: trained, complete } = await train({ onMember: ({ index }) => seen.push(index) });
  t.equal(complete, true);
  t.strictSame(seen, [0, 1, 2, 3, 4, 5]);
  for (const [index, { parameters, history, epoch }] of trained.entries()) {
    const like = single.members[Math.floor(index / of)]!;
    t.same(parameters, like.parameters);
    t.strictSame([history, epoch], [like.history, like.epoch]);
  }
  await using pool = createPool({ threads: 2 });
  const elsewhere = await train({ runner: pool });
  const onMessages = await train({ runner: messageRunner(3) });
  t.strictSame(
    [elsewhere, onMessages].map(contentHash),
    Array.from({ length: 2 }, () => contentHash({ ...elsewhere, members: trained })),
  );
});

t.test('progress counts members and never more than there are', async (t) => {
  await using pool = createPool({ threads: 2 });
  const options = { ...BASE, members: 3, epochs: 60, snapshots: 3 };
  for (const extra of [{}, { tie: 0.01 }, { snapshots: 1, tie: 0.01, tyingMode: 'exact' as const }]) {
    const seen: number[] = [];
    const ensemble = await trainEnsemble(
      dataset,
      { ...options, ...extra },
      {
        runner: pool,
        onProgress: ({ done, planned, remainingMs }) => {
          t.ok(done <= planned);
          t.ok(remainingMs === null || remainingMs >= 0);
          seen.push(done);
        },
      },
    );
    t.equal(seen.at(-1), ensemble.plan.members.length);
  }
});

t.test('a run that fails, or is ended by a callback, says so of every member it still owed', async (t) => {
  const members = [{}, { optimizer: 'sgd' as const, learningRate: 1e30 }];
  const ensemble = await trainEnsemble(dataset, { ...BASE, members });
  t.strictSame(
    ensemble.members.map(({ index }) => index),
    [0, 1],
  );
  t.match(ensemble.failures, [
    { index: 2, error: { code: 'ERR_DIVERGED' } },
    { index: 3, error: { code: 'ERR_DIVERGED' } },
  ]);
  const stopped = await trainEnsemble(
    dataset,
    { ...BASE, epochs: 6, snapshots: 3 },
    { onEpochEnd: ({ epoch }) => (epoch === 3 ? { stop: true } : undefined) },
  );
  t.strictSame(
    stopped.members.map(({ index, epoch }) => [index, epoch]),
    [
      [0, 2],
      [1, 3],
    ],
  );
  t.match(stopped.failures, [
    { index: 2, error: { code: 'ERR_CANCELLED', message: /Member 2 was not trained/ } },
  ]);
});

t.test('snapshots that make no sense are refused', async (t) => {
  const refuse = (options: TrainingOptions, message: RegExp) =>
    t.rejects(trainEnsemble(dataset, { ...BASE, ...options }), { code: 'ERR_OPTION', message });
  await refuse({ snapshots: 6 }, /`snapshots` to be at most `epochs` \(5\), got 6/);
  await refuse({ snapshots: 0 }, /`snapshots` to be an integer ≥ 1, got 0/);
  await refuse({ schedule: 'step' }, /`schedule` to be cosine with `snapshots`, got "?step/);
  await refuse({ earlyStopping: 'outOfBag' }, /`earlyStopping` to be none with `snapshots`/);
  await refuse({ warmupEpochs: 2 }, /`warmupEpochs` to be less than the 2 epochs/);
});
