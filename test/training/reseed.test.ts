// Members that diverge and begin again with other streams: which they are, what the plan then says, and that the plan
// alone gives the same bytes.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { createPool } from '../../src/pool/pool.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { carryOut, workOf } from '../../src/training/train-plan.js';
import { linear } from '../support/datasets.js';

const dataset = linear(60, 5, 1);

/** Near the edge: with these streams members 1, 2 and 6 diverge, of twelve. */
const EDGE: TrainingOptions = {
  ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
  ...{ activation: 'relu', resample: 'bootstrap' },
  ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
};

/** Where no member can do otherwise. */
const HOPELESS: TrainingOptions = { ...EDGE, members: 3, learningRate: 1e25 };

const reseedsOf = ({ plan }: TrainedEnsemble) => plan.members.map(({ streams }) => streams.reseeds ?? 0);

/** Without the stacks, which say on which thread it was. */
const failuresOf = ({ failures }: TrainedEnsemble) =>
  failures.map(({ index, error: { code, message, details } }) => ({ index, code, message, details }));

const trainPlan = (of: TrainedEnsemble, on: Dataset = dataset) =>
  carryOut('test', on, {}, async () => workOf(on, of.plan, {}));

/** The members of both are the same, and those of the first plan trained without any policy. */
async function sameAsItsPlan(t: Tap, ensemble: TrainedEnsemble, on: Dataset = dataset) {
  const again = await trainPlan(ensemble, on);
  t.equal(contentHash(again), contentHash(ensemble), 'the plan alone gives the same bytes');
}

type Tap = { equal(found: unknown, wanted: unknown, message: string): boolean };

t.test('a member that diverges begins again, and the others are as they were', async (t) => {
  const dropped = await trainEnsemble(dataset, EDGE);
  t.strictSame(
    dropped.failures.map(({ index, error }) => [index, error.code]),
    [1, 2, 6].map((index) => [index, 'ERR_DIVERGED']),
  );
  const whole = await trainEnsemble(dataset, { ...EDGE, onDivergence: 'reseed' });
  t.equal(whole.complete, true);
  t.strictSame(whole.failures, []);
  for (const { index, parameters } of dropped.members)
    t.same(whole.members[index]!.parameters, parameters, `member ${index}`);
  const reseeds = reseedsOf(whole);
  t.strictSame(
    reseeds.flatMap((count, index) => (count > 0 ? [index] : [])),
    [1, 2, 6],
  );
  const { streams } = whole.plan.members[1]!;
  for (const source of ['resample', 'init', 'order', 'masks'] as const)
    t.ok(streams[source] >= 2 ** 31 && streams[source] < 2 ** 32, `${source} ${streams[source]}`);
  await sameAsItsPlan(t, whole);
});

t.test('where nothing diverges the policy changes nothing', async (t) => {
  const options = { ...EDGE, learningRate: 0.01 };
  const without = await trainEnsemble(dataset, options);
  const given = await trainEnsemble(dataset, { ...options, onDivergence: 'reseed', reseeds: 5 });
  t.equal(contentHash(given), contentHash(without));
});

const TIED = { tie: 0.01 } as const;
const CASES: readonly (readonly [string, TrainingOptions])[] = [
  ['plain members', {}],
  ['members tied in rounds', TIED],
  ['members tied exactly', { ...TIED, tyingMode: 'exact', members: 6 }],
  ['snapshots', { members: 5, snapshots: 2, learningRate: 0.2 }],
  ['snapshots tied in rounds', { ...TIED, members: 4, snapshots: 2, learningRate: 0.2 }],
  ['early stopping', { earlyStopping: 'outOfBag', patience: 3 }],
  ['plain, tied and neighbours together', { members: [{}, {}, {}, TIED, TIED, { engine: 'neighbours' }] }],
];

for (const [what, options] of CASES) {
  t.test(`${what}: the same bytes on any number of threads, and from the plan alone`, async (t) => {
    const all: TrainingOptions = { ...EDGE, ...options, onDivergence: 'reseed', reseeds: 6 };
    const here = await trainEnsemble(dataset, all);
    t.ok(
      reseedsOf(here).some((count) => count > 0),
      'some were reseeded',
    );
    for (const threads of [1, 2, 3]) {
      await using pool = createPool({ threads });
      const pooled = await trainEnsemble(dataset, all, { runner: pool });
      t.equal(contentHash(pooled), contentHash(here), `${threads} threads`);
      t.same(failuresOf(pooled), failuresOf(here));
    }
    await sameAsItsPlan(t, here);
  });
}

t.test('a member that diverges each time is given up, and says how often it began', async (t) => {
  const hopeless = trainEnsemble(dataset, { ...HOPELESS, onDivergence: 'reseed' });
  await t.rejects(hopeless, {
    code: 'ERR_MEMBERS_FAILED',
    message: /Member 0 diverged in epoch 1.*\(begun again 2 times with other streams\)/,
  });
  const { failures, plan, members } = await trainEnsemble(dataset, {
    ...EDGE,
    members: [{ learningRate: 0.01 }, { learningRate: 1e25 }],
    onDivergence: 'reseed',
    reseeds: 1,
  });
  t.equal(members.length, 1);
  t.match(failures, [
    {
      index: 1,
      error: { details: { member: 1, reseeds: 1 }, message: /begun again once with other streams/ },
    },
  ]);
  t.equal(plan.members[1]!.streams.reseeds, 1, 'the plan says what it was last trained with');
});

