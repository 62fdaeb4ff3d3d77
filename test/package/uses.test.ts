// Options without effect at the public doors but those of training's own options (test/model/stray-options.test.ts):
// whoever gives one expects something of it, so it is refused, and the error says when it would have an effect.

import t from 'tap';
import * as tutti from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const DIGITS = 'data/digits.csv';
const dataset = clusters(40, 3, 2);
const numbers = tutti.Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, targets: [1, 2, 2, 5] });
const PLAN = { members: 2, hidden: [3], epochs: 1, seed: 1 };
const ensemble = await tutti.trainEnsemble(dataset, { ...PLAN, hiddenKeep: 0.5, resample: 'bootstrap' });
const regression = await tutti.trainEnsemble(numbers, {
  ...PLAN,
  loss: 'gaussianNll',
  earlyStopping: 'none',
});
const small = tutti.tableFromRecords([
  { a: 1, b: 'u', y: 1 },
  { a: 2, b: 'v', y: 2.5 },
  { a: 4, b: 'u', y: 3 },
]);
const task = { kind: 'classification', classes: ['a', 'b'] } as const;
const values = { kind: 'regression', targets: ['y'] } as const;
const shares = {
  rows: 1,
  outputs: 2,
  mean: new Float32Array([0.5, 0.5]),
  logProbabilities: null,
  variance: null,
};
const gaussian = { ...shares, outputs: 1, mean: new Float32Array([1]), variance: new Float32Array([1]) };

type Case = readonly [door: string, call: () => unknown, option: string, refused: string | RegExp];

const VOTES = { tolerance: 1e-7, aggregator: 'majorityVote' } as const;
const at = (testShare: number) => ({ target: 'digit', testShare, seed: 1 });

