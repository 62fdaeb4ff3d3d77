import t from 'tap';
import type { Field } from '../../../src/model/options/field.js';
import { SHARED_FIELDS } from '../../../src/model/options/member-fields.js';
import { specDifferences } from '../../../src/model/options/spec-differences.js';
import { resolvePlan, type TrainingOptions } from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const CONTEXT = { task, features: 4, seed: 9, arithmetic: 'strict' } as const;

const differences = (options: TrainingOptions) =>
  specDifferences(resolvePlan(parseTrainingOptions(options), CONTEXT).members);

t.test('members of one setting differ in nothing, though their random streams do', async (t) => {
  t.same(differences({ members: 2 }), [[], []]);
  t.same(differences({ members: 2, snapshots: 2 }), [[], [], [], []]);
});

t.test('what differs is said in the words of the options, and nothing else', async (t) => {
  t.same(differences({ grid: { hidden: [[16], [8, 4]], l2: [0, 0.01] } }), [
    ['16 gelu', 'l2 0'],
    ['16 gelu', 'l2 0.01'],
    ['8 gelu, 4 gelu', 'l2 0'],
    ['8 gelu, 4 gelu', 'l2 0.01'],
  ]);
  t.same(differences({ members: [{ activation: 'tanh' }, {}], hidden: [4] }), [['4 tanh'], ['4 gelu']]);
  t.same(differences({ members: [{ learningRate: 0.1 }, {}], learningRate: 0.2 }), [
    ['learningRate 0.1'],
    ['learningRate 0.2'],
  ]);
});

t.test('a technique that others lack is told by its own options', async (t) => {
  const [with_, without] = differences({ members: [{ hiddenKeep: 0.5 }, {}], hidden: [4] });
  t.ok(with_!.includes('hiddenKeep 0.5'), with_!.join());
  t.same(without, ['dropout none']);
  const [subsample, bootstrap] = differences({
    members: [{ resample: 'subsample', resampleShare: 0.6 }, { resample: 'bootstrap' }],
  });
  t.same(subsample, ['resample subsample', 'resampleShare 0.6']);
  t.same(bootstrap!.slice(0, 1), ['resample bootstrap']);
});

t.test('what becomes of inputs is said as inspect says it', async (t) => {
  const [periodic, bins, bare] = differences({
    members: [
      { numericEmbedding: 'periodic' },
      { numericEmbedding: 'piecewiseLinear', embeddingBins: 8 },
      { numericEmbedding: 'none' },
    ],
  });
  t.same(periodic, ['numbers to 4 by 16 waves of scale 0.1']);
  t.same(bins, ['numbers by 8 bins']);
  t.same(bare, []);
});

t.test('a strength of one technique does not hide that of another', async (t) => {
  const options = { tie: 0.01, members: [{ activityPenalty: 0.1 }, { activityPenalty: 0.2 }] };
  t.same(differences(options), [['activityPenalty 0.1'], ['activityPenalty 0.2']]);
});

t.test('every option is called by its name, wherever a spec has it', async (t) => {
  const all: TrainingOptions[] = [
    { ...{ schedule: 'step', stepEvery: 5, stepFactor: 0.1 }, inputKeep: 0.5, dropoutScaling: 'plain' },
    { adversarialEpsilon: 0.1, adversarialBounds: [0, 1], tie: 0.1, activityPenalty: 0.1 },
    { image: '2x2', tangentStrength: 0.1, tangents: ['rotation'] },
    { snapshots: 2, resample: 'subsample', resampleShare: 0.5 },
    { numericEmbedding: 'periodic', categoryEmbedding: 'learned', inputScale: true },
    { numericEmbedding: 'piecewiseLinear', embeddingBins: 4 },
    { schedule: 'flatCos', flatShare: 0.3, optimizer: 'adamW', weightDecaySchedule: 'flatCos' },
    { norm: 'layer', biasRateFactor: 0.1, scaleRateFactor: 2 },
    { numericEmbedding: 'periodic', embeddingRateFactor: 0.1 },
    { optimizer: 'muon', muonLearningRate: 0.01, muonMomentum: 0.9 },
    { weightAverage: 'ema', averageDecay: 0.9 },
    { snapshots: 2, snapshotMode: 'swag', swagRank: 1 },
    { sharing: 'masksembles', submodels: 4, maskScale: 3, submodelBatch: 'whole' },
    { resample: 'cv', folds: 4 },
    { resample: 'bootstrap', blockLength: 3 },
    {
      ...{ engine: 'trees', treeRate: 0.2, maxLeaves: 8, maxDepth: 3 },
      minLeafRows: 5,
      leafL2: 1,
      treeBins: 32,
    },
    { engine: 'neighbours', image: '2x2', distance: 'tangentTwoSided', distanceTangents: ['rotation'] },
  ];
  const specs = all.flatMap((options) => resolvePlan(parseTrainingOptions(options), CONTEXT).members);
  const said = new Set(specDifferences(specs).flatMap((own) => own.map((words) => words.split(' ')[0])));
  const places = Object.entries<Pick<Field, 'spec'>>(SHARED_FIELDS).filter(
    ([, { spec }]) => spec !== undefined,
  );
  t.ok(places.length > 20);
  // Members of modules need the modules; norms are said among the layers, embeddings in the words of inputs.
  const others = ['model', 'learner', 'norm'];
  for (const [name, { spec }] of places) {
    if (!others.includes(name) && !spec!.startsWith('network.inputs.')) t.ok(said.has(name), name);
  }
});
