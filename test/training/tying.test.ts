// Parameter tying, in rounds and exactly: against the reference in double precision, its limits, who belongs to
// a group, and the same bytes whoever trains it.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import type { TyingSpec } from '../../src/model/spec.js';
import { createPool } from '../../src/pool/pool.js';
import { resolvePlan, type TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { batchGradient, flatten, layersOf } from '../support/reference-network.js';
import { exampleAt } from '../support/reference-training.js';
import {
  addTyingGradient,
  networkOf,
  referenceMember,
  trainTiedExactly,
  trainTiedInRounds,
  tyingPenalty,
} from '../support/reference-tying.js';
import { relativeDistance } from '../support/relative-distance.js';

const dataset = clusters(70, 10, 3);
const BASE: TrainingOptions = {
  ...{ members: 3, hidden: [13, 7], epochs: 3, batchSize: 16, seed: 3, tie: 0.05 },
  earlyStopping: 'none',
};

/** Mean distance of the members' weights from their mean, relative to the mean's length. */
function spread(all: readonly Float32Array[]): number {
  const mean = all[0]!.map((_, i) => all.reduce((sum, own) => sum + own[i]!, 0) / all.length);
  return all.reduce((sum, own) => sum + relativeDistance(own, mean), 0) / all.length;
}

t.test('the gradient of loss plus tying penalty is what finite differences say', async (t) => {
  const plan = resolvePlan(
    { ...BASE, activation: 'tanh', tiedLayers: [1, 3], tyingMode: 'exact' },
    { task: dataset.task, features: dataset.features, seed: 3, arithmetic: 'strict' },
  );
  const tying = networkOf(plan, 0).tying!;
  const group = plan.members.map((_, index) => referenceMember(dataset, plan, index).layers);
  const batch = Array.from({ length: 8 }, (_, row) => exampleAt(dataset, row, null));
  const { gradients } = batchGradient(group[1]!, 'softmaxCrossEntropy', batch);
  addTyingGradient(gradients, group, 1, tying);
  const exact = gradients.flatMap(({ w, b }) => [...w, ...b]);
  const shapes = group[1]!.map(({ shape }) => shape);
  const flat = flatten(group[1]!);
  const objective = (values: Float64Array) => {
    const moved = layersOf(shapes, values);
    const { loss } = batchGradient(moved, 'softmaxCrossEntropy', batch);
    return loss + tyingPenalty([group[0]!, moved, group[2]!], tying);
  };
  const h = 1e-5;
  const estimate = Array.from(flat, (_, i) => {
    const [up, down] = [flat.slice(), flat.slice()];
    up[i]! += h;
    down[i]! -= h;
    return (objective(up) - objective(down)) / (2 * h);
  });
  t.ok(relativeDistance(exact, estimate) <= 1e-7, `off by ${relativeDistance(exact, estimate)}`);
});

const UNLIKE: TrainingOptions['members'] = [
  { learningRate: 0.003, batchSize: 16 },
  { batchSize: 11, epochs: 2 },
  { learningRate: 0.002, epochs: 4, activation: 'tanh' },
];

for (const tyingMode of ['exact', 'rounds'] as const) {
  const train = tyingMode === 'exact' ? trainTiedExactly : trainTiedInRounds;
  const cases: Record<string, TrainingOptions> = {
    adam: {},
    'sgd with momentum': { optimizer: 'sgd', learningRate: 0.02 },
    'adamW with both norm penalties': { optimizer: 'adamW', l1: 1e-3, l2: 1e-2 },
    'chosen layers': { tiedLayers: [2] },
    'members of unlike learning rates, batches and epochs': { members: UNLIKE },
    'a schedule, dropout and noise': { schedule: 'cosine', hiddenKeep: 0.8, inputNoise: 0.1 },
    'random subspaces above the first layer': { featureShare: 0.5, tiedLayers: [2, 3] },
  };
  for (const [name, options] of Object.entries(cases)) {
    t.test(`${tyingMode}: ${name}, as the reference trains`, async (t) => {
      for (const arithmetic of ['strict', 'fused'] as const) {
        const { plan, members } = await trainEnsemble(dataset, {
          ...BASE,
          ...options,
          tyingMode,
          arithmetic,
        });
        for (const [index, expected] of train(dataset, plan).entries()) {
          const off = relativeDistance(members[index]!.parameters, expected);
          t.ok(off < 2e-4, `${arithmetic}: member ${index} is off by ${off}`);
        }
      }
    });
  }

  t.test(`${tyingMode}: a vanishing strength hardly changes a member`, async (t) => {
    const untied = await trainEnsemble(dataset, { ...BASE, tie: 0 });
    const nearly = await trainEnsemble(dataset, { ...BASE, tie: 1e-30, tyingMode });
    for (const [index, { parameters: weights }] of nearly.members.entries()) {
      t.ok(relativeDistance(weights, untied.members[index]!.parameters) < 1e-5);
    }
  });

  t.test(`${tyingMode}: a large strength makes members converge`, async (t) => {
    // By plain gradient descent, stable while 2ηλg < 2; Adam's steps are too short to get there exactly.
    const options = {
      ...BASE,
      epochs: 12,
      optimizer: 'sgd',
      momentum: 0,
      learningRate: 0.02,
    } as const;
    const [none, some, much] = await Promise.all(
      [0, 0.02, 5].map(async (tie) => {
        const { members } = await trainEnsemble(dataset, {
          ...{ ...options, tie },
          ...(tie === 0 ? {} : { tyingMode }),
        });
        return spread(members.map(({ parameters: weights }) => weights));
      }),
    );
    t.ok(some! < none! && much! < some!, `${none} > ${some} > ${much}`);
    t.ok(much! < 0.05, `spread ${much}`);
  });
}

t.test('strength 0 is untied, bit for bit', async (t) => {
  const { tie: _, ...others } = BASE;
  const untied = await trainEnsemble(dataset, others);
  const zero = await trainEnsemble(dataset, { ...BASE, tie: 0 });
  t.equal(contentHash(zero), contentHash(untied));
});

t.test('rounds: no strength is too large', async (t) => {
  const { members } = await trainEnsemble(dataset, { ...BASE, tie: 1e30 });
  t.ok(spread(members.map(({ parameters: weights }) => weights)) < 1e-3);
});

t.test('regression members are tied too', async (t) => {
  const values = linear(53, 6, 2);
  const { plan, members } = await trainEnsemble(values, { ...BASE, loss: 'gaussianNll', learningRate: 1e-4 });
  for (const [index, expected] of trainTiedInRounds(values, plan).entries()) {
    t.ok(relativeDistance(members[index]!.parameters, expected) < 2e-4);
  }
});

t.test('any number of threads gives the same bytes', async (t) => {
  const { members: _, ...shared } = BASE;
  const composed: TrainingOptions = {
    ...shared,
    earlyStopping: 'outOfBag',
    patience: 2,
    epochs: 6,
    members: [
      {},
      { tie: 0 },
      { epochs: 3, learningRate: 0.01 },
      { batchSize: 7 },
      { tyingGroup: 1, hidden: [4] },
      { tyingGroup: 1, hidden: [4], hiddenKeep: 0.5 },
      { tie: 0.3, tyingMode: 'exact', epochs: 3 },
      { tie: 0.3, tyingMode: 'exact', epochs: 2 },
      { earlyStopping: 'none', snapshots: 3 },
    ],
  };
  const expected = await trainEnsemble(dataset, composed);
  t.equal(expected.complete, true);
  t.equal(expected.members.length, 11);
  for (const threads of [1, 2, 3]) {
    await using pool = createPool({ threads });
    const pooled = await trainEnsemble(dataset, composed, { runner: pool });
    t.equal(contentHash(pooled), contentHash(expected), `${threads} threads`);
    t.same(
      pooled.members.map(({ history }) => history),
      expected.members.map(({ history }) => history),
    );
  }
});

t.test('a member is tied to those of its group alone', async (t) => {
  const two = await trainEnsemble(dataset, { ...BASE, members: [{}, {}] });
  const more = [{}, {}, { tyingGroup: 1 }, { tyingGroup: 1 }, { tie: 0 }];
  const five = await trainEnsemble(dataset, { ...BASE, members: more });
  t.same(five.members[0]!.parameters, two.members[0]!.parameters);
  t.same(five.members[1]!.parameters, two.members[1]!.parameters);
});

t.test('a member that fails leaves its group, and the others go on', async (t) => {
  const wild = { optimizer: 'sgd' as const, learningRate: 1e30 };
  for (const tyingMode of ['rounds', 'exact'] as const) {
    const { members, failures } = await trainEnsemble(dataset, {
      ...BASE,
      tyingMode,
      members: [{}, wild, {}],
      // Of a wild member whose layers are all tied, rounds would leave the mean of its group.
      tiedLayers: [1],
    });
    t.strictSame(
      members.map(({ index, history }) => [index, history.length]),
      [
        [0, 3],
        [2, 3],
      ],
      tyingMode,
    );
    t.match(failures, [{ index: 1, error: { code: 'ERR_DIVERGED' } }]);
  }
});

t.test('a callback at epoch ends reaches tied members', async (t) => {
  for (const tyingMode of ['rounds', 'exact'] as const) {
    const { members } = await trainEnsemble(
      dataset,
      { ...BASE, tyingMode },
      { onEpochEnd: ({ member, epoch }) => (member === 0 && epoch === 2 ? { stop: true } : undefined) },
    );
    t.strictSame(
      members.map(({ epoch }) => epoch),
      [2, 3, 3],
    );
  }
});

t.test('members that cannot be tied are named', async (t) => {
  const refuse = (options: TrainingOptions, code: string, message: RegExp) =>
    t.rejects(trainEnsemble(dataset, { ...BASE, ...options }), { code, message });
  await refuse({ members: 1 }, 'ERR_OPTION', /`tie` to be for two members or more.*0\.05 for member 0 alone/);
  await refuse(
    { members: [{}, { hidden: [13, 8] }] },
    'ERR_SHAPE',
    /tied layer 2 to have one shape.*got 13×7 in member 0 and 13×8 in member 1/,
  );
  await refuse({ members: [{}, {}, { hidden: [13, 7, 3] }] }, 'ERR_SHAPE', /member 2/);
  await refuse({ featureShare: 0.5 }, 'ERR_OPTION', /members 0 and 1 to see the same features/);
  await refuse(
    { tiedLayers: [4] },
    'ERR_OPTION',
    /`tiedLayers` to be numbers of the 3 layers, 1 to 3, got 4/,
  );
  await refuse({ tie: -1 }, 'ERR_OPTION', /`tie` to be a number ≥ 0, got -1/);
  await refuse(
    { tyingMode: 'exact', snapshots: 2 },
    'ERR_OPTION',
    /`tyingMode` to be rounds with `snapshots`/,
  );
  const shared = await trainEnsemble(dataset, { ...BASE, featureShare: 0.5, vary: ['init', 'order'] });
  t.equal(shared.complete, true, 'the same subspace can be tied');
});

t.test('the first epoch is drawn to the mean of the initial weights', async (t) => {
  const far: TyingSpec = { strength: 1e30, layers: 'all', mode: 'rounds', group: 0 };
  const { plan, members } = await trainEnsemble(dataset, { ...BASE, epochs: 1, tie: far.strength });
  const initial = plan.members.map((_, index) => flatten(referenceMember(dataset, plan, index).layers));
  const mean = initial[0]!.map((_, i) => initial.reduce((sum, own) => sum + own[i]!, 0) / 3);
  for (const { parameters: weights } of members) t.ok(relativeDistance(weights, mean) < 1e-5);
});