const REFUSED: readonly Case[] = [
  [
    'crossValidate',
    () => tutti.crossValidate(dataset, PLAN, { onInterrupt: 'keep' }),
    'onInterrupt',
    /`signal` is given/,
  ],
  [
    'crossValidate',
    () => tutti.crossValidate(dataset, PLAN, { gap: 2 }),
    'gap',
    'absent unless `time` is given, got 2',
  ],
  [
    'loadTraining',
    () => tutti.loadTraining(DIGITS, at(0)),
    'seed',
    'absent unless `testShare` is above 0, got 1',
  ],
  [
    'loadTraining',
    () => tutti.loadTraining(small, { target: 'y', delimiter: ';' }),
    'delimiter',
    'absent for a table that is read already, got ";"',
  ],
  [
    'loadTraining',
    () => tutti.loadTraining(small, { target: 'y', encoding: 'latin1' }),
    'encoding',
    /^absent for/,
  ],
  [
    'loadTraining',
    () => tutti.loadTraining(small, { target: 'y', only: ['a'], drop: ['b'] }),
    'drop',
    'absent when `only` is given, got ["b"]',
  ],
  [
    'loadTraining',
    () => tutti.loadTraining(small, { target: 'y', drop: ['b'], categorical: ['b'] }),
    'categorical',
    'columns of features, targets or groups, got "b"',
  ],
  ['describeTable', () => tutti.describeTable(small, { delimiter: ';' }), 'delimiter', /^absent for a table/],
  [
    'describeTable',
    () => tutti.describeTable(small, { task: 'regression' }),
    'task',
    /^absent unless `target` is/,
  ],
  [
    'describeTable',
    () => tutti.describeTable(small, { missingTarget: 'drop' }),
    'missingTarget',
    /`target` is/,
  ],
  ...(['classes', 'targetNames', 'standardise', 'softClip'] as const).map((name): Case => {
    const given = { classes: ['0', '1'], targetNames: ['y'], standardise: true, softClip: 2 }[name];
    const arrays = { x: [1, 2], rows: 2, features: 1, like: numbers, targets: [1, 2], [name]: given };
    return ['Dataset.fromArrays', () => tutti.Dataset.fromArrays(arrays), name, /^absent unless .*no `like`/];
  }),
  [
    'Dataset.fromArrays',
    () => tutti.Dataset.fromArrays({ x: [1, 2], rows: 2, features: 1, labels: [0, 1], targetNames: ['y'] }),
    'targetNames',
    /^absent unless there are `targets`/,
  ],
  [
    'trainEnsemble',
    () => tutti.trainEnsemble(dataset, PLAN, { onInterrupt: 'keep' }),
    'onInterrupt',
    'absent unless `signal` or `checkpoint` is given, or `onFailure` is fail, got "keep"',
  ],
  ...Object.entries({
    createPredictor: () => tutti.createPredictor(ensemble, VOTES),
    predictEnsemble: () => tutti.predictEnsemble(ensemble, dataset.x, VOTES),
    predictUncertainty: () => tutti.predictUncertainty(ensemble, dataset.x, VOTES),
    evaluateEnsemble: () => tutti.evaluateEnsemble(ensemble, dataset, VOTES),
    evaluateOutOfBag: () => tutti.evaluateOutOfBag(ensemble, dataset, VOTES),
  }).map(([door, call]): Case => {
    return [door, call, 'tolerance', 'absent unless `aggregator` is geometricMean, got 1e-7'];
  }),
  [
    'predictEnsemble',
    () => tutti.predictEnsemble(regression, numbers.x, { ...VOTES, aggregator: 'geometricMean' }),
    'tolerance',
    'absent for regression, got 1e-7',
  ],
  ['predictEnsemble', () => tutti.predictEnsemble(ensemble, dataset.x, { clip: true }), 'clip', /^unset for/],
  [
    'aggregate',
    () => tutti.aggregate('majorityVote', [shares], task, { tolerance: 0.1 }),
    'tolerance',
    /^abs/,
  ],
  [
    'aggregate',
    () => tutti.aggregate('geometricMean', [gaussian], values, { tolerance: 0.1 }),
    'tolerance',
    /regr/,
  ],
  ...[{ level: 0.9 }, { seed: 3 }].map((own): Case => {
    const options = { replicates: 0, curves: false, ...own };
    const [name] = Object.keys(own) as [string];
    const call = () => tutti.evaluateEnsemble(ensemble, dataset, options);
    return ['evaluateEnsemble', call, name, /^absent unless `replicates` is above 0/];
  }),
  [
    'evaluateEnsemble',
    () => tutti.evaluateEnsemble(ensemble, dataset, { curves: false, subsets: 3 }),
    'subsets',
    'absent unless there are `curves`, got 3',
  ],
  [
    'evaluateOutOfBag',
    () => tutti.evaluateOutOfBag(ensemble, dataset, { replicates: 0, seed: 1 }),
    'seed',
    /^absent/,
  ],
  [
    'errorCorrelation',
    () => tutti.errorCorrelation([[1, 2, 3]], [1, 2, 2.5], { replicates: 0, level: 0.9 }),
    'level',
    'absent unless `replicates` is above 0, got 0.9',
  ],
  [
    'errorCorrelation',
    () => tutti.errorCorrelation([[1, 2, 3]], [1, 2, 2.5], { task: 'regression', classes: ['a'] }),
    'classes',
    /^absent unless `task` is classification/,
  ],
  [
    'predictWithMasks',
    () => tutti.predictWithMasks(ensemble, dataset.x, { masks: 3 }),
    'masks',
    /^absent unless `way`/,
  ],
  [
    'predictWithMasks',
    () => tutti.predictWithMasks(ensemble, dataset.x, { seed: 3 }),
    'seed',
    /^absent unless `way`/,
  ],
  [
    'predictWithMasks',
    () => tutti.predictWithMasks(ensemble, dataset.x, { way: 'arithmeticMean', masks: 'all', seed: 3 }),
    'seed',
    /^absent unless .* sampled `masks`/,
  ],
  [
    'attackEnsemble',
    () =>
      tutti.attackEnsemble(ensemble, dataset, {
        epsilons: [1],
        scale: 'absolute',
        bounds: [0, 1],
        rangesOf: dataset,
      }),
    'rangesOf',
    /^absent unless `scale` is range or no `bounds` are given/,
  ],
  [
    'selectMembers',
    () => tutti.selectMembers(regression, numbers, { aggregator: 'majorityVote' }),
    'aggregator',
    /^arithmeticMean to select/,
  ],
];

for (const [door, call, option, refused] of REFUSED) {
  t.test(`${door} refuses \`${option}\` where it has no effect`, async (t) => {
    const error: unknown = await (async () => call())().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    t.match(error, { code: 'ERR_OPTION', details: { option } });
    const { message } = error as Error;
    const start = `Expected \`${option}\` to be `;
    t.ok(message.startsWith(start), message);
    if (typeof refused === 'string') t.equal(message.slice(start.length), refused);
    else t.match(message.slice(start.length), refused);
  });
}

t.test('each has its effect where its condition holds', async (t) => {
  const table = tutti.readCsv(DIGITS);
  t.ok(tutti.loadTraining(table, at(0.5)).test);
  const geometric = { aggregator: 'geometricMean', tolerance: 1e-7 } as const;
  t.ok(await tutti.predictEnsemble(ensemble, dataset.x, geometric));
  const figures = { subsets: 2, seed: 3, replicates: 0 };
  t.ok((await tutti.evaluateEnsemble(ensemble, dataset, figures)).curves, 'a seed draws subsets too');
  t.ok(await tutti.predictWithMasks(ensemble, dataset.x, { way: 'geometricMean', masks: 3, seed: 1 }));
  t.ok(await tutti.compareMasks(ensemble, dataset, { masks: 3, seed: 1 }));
  const { signal } = new AbortController();
  t.ok(await tutti.trainEnsemble(dataset, PLAN, { signal, onInterrupt: 'keep' }));
});
