// Options as users write them: what is refused and how, and what plan they resolve to.

import t from 'tap';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import { networkSpecs } from '../../../src/model/network-members.js';
import { suggest } from '../../../src/option-names.js';
import {
  DEFAULTS,
  memberChoices,
  memberCount,
  memberOptions,
  type PlanContext,
  resolvePlan,
} from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const values = { kind: 'regression', targets: ['y'] } as const;
const CONTEXT = { task, features: 4, seed: 9, arithmetic: 'strict' } as const;

const refused: readonly [options: unknown, message: RegExp][] = [
  [{ members: -2 }, /^Expected `members` to be an integer ≥ 1, got -2$/],
  [{ members: 2.5 }, /^Expected `members` to be an integer.*got 2\.5$/],
  [{ members: [] }, /^Expected `members` /],
  [{ seed: -1 }, /^Expected `seed` to be an integer ≥ 0, got -1$/],
  [{ epochs: 0 }, /^Expected `epochs` to be an integer ≥ 1, got 0$/],
  [{ epochs: 1.5 }, /^Expected `epochs` to be an integer, got 1\.5$/],
  [{ epochs: '10' }, /^Expected `epochs` to be .*, got "10"$/],
  [{ hidden: [8, 0] }, /^Expected `hidden\[1\]` to be an integer ≥ 1, got 0$/],
  [{ hidden: 8 }, /^Expected `hidden` to be a list, got 8$/],
  [{ learningRate: 0 }, /^Expected `learningRate` to be a number > 0, got 0$/],
  [{ learningRate: Number.NaN }, /^Expected `learningRate` to be a finite number, got NaN/],
  [{ epochs: Number.POSITIVE_INFINITY }, /^Expected `epochs` to be an integer, got Infinity/],
  [{ momentum: 1 }, /^Expected `momentum` to be a number < 1, got 1$/],
  [{ resampleShare: 1.5 }, /^Expected `resampleShare` to be a number ≤ 1, got 1\.5$/],
  [{ activation: 'zigzag' }, /^Expected `activation` to be one of "relu", .*, got "zigzag"$/],
  [{ nesterov: 'yes' }, /^Expected `nesterov` to be true or false, got "yes"$/],
  [{ learningrate: 1 }, /^Unknown option `learningrate` \(did you mean `learningRate`\?\)$/],
  [{ zzzzzz: 1 }, /^Unknown option `zzzzzz`$/],
  [{ grid: { epochs: [] } }, /^Expected `grid\.epochs` to be a non-empty list, got \[\]$/],
];

t.test('each wrong option is named with what was expected and what came', async (t) => {
  for (const [options, message] of refused) {
    t.throws(() => parseTrainingOptions(options), { code: 'ERR_OPTION', message }, JSON.stringify(options));
  }
});

t.test('wrong options of a member, or of a grid, are named too', async (t) => {
  const options = [
    { members: [{}, { epochs: 0 }] },
    { members: [{}, { epoch: 2 }] },
    { grid: { epoch: [1] } },
    { grid: { epochs: [1, 0] } },
  ];
  for (const wrong of options) {
    t.throws(
      () => parseTrainingOptions(wrong),
      { code: 'ERR_OPTION', message: /epoch/ },
      JSON.stringify(wrong),
    );
  }
});

t.test('the source is named where there is one', async (t) => {
  t.throws(() => parseTrainingOptions({ epochs: 0 }, 'config.yaml'), {
    message: /^config\.yaml: Expected `epochs`/,
  });
});

t.test('a suggestion is near or there is none', async (t) => {
  const known = ['learningRate', 'epochs', 'l1', 'l2'];
  t.equal(suggest('learning_rate', known), ' (did you mean `learningRate`?)');
  t.equal(suggest('epoch', known), ' (did you mean `epochs`?)');
  t.equal(suggest('temperature', known), '');
});

t.test('without options the plan holds every default', async (t) => {
  const plan = resolvePlan({}, CONTEXT);
  t.equal(plan.members.length, DEFAULTS.members);
  t.match(plan, { seed: 9, arithmetic: 'strict', validationShare: 0 });
  t.match(plan.members[3], {
    network: { layers: Array(3).fill({ kind: 'dense', units: 128, activation: 'gelu' }), init: 'he' },
    loss: 'softmaxCrossEntropy',
    optimizer: { kind: 'adamW', learningRate: 3e-3, beta1: 0.9, beta2: 0.999, weightDecay: 0.05 },
    schedule: { kind: 'constant', warmupEpochs: 0 },
    ...{ epochs: 200, batchSize: 32, featureShare: 1 },
    earlyStopping: { on: 'outOfBag', patience: 30, optional: true },
    resample: { kind: 'subsample', share: 0.75 },
    normPenalty: { l1: 0, l2: 0 },
    streams: { resample: 3, init: 3, order: 3, masks: 3 },
  });
  t.equal(networkSpecs(resolvePlan({}, { ...CONTEXT, task: values }))[0]!.loss, 'squaredError');
});

