// Options of members that modules of the user's describe, and options that mean nothing to whom they are given.

import t from 'tap';
import type { ResolvedModule } from '../../../src/model/options/module-table.js';
import { moduleKey } from '../../../src/training/options/member-engine.js';
import {
  type MemberOptions,
  memberCount,
  resolvePlan,
  type TrainingOptions,
} from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const CONTEXT = { task, features: 4, seed: 9, arithmetic: 'strict' } as const;
const module = { path: 'net.mjs', hash: '0'.repeat(64) };

/** A plan whose modules are all there. */
function planOf(
  options: TrainingOptions,
  uses: readonly MemberOptions[],
  resolved: Partial<ResolvedModule> = {},
) {
  const table = uses.map((own) => [moduleKey(own), { module, translated: null, ...resolved }] as const);
  return resolvePlan(parseTrainingOptions(options), { ...CONTEXT, modules: new Map(table) }).members;
}

t.test('a module of a learner makes its members learners', async (t) => {
  const options = { members: 2, learner: 'tree.mjs', learnerOptions: { depth: 3 }, featureShare: 0.5 };
  t.same(
    planOf(options, [options as object]),
    [0, 1].map((index) => ({
      ...{
        engine: 'learner',
        learner: module,
        options: { depth: 3 },
        featureShare: 0.5,
        earlyStopping: null,
      },
      resample: { kind: 'subsample', share: 0.75 },
      streams: { resample: index, init: index, order: index, masks: index },
    })),
  );
});

t.test('a model is trained by tfjs with the words of every training', async (t) => {
  const options = { engine: 'tfjs', model: 'net.mjs', epochs: 7, l2: 0.1, optimizer: 'sgd' } as const;
  const [member] = planOf({ ...options, members: 1 }, [options]);
  t.same(member, {
    ...{ engine: 'tfjs', model: module, loss: 'softmaxCrossEntropy', epochs: 7, batchSize: 32 },
    optimizer: { kind: 'sgd', learningRate: 3e-3, momentum: 0.9, nesterov: false },
    schedule: { kind: 'constant', warmupEpochs: 0 },
    ...{ resample: { kind: 'subsample', share: 0.75 }, featureShare: 1, normPenalty: { l1: 0, l2: 0.1 } },
    ...{ labelSmoothing: 0, inputNoise: 0 },
    earlyStopping: { on: 'outOfBag', patience: 30, optional: true },
    streams: { resample: 0, init: 0, order: 0, masks: 0 },
  });
});

t.test(
  'without an engine a model is a network of the wasm engine, layers and dropout as it has them',
  async (t) => {
    const options = { model: 'net.mjs', members: 1, epochs: 3 };
    const network = {
      image: null,
      layers: [{ kind: 'dense', units: 5, activation: 'tanh' }],
      init: 'glorot',
    } as const;
    const dropout = { inputKeep: 1, hiddenKeep: [0.5], scaling: 'inverted' } as const;
    const [member] = planOf(options, [options as object], { translated: { network, dropout } });
    t.match(member, { engine: 'wasm', network, dropout, epochs: 3 });
  },
);

t.test('an engine that needs a module says so', async (t) => {
  for (const [engine, name] of [
    ['learner', 'learner'],
    ['tfjs', 'model'],
  ] as const) {
    t.throws(() => resolvePlan({ engine }, CONTEXT), {
      code: 'ERR_OPTION',
      message: `Expected \`${name}\` to be the path of a module when \`engine\` is "${engine}", got nothing`,
    });
  }
});

t.test('a deadline is a positive number of seconds', async (t) => {
  t.equal(parseTrainingOptions({ deadline: 0.5 }).deadline, 0.5);
  for (const deadline of [0, -1]) {
    t.throws(() => parseTrainingOptions({ deadline }), {
      message: `Expected \`deadline\` to be a number > 0, got ${deadline}`,
    });
  }
  t.throws(() => parseTrainingOptions({ members: [{ deadline: 1 }] }), {
    message: /Unknown option `deadline`/,
  });
});