t.test('an ensemble that is extended goes on counting where it was', async (t) => {
  const options = { ...EDGE, learningRate: 0.12 };
  const few = await trainEnsemble(dataset, { ...options, onDivergence: 'reseed', reseeds: 1 });
  const many = await trainEnsemble(dataset, { ...options, onDivergence: 'reseed', reseeds: 9 });
  t.ok(!few.complete && many.complete, `${few.members.length} and ${many.members.length} members`);
  const rest = { members: 12, onDivergence: 'reseed', reseeds: 8 } as const;
  const extended = await extendEnsemble(few, dataset, rest);
  t.equal(contentHash(extended), contentHash(many));
});

t.test('sources of chance that members share stay shared', async (t) => {
  const { plan } = await trainEnsemble(dataset, { ...EDGE, vary: ['init', 'order'], onDivergence: 'reseed' });
  const reseeded = plan.members.filter(({ streams }) => streams.reseeds !== undefined);
  t.ok(reseeded.length > 0);
  for (const { streams } of reseeded) {
    t.equal(streams.resample, 0);
    t.equal(streams.masks, 0);
    t.ok(streams.init >= 2 ** 31 && streams.order >= 2 ** 31);
  }
});

t.test('members that vary in nothing are not begun again: they would diverge again', async (t) => {
  const options = { ...HOPELESS, vary: [], onDivergence: 'reseed' as const };
  const begun: number[] = [];
  const onEpochEnd = ({ epoch }: { epoch: number }) => {
    begun.push(epoch);
    return undefined;
  };
  await t.rejects(trainEnsemble(dataset, { ...options, batchSize: 64, epochs: 2 }, { onEpochEnd }), {
    message: /Member 0 diverged in epoch 2: its loss became \w+; a smaller `learningRate` may help$/,
  });
  t.strictSame(begun, [1, 1, 1], 'once each');
});

t.test('a group begins again whole, as long as no member of it is there', async (t) => {
  for (const tyingMode of ['rounds', 'exact'] as const) {
    const options = { ...EDGE, ...TIED, members: 6, tyingMode, onDivergence: 'reseed', reseeds: 6 } as const;
    const epochs = new Map<number, number[]>();
    const { complete, plan } = await trainEnsemble(dataset, options, {
      onEpochEnd: ({ member, epoch }) => {
        epochs.set(member, [...(epochs.get(member) ?? []), epoch]);
        return undefined;
      },
    });
    t.equal(complete, true, tyingMode);
    const spared = plan.members.findIndex(({ streams }) => streams.reseeds === undefined);
    t.ok(spared >= 0, 'one keeps its streams');
    t.ok(epochs.get(spared)!.filter((epoch) => epoch === 1).length > 1, 'and begins again all the same');
  }
});

t.test('snapshots that are there stay, and the rest of their run is given up', async (t) => {
  // A callback makes it diverge in its second cycle.
  const { members, failures, plan } = await trainEnsemble(
    dataset,
    { ...EDGE, learningRate: 0.01, members: 2, snapshots: 3, onDivergence: 'reseed' },
    { onEpochEnd: ({ member, epoch }) => (member === 1 && epoch === 3 ? { learningRate: 1e25 } : undefined) },
  );
  t.strictSame(
    members.map(({ index }) => index),
    [0, 3, 4, 5],
  );
  t.strictSame(
    failures.map(({ index, error: { code } }) => [index, code]),
    [
      [1, 'ERR_DIVERGED'],
      [2, 'ERR_DIVERGED'],
    ],
  );
  t.strictSame(
    plan.members.map(({ streams }) => streams.reseeds),
    Array(6).fill(undefined),
  );
});

t.test('whole groups of rows drawn anew may be more rows than were planned', async (t) => {
  const { x, rows, features, targets } = dataset;
  // One group is half of the rows: draws of few groups differ much in length.
  const groups = Array.from({ length: rows }, (_, row) => (row < 30 ? 0 : row));
  const grouped = Dataset.fromArrays({ x, rows, features, targets, groups, standardise: false });
  const options = { ...EDGE, resample: 'grouped', onDivergence: 'reseed', reseeds: 9 } as const;
  const ensemble = await trainEnsemble(grouped, options);
  t.ok(reseedsOf(ensemble).some((count) => count > 0));
  await sameAsItsPlan(t, ensemble, grouped);
});

t.test('a file keeps the streams, and its hash says them', async (t) => {
  const whole = await trainEnsemble(dataset, { ...EDGE, onDivergence: 'reseed' });
  const loaded = await loadEnsemble(ensembleToBytes(whole));
  t.same(loaded.plan, whole.plan);
  t.equal(contentHash(loaded), contentHash(whole));
});
