// Options without effect are refused, each with what would make it effective; and those that have one are not.

import t from 'tap';
import { engineFor } from '../../../src/training/options/member-engine.js';
import { memberCount, memberOptions } from '../../../src/training/options/options.js';
import { MEMBER_USES } from '../../../src/training/options/stray-options.js';
import { parseTrainingOptions, trainingSchema } from '../../../src/training/options/training-schema.js';

type Plain = Readonly<Record<string, unknown>>;

const resolved = (options: Plain) => () => memberCount(parseTrainingOptions(options));

/** For each option that matters under a condition: the option, where it is in vain, and where it is not. */
const CONDITIONS: Readonly<
  Record<string, { given: unknown; vain: readonly Plain[]; used: readonly Plain[] }>
> = {
  huberDelta: { given: 0.5, vain: [{}, { loss: 'squaredError' }], used: [{ loss: 'huber' }] },
  quantiles: { given: [0.1, 0.9], vain: [{}, { loss: 'gaussianNll' }], used: [{ loss: 'quantile' }] },
  focalGamma: { given: 1, vain: [{}, { loss: 'softmaxCrossEntropy' }], used: [{ loss: 'focal' }] },
  momentum: { given: 0.5, vain: [{}, { optimizer: 'adamW' }], used: [{ optimizer: 'sgd' }] },
  nesterov: { given: true, vain: [{}], used: [{ optimizer: 'sgd' }] },
  beta1: { given: 0.8, vain: [{ optimizer: 'sgd' }], used: [{}, { optimizer: 'adamW' }] },
  beta2: { given: 0.99, vain: [{ optimizer: 'sgd' }], used: [{}, { optimizer: 'adamW' }] },
  weightDecay: {
    given: 0.1,
    vain: [{ optimizer: 'adam' }, { optimizer: 'sgd' }],
    used: [{}, { optimizer: 'adamW' }, { optimizer: 'muon' }],
  },
  stepEvery: { given: 3, vain: [{}, { schedule: 'cosine' }], used: [{ schedule: 'step' }] },
  stepFactor: { given: 0.9, vain: [{}, { schedule: 'cosine' }], used: [{ schedule: 'step' }] },
  flatShare: { given: 0.9, vain: [{}, { schedule: 'cosine' }], used: [{ schedule: 'flatCos' }] },
  weightDecaySchedule: { given: 'flatCos', vain: [{ optimizer: 'adam' }], used: [{}] },
  muonLearningRate: { given: 0.1, vain: [{}, { optimizer: 'adamW' }], used: [{ optimizer: 'muon' }] },
  muonMomentum: { given: 0.9, vain: [{}, { optimizer: 'sgd' }], used: [{ optimizer: 'muon' }] },
  averageDecay: { given: 0.9, vain: [{}, { weightAverage: 'swa' }], used: [{ weightAverage: 'ema' }] },
  snapshotMode: { given: 'swag', vain: [{}], used: [{ snapshots: 2 }] },
  swagRank: {
    given: 3,
    vain: [{}, { snapshots: 2 }],
    used: [{ snapshots: 2, snapshotMode: 'swag' }],
  },
  trajectoryStart: {
    given: 0.3,
    vain: [{}, { snapshots: 2 }],
    used: [
      { weightAverage: 'ema' },
      { weightAverage: 'swa' },
      { snapshots: 2, snapshotMode: 'swag' },
      { snapshots: 2, snapshotMode: 'fastGeometric' },
    ],
  },
  finalFactor: {
    given: 0.1,
    vain: [{}, { schedule: 'step' }, { snapshots: 3, snapshotMode: 'swag' }],
    used: [{ schedule: 'cosine' }, { schedule: 'flatCos' }, { snapshots: 3 }],
  },
  patience: {
    given: 3,
    vain: [{ earlyStopping: 'none' }],
    used: [{ earlyStopping: 'validation' }, { earlyStopping: 'outOfBag' }],
  },
  validationShare: {
    given: 0.2,
    vain: [{ earlyStopping: 'none' }, { earlyStopping: 'outOfBag' }],
    used: [
      { earlyStopping: 'validation' },
      { members: [{ earlyStopping: 'none' }, { earlyStopping: 'validation' }] },
    ],
  },
  resampleShare: {
    given: 0.5,
    vain: [{ resample: 'none' }, { resample: 'cv' }],
    used: [{}, { resample: 'subsample' }],
  },
  blockLength: {
    given: 12,
    vain: [{ resample: 'none' }, { resample: 'cv' }, { resample: 'grouped' }],
    used: [{}, { resample: 'subsample' }],
  },
  folds: { given: 5, vain: [{}, { resample: 'none' }], used: [{ resample: 'cv' }] },
  repeats: { given: 3, vain: [{}, { resample: 'none' }], used: [{ resample: 'cv' }] },
  activation: {
    given: 'tanh',
    vain: [{ hidden: [] }, { layers: ['maxpool 2'], image: '8x8' }, { layers: ['dense 8 relu'] }],
    used: [{}, { hidden: [3] }, { layers: ['dense 8'] }, { layers: ['dense 8 relu'], hidden: [4] }],
  },
  embeddingSize: {
    given: 5,
    vain: [{ numericEmbedding: 'none' }],
    used: [{}, { numericEmbedding: 'periodic' }, { numericEmbedding: 'cosine' }],
  },
  embeddingFrequencies: {
    given: 8,
    vain: [{ numericEmbedding: 'none' }, { numericEmbedding: 'cosine' }],
    used: [{}, { numericEmbedding: 'periodic' }],
  },
  frequencyScale: {
    given: 0.2,
    vain: [{ numericEmbedding: 'none' }, { numericEmbedding: 'piecewiseLinear' }],
    used: [{}, { numericEmbedding: 'periodic' }, { numericEmbedding: 'cosine' }],
  },
  embeddingBins: {
    given: 8,
    vain: [{ numericEmbedding: 'none' }, { numericEmbedding: 'periodic' }],
    used: [{}, { numericEmbedding: 'piecewiseLinear' }],
  },
  categoryEmbeddingSize: { given: 4, vain: [{}], used: [{ categoryEmbedding: 'learned' }] },
  norm: {
    given: 'layer',
    vain: [{ hidden: [] }, { layers: ['residual 8'] }],
    used: [{}, { hidden: [3] }, { layers: ['residual 8', 'dense 8 relu'] }],
  },
  hiddenKeep: {
    given: 0.5,
    vain: [{ hidden: [] }],
    used: [{}, { hidden: [5] }, { layers: ['dense 4'] }],
  },
  dropoutScaling: {
    given: 'plain',
    vain: [{}, { hiddenKeep: 1 }],
    used: [{ hiddenKeep: 0.5 }, { inputKeep: 0.9 }, { hiddenKeep: [1, 0.5], hidden: [3, 3] }],
  },
  activityLayers: { given: [1], vain: [{}], used: [{ activityPenalty: 0.1 }] },
  adversarialNorm: { given: 'l2', vain: [{}], used: [{ adversarialEpsilon: 0.1 }] },
  adversarialScale: { given: 'absolute', vain: [{}], used: [{ adversarialEpsilon: 0.1 }] },
  adversarialBounds: { given: [0, 1], vain: [{}], used: [{ adversarialEpsilon: 0.1 }] },
  adversarialSteps: { given: 3, vain: [{}], used: [{ adversarialEpsilon: 0.1 }] },
  cleanShare: { given: 0.1, vain: [{}], used: [{ adversarialEpsilon: 0.1 }] },
  tangents: {
    given: ['rotation'],
    vain: [{}, { image: '8x8' }],
    used: [{ tangentStrength: 0.1, image: '8x8' }],
  },
  reseeds: { given: 3, vain: [{}, { onDivergence: 'drop' }], used: [{ onDivergence: 'reseed' }] },
  tiedLayers: { given: [1], vain: [{}], used: [{ tie: 0.1 }] },
  tyingMode: { given: 'exact', vain: [{}], used: [{ tie: 0.1 }] },
  tyingGroup: { given: 1, vain: [{}], used: [{ tie: 0.1 }] },
  submodels: { given: 4, vain: [{}], used: [{ sharing: 'tabm' }, { sharing: 'packed' }] },
  submodelBatch: { given: 'whole', vain: [{}], used: [{ sharing: 'tabm' }, { sharing: 'masksembles' }] },
  maskScale: { given: 3, vain: [{}, { sharing: 'tabm' }], used: [{ sharing: 'masksembles' }] },
  distanceTangents: ofTangents(['rotation']),
  tangentSigma: ofTangents(1),
  tangentBorder: ofTangents('replicate'),
  tangentStiffness: ofTangents(0.1),
};