const stray: readonly (readonly [TrainingOptions, RegExp])[] = [
  [
    { engine: 'neighbours', epochs: 3 },
    /`engine` to be wasm or tfjs for a member when `epochs` is given, got "neighbours"/,
  ],
  [
    { engine: 'neighbours', hidden: [4] },
    /`engine` to be wasm for a member when `hidden` is given, got "neighbours"/,
  ],
  [{ engine: 'tfjs', model: 'm.mjs', hidden: [4] }, /`engine` to be wasm .* `hidden` is given, got "tfjs"/],
  [
    { engine: 'tfjs', model: 'm.mjs', snapshots: 2 },
    /`engine` to be wasm .* `snapshots` is given, got "tfjs"/,
  ],
  [{ engine: 'tfjs', model: 'm.mjs', tie: 0.1 }, /`engine` to be wasm .* `tie` is given, got "tfjs"/],
  [
    { learner: 't.mjs', epochs: 3 },
    /`engine` to be wasm or tfjs for a member when `epochs` is given, got "learner"/,
  ],
  [{ learner: 't.mjs', neighbours: 3 }, /`engine` to be neighbours .* `neighbours` is given, got "learner"/],
  [{ learner: 't.mjs', engine: 'wasm' }, /`engine` to be learner .* `learner` is given, got "wasm"/],
  [{ learner: 't.mjs', model: 'm.mjs' }, /`engine` to be tfjs .* `model` is given, got "learner"/],
  [{ learnerOptions: { depth: 3 } }, /`engine` to be learner .* `learnerOptions` is given, got "wasm"/],
  [{ distance: 'euclidean' }, /`engine` to be neighbours .* `distance` is given, got "wasm"/],
  [{ model: 'm.mjs', hidden: [4] }, /`hidden` to be absent when `model` is given, got \[4\]/],
  [{ model: 'm.mjs', hiddenKeep: 0.5 }, /`hiddenKeep` to be absent when `model` is given, got 0\.5/],
  [{ engine: 'neighbours', grid: { epochs: [1, 2] } }, /`epochs` is given, got "neighbours"/],
  [
    { members: [{}, { engine: 'neighbours', hidden: [4] }] },
    /`members\[1\]\.hidden` to be absent for a member of engine neighbours, got \[4\]/,
  ],
  [
    { members: [{ neighbours: 3 }, { engine: 'neighbours' }] },
    /`members\[0\]\.neighbours` to be absent for a member of engine wasm, got 3/,
  ],
  [
    { members: [{ learner: 't.mjs', batchSize: 8 }] },
    /`members\[0\]\.batchSize` to be absent for a member of engine learner, got 8/,
  ],
];

t.test('an option that nobody can use whom it was given to is refused', async (t) => {
  for (const [options, message] of stray) {
    t.throws(
      () => memberCount(parseTrainingOptions(options)),
      { code: 'ERR_OPTION', message },
      JSON.stringify(options),
    );
  }
});

t.test('an option that some of those it is shared by can use is theirs', async (t) => {
  const shared = {
    hidden: [4],
    epochs: 2,
    neighbours: 1,
    labelSmoothing: 0.1,
    resample: 'subsample',
  } as const;
  const members = [{}, { engine: 'neighbours' }] as const;
  const plan = resolvePlan(parseTrainingOptions({ ...shared, members }), CONTEXT).members;
  t.match(plan, [
    { engine: 'wasm', epochs: 2 },
    { engine: 'neighbours', neighbours: 1 },
  ]);
  const grid = { engine: ['wasm', 'neighbours'], epochs: [1, 2] } as const;
  t.equal(resolvePlan(parseTrainingOptions({ grid }), CONTEXT).members.length, 4);
  const mixed = parseTrainingOptions({
    learnerOptions: { k: 1 },
    epochs: 2,
    members: [{}, { learner: 't.mjs' }],
  });
  t.equal(memberCount(mixed), 2);
});