t.test(
  'without a word about stopping, a member stops on rows it was not given, where its run can stop',
  async (t) => {
    const resolved = (options: object) => {
      const { members, validationShare } = resolvePlan(parseTrainingOptions(options), CONTEXT);
      const { earlyStopping, epochs } = networkSpecs({ members } as never)[0]!;
      return { on: earlyStopping?.on ?? null, optional: earlyStopping?.optional, epochs, validationShare };
    };
    const outOfBag = { on: 'outOfBag', optional: true, epochs: 200, validationShare: 0 };
    const validation = { ...outOfBag, on: 'validation', validationShare: 0.1 };
    const none = { on: null, optional: undefined, epochs: 40, validationShare: 0 };
    t.same(resolved({}), outOfBag);
    t.same(resolved({ resample: 'subsample', resampleShare: 0.5 }), outOfBag);
    t.same(resolved({ resample: 'subsample', resampleShare: 1 }), validation);
    t.same(resolved({ resample: 'none' }), validation);
    t.same(resolved({ snapshots: 2 }), none);
    t.same(resolved({ earlyStopping: 'none' }), none);
    t.same(resolved({ epochs: 7 }), { ...outOfBag, epochs: 7 });
    const stated = { ...outOfBag, optional: undefined };
    t.same(resolved({ earlyStopping: 'outOfBag' }), stated, 'what is asked for is not optional');
  },
);

t.test('members of a list have their own options over the shared ones, and their own streams', async (t) => {
  const options = { epochs: 7, members: [{}, { hidden: [3, 2], learningRate: 0.1 }, { epochs: 2 }] };
  const members = networkSpecs(resolvePlan(parseTrainingOptions(options), CONTEXT));
  t.same(
    members.map(({ epochs }) => epochs),
    [7, 7, 2],
  );
  t.same(
    members.map(({ streams }) => streams.init),
    [0, 1, 2],
  );
  t.same(
    members[1]!.network.layers.map((layer) => layer.kind === 'dense' && layer.units),
    [3, 2],
  );
  t.equal(members[1]!.optimizer.learningRate, 0.1);
});

t.test('a grid is all combinations, which a number of members takes in turn', async (t) => {
  const grid = { hidden: [[4], [8, 8]], learningRate: [0.1, 0.01, 0.001] };
  const pairs = (options: object) =>
    networkSpecs(resolvePlan(parseTrainingOptions(options), CONTEXT)).map(({ network, optimizer }) => [
      network.layers.length,
      optimizer.learningRate,
    ]);
  const all = [1, 2].flatMap((layers) => grid.learningRate.map((rate) => [layers, rate]));
  t.same(pairs({ grid }), all);
  t.same(pairs({ grid, members: 8 }), [...all, ...all.slice(0, 2)]);
  t.equal(memberCount({ grid, members: 8 }), 8);
  t.throws(() => resolvePlan({ grid, members: [{}] }, CONTEXT), { message: /`grid`.*`members` is a list/ });
});

t.test('members alike of a table embed its numbers in turn, where that goes with what is said', async (t) => {
  const inputColumns = [
    ['number', 3],
    ['flag', 1],
  ] as const;
  const kinds = (options: object, table: Partial<PlanContext> = { inputColumns }) => {
    const plan = resolvePlan(parseTrainingOptions(options), { ...CONTEXT, ...table });
    return networkSpecs(plan).map(({ network }) => network.inputs?.numbers?.kind ?? 'none');
  };
  const turns = ['periodic', 'piecewiseLinear', 'periodic', 'piecewiseLinear'];
  t.same(kinds({ members: 4 }), turns);
  t.same(kinds({ members: 4, preset: 'balanced', hidden: [5], embeddingSize: 3 }), turns);
  t.same(memberChoices({ members: 4 }, { ...CONTEXT, inputColumns }).choices.length, 2);
  t.same(kinds({ members: [{}, { l2: 1 }] }), ['periodic', 'periodic'], 'a list says how its members differ');
  t.same(kinds({ grid: { l2: [0, 1] } }), ['periodic', 'periodic']);
  t.same(kinds({ members: 2, numericEmbedding: 'cosine' }), ['cosine', 'cosine']);
  const without: readonly object[] = [
    { numericEmbedding: 'none' },
    { hidden: [] },
    { featureShare: 0.5 },
    { inputKeep: 0.8 },
    { tie: 0.1, hidden: [4] },
    { image: '2x2', layers: ['conv 2@2x2'] },
    { preset: 'lecture' },
  ];
  for (const options of without)
    t.same(kinds({ members: 2, ...options }), ['none', 'none'], JSON.stringify(options));
  t.same(kinds({ members: 2 }, { inputColumns: [['number', 257]] }), ['none', 'none']);
  t.same(kinds({ members: 2 }, { inputColumns: [['flag', 4]] }), ['none', 'none']);
  t.same(kinds({ members: 2 }, { inputColumns, rows: 11 }), ['none', 'none']);
  t.same(kinds({ members: 2 }, { inputColumns, rows: 12 }), turns.slice(0, 2));
  t.same(kinds({ members: 2 }, {}), ['none', 'none'], 'columns of arrays come as they are');
});