function ofTangents(given: unknown) {
  const neighbours = { engine: 'neighbours', image: '8x8' };
  return {
    given,
    vain: [neighbours, { ...neighbours, distance: 'euclidean' }],
    used: [{ ...neighbours, distance: 'tangentOneSided' }],
  };
}

/** Options that matter to whoever has them at all; the engines are those of the next test. */
const UNCONDITIONAL = [
  ...['members', 'grid', 'seed', 'arithmetic', 'deadline', 'onDivergence', 'engine', 'model', 'learner'],
  ...['learnerOptions', 'preset'],
  ...['hidden', 'layers', 'image', 'init', 'loss', 'optimizer', 'learningRate', 'schedule', 'warmupEpochs'],
  ...['epochs', 'batchSize', 'neighbours', 'distance', 'votes', 'voteSmoothing', 'resample', 'featureShare'],
  ...['rounds', 'treeRate', 'maxLeaves', 'maxDepth', 'minLeafRows', 'leafL2', 'treeBins'],
  ...['l1', 'l2', 'inputKeep', 'activityPenalty', 'labelSmoothing', 'inputNoise', 'adversarialEpsilon'],
  ...['tangentStrength', 'earlyStopping', 'tie', 'sharing', 'snapshots', 'vary'],
  ...['numericEmbedding', 'categoryEmbedding', 'inputScale'],
  ...['gradientClip', 'weightAverage', 'mixup', 'biasRateFactor', 'scaleRateFactor', 'embeddingRateFactor'],
];

t.test('every option either has a condition here or has none', async (t) => {
  t.same(
    [...Object.keys(CONDITIONS), ...UNCONDITIONAL].sort(),
    Object.keys(trainingSchema.shape).sort(),
    'enter a new option in CONDITIONS or UNCONDITIONAL',
  );
  const conditional = Object.entries(MEMBER_USES).filter(([, { when }]) => when !== undefined);
  const ofTraining = ['validationShare', 'reseeds'];
  const names = Object.keys(CONDITIONS).filter((name) => !ofTraining.includes(name));
  t.same(conditional.map(([name]) => name).sort(), names.sort());
});

for (const [name, { given, vain, used }] of Object.entries(CONDITIONS)) {
  t.test(`\`${name}\` is refused where it has no effect, and taken where it has`, async (t) => {
    for (const others of vain) {
      const message = new RegExp(`^Expected \`${name}\` to be absent unless .*`);
      const refusal = { code: 'ERR_OPTION', message, details: { option: name } };
      t.throws(resolved({ ...others, [name]: given }), refusal, JSON.stringify(others));
    }
    for (const others of used) t.doesNotThrow(resolved({ ...others, [name]: given }), JSON.stringify(others));
  });
}

t.test('an option that only other engines use is refused', async (t) => {
  const engines = {
    wasm: {},
    neighbours: { engine: 'neighbours' },
    trees: { engine: 'trees' },
    learner: { learner: 'tree.mjs' },
    tfjs: { engine: 'tfjs', model: 'net.mjs' },
    model: { model: 'net.mjs' },
  } as const;
  for (const [name, { by, when }] of Object.entries(MEMBER_USES)) {
    if (['engine', 'model', 'learner', 'image'].includes(name)) continue;
    for (const [kind, options] of Object.entries(engines)) {
      const isUser = engineFor(options)
        .optionUsers(options)
        .some((group) => by.groups.includes(group));
      if (isUser && when !== undefined) continue;
      const value = { ...EXAMPLES, ...valuesOf(CONDITIONS) }[name];
      const call = resolved({ ...options, [name]: value });
      if (isUser) t.doesNotThrow(call, `${name} for ${kind}`);
      else t.throws(call, { code: 'ERR_OPTION', message: new RegExp(`\`${name}\``) }, `${name} for ${kind}`);
    }
  }
});