t.test('choices are made without a spec per member', async (t) => {
  const { choices, total } = memberChoices({ members: 1e9, grid: { epochs: [1, 2] } }, CONTEXT);
  t.equal(choices.length, 2);
  t.equal(total, 1e9);
});

t.test('combinations that make no sense are refused', async (t) => {
  for (const [options, message, where] of [
    [{ loss: 'squaredError' }, /`loss`.*classification/, CONTEXT],
    [{ loss: 'binaryCrossEntropy' }, /`loss`.*3 classes/, CONTEXT],
    [{ loss: 'softmaxCrossEntropy' }, /`loss`.*regression/, { ...CONTEXT, task: values }],
    [{ optimizer: 'sgd', momentum: 0, nesterov: true }, /`momentum`/, CONTEXT],
    [{ warmupEpochs: 9, epochs: 5 }, /`warmupEpochs`.*\(5\)/, CONTEXT],
    [{ resample: 'none', earlyStopping: 'outOfBag' }, /`resample`/, CONTEXT],
    [{ resample: 'subsample', resampleShare: 1, earlyStopping: 'outOfBag' }, /`resample`/, CONTEXT],
    [{ resample: 'stratified' }, /`resample`.*regression/, { ...CONTEXT, task: values }],
    [{ members: 2 ** 40 }, /`members`.*2147483647/, CONTEXT],
  ] as const) {
    t.throws(() => resolvePlan(options, where), { code: 'ERR_OPTION', message }, JSON.stringify(options));
  }
});

t.test('a validation share is held out only when a member stops by it', async (t) => {
  const share = (options: object) => resolvePlan(parseTrainingOptions(options), CONTEXT).validationShare;
  t.equal(share({}), 0);
  t.equal(share({ earlyStopping: 'outOfBag' }), 0);
  t.equal(share({ earlyStopping: 'validation' }), 0.1);
  t.equal(share({ members: [{}, { earlyStopping: 'validation' }], validationShare: 0.2 }), 0.2);
});

t.test('shapes follow from the spec, the features and the task', async (t) => {
  const shapesOf = (options: object, of: typeof task | typeof values, features = 10) => {
    const context = { ...CONTEXT, task: of };
    const [spec] = networkSpecs(resolvePlan(parseTrainingOptions({ hidden: [5], ...options }), context));
    return layerShapes(spec!, features, of);
  };
  const sizes = (shapes: ReturnType<typeof shapesOf>) => shapes.map(({ inputs, units }) => [inputs, units]);
  t.same(sizes(shapesOf({}, task)), [
    [10, 5],
    [5, 3],
  ]);
  t.same(sizes(shapesOf({ hidden: [] }, task)), [[10, 3]]);
  t.same(sizes(shapesOf({ featureShare: 0.34 }, task)), [
    [3, 5],
    [5, 3],
  ]);
  t.same(sizes(shapesOf({ loss: 'gaussianNll' }, values)), [
    [10, 5],
    [5, 2],
  ]);
  t.equal(shapesOf({ activation: 'tanh' }, task).at(-1)!.activation, 'linear');
  t.equal(parameterCount(shapesOf({}, task)), 10 * 5 + 5 + 5 * 3 + 3);
});

t.test('a run of millions of snapshots is refused before they are made', async (t) => {
  const options = { snapshots: 1e8, epochs: 1e9, members: 1 };
  t.throws(() => memberOptions(options), {
    code: 'ERR_OPTION',
    message: /`snapshots` to be so few that at most 100000/,
  });
  t.equal(memberOptions({ ...options, snapshots: 100_000 }).length, 1);
});

t.test('of a huge grid only the points that are trained are made', async (t) => {
  const axis = (length: number) => Array.from({ length }, (_, at) => 1e-6 * (at + 1));
  const grid = {
    learningRate: axis(1000),
    l2: axis(1000),
    labelSmoothing: axis(1000).map((share) => share / 2),
  };
  const options = memberOptions({ grid, members: 3 });
  const first = { learningRate: 1e-6, l2: 1e-6 };
  t.match(options.slice(0, 2), [
    { ...first, labelSmoothing: 0.5e-6 },
    { ...first, labelSmoothing: 1e-6 },
  ]);
  t.ok(options.length <= 1000);
  t.match(memberOptions({ grid: { l2: [1, 2], l1: [3, 4] }, members: 5 }), [
    { l2: 1, l1: 3 },
    { l2: 1, l1: 4 },
    { l2: 2, l1: 3 },
    { l2: 2, l1: 4 },
  ]);
  for (const members of [undefined, 2_000_000]) {
    const all = members === undefined ? { grid } : { grid, members };
    t.throws(() => memberOptions(all), { code: 'ERR_OPTION', message: /`grid` to be at most 100000 points/ });
  }
});