const EXAMPLES: Plain = {
  ...{ learnerOptions: {}, hidden: [3], layers: ['dense 4'], init: 'glorot', loss: 'softmaxCrossEntropy' },
  ...{ optimizer: 'adam', learningRate: 0.1, schedule: 'cosine', warmupEpochs: 1, epochs: 5, batchSize: 8 },
  ...{ neighbours: 3, distance: 'euclidean', votes: 'equal', voteSmoothing: 2, resample: 'subsample' },
  ...{ rounds: 3, treeRate: 0.2, maxLeaves: 4, maxDepth: 3, minLeafRows: 2, leafL2: 1, treeBins: 16 },
  ...{ featureShare: 1, l1: 0, l2: 0, inputKeep: 1, activityPenalty: 0, labelSmoothing: 0, inputNoise: 0 },
  ...{
    adversarialEpsilon: 0,
    tangentStrength: 0,
    earlyStopping: 'none',
    tie: 0,
    snapshots: 1,
    sharing: 'none',
    vary: ['init'],
    weightAverage: 'swa',
    mixup: 0.1,
    gradientClip: 1,
    biasRateFactor: 0.1,
    scaleRateFactor: 1,
    embeddingRateFactor: 1,
  },
  ...{ numericEmbedding: 'periodic', categoryEmbedding: 'learned', inputScale: true },
};

function valuesOf(conditions: typeof CONDITIONS): Plain {
  return Object.fromEntries(Object.entries(conditions).map(([name, { given }]) => [name, given]));
}

t.test('a shared option needs one member that uses it, one of a list its own member', async (t) => {
  const kinds = [{ optimizer: 'adam' }, { optimizer: 'sgd' }];
  t.doesNotThrow(resolved({ momentum: 0.5, members: kinds }));
  t.doesNotThrow(resolved({ momentum: 0.5, grid: { optimizer: ['adam', 'sgd'] } }));
  t.doesNotThrow(resolved({ grid: { optimizer: ['adam', 'sgd'], momentum: [0.1, 0.5] } }));
  t.throws(resolved({ grid: { momentum: [0.1, 0.5] } }), {
    message: 'Expected `momentum` to be absent unless `optimizer` is sgd, got 0.1',
  });
  t.throws(resolved({ members: [{ optimizer: 'sgd' }, { momentum: 0.5 }] }), {
    message: 'Expected `members[1].momentum` to be absent unless `optimizer` is sgd, got 0.5',
    details: { option: 'members[1].momentum' },
  });
});

t.test('a shared option is a default of listed members, and refused where the grid lists it', async (t) => {
  const list = memberOptions({ epochs: 3, members: [{ epochs: 1 }, {}] });
  t.strictSame(
    list.map(({ epochs }) => epochs),
    [1, 3],
  );
  t.throws(resolved({ epochs: 3, grid: { epochs: [1, 2] } }), {
    message: 'Expected `epochs` to be absent when `grid` lists it, got 3',
  });
});

t.test('a member without a value of its own has the shared one', async (t) => {
  const list = memberOptions({ epochs: 3, members: [{ epochs: undefined, hidden: [2] }] });
  t.equal(list[0]!.epochs, 3);
});

t.test('a grid has lists, and stands beside no list of members', async (t) => {
  const grid = { epochs: [1, 2, 3], hidden: [[2], [3], [4]] };
  t.equal(resolved({ members: 12, grid })(), 12);
  t.equal(resolved({ grid })(), 9);
  t.throws(resolved({ grid: {} }), { code: 'ERR_OPTION', message: /^Expected `grid` to be lists of/ });
  t.throws(resolved({ members: [{}], grid }), { message: /absent when `members` is a list/ });
});
