// The public doors: whatever is exported and takes options refuses an unknown name, a wrong type and what is no
// object of options. A new export must be entered here, as a door or as none.

import t, { type Test } from 'tap';
import * as tutti from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const DIGITS = 'data/digits.csv';
const dataset = clusters(40, 3, 2);
const PLAN = { members: 2, hidden: [3], epochs: 1, seed: 1 };
const ensemble = await tutti.trainEnsemble(dataset, { ...PLAN, hiddenKeep: 0.5, resample: 'bootstrap' });
const conformal = await tutti.conformaliseEnsemble(ensemble, dataset);
const bytes = await tutti.ensembleToBytes(ensemble);
const image = { channels: 1, height: 2, width: 2 };
const square = new Float32Array(4);
const members = [{ rows: 1, outputs: 2, mean: new Float32Array([0.5, 0.5]), logProbabilities: null }];
const task = { kind: 'classification', classes: ['a', 'b'] } as const;
const dictionary = { values: [1, 0, 0, 1], rows: 2, atoms: 2 };

/** A function that takes options. */
interface Door {
  /** Calls it with these options and right arguments else. */
  readonly call: (options: never) => unknown;
  /** Options that must be given for it to work at all. */
  readonly needs?: object;
  /** Options with wrong values, each alone. */
  readonly wrong: readonly object[];
}

const NaN_ = Number.NaN;
const SETTINGS = [
  { signal: new AbortController() },
  { signal: 'abort' },
  { runner: { threads: 2 } },
  { runner: null },
  { preprocessing: 'x' },
];

const DOORS: Readonly<Record<string, Door>> = {
  loadTraining: {
    call: (options) => tutti.loadTraining(DIGITS, options),
    needs: { target: 'digit' },
    wrong: [
      ...[{ target: 5 }, { target: null }, { testShare: NaN_ }, { testShare: 1 }, { testShare: '0.3' }],
      ...[{ seed: -1 }, { seed: 1.5 }, { delimiter: 5 }, { task: 'clustering' }, { impute: 'mode' }],
      ...[{ unseen: true }, { scaling: 'rows' }, { categorical: 'digit' }, { weightColumn: 3 }],
      ...[{ groupColumn: [] }, { classWeights: 2 }, { drop: 'pixel0' }, { only: 3 }, { missing: '?' }],
      ...[{ decimal: ';' }, { dateOrder: 'ymd' }, { missingTarget: 'keep' }],
    ],
  },
  loadData: {
    call: (options) => tutti.loadData(DIGITS, options),
    needs: { target: 'digit' },
    wrong: [{ target: 5 }, { testShare: 1 }, { seed: -1 }, { test: 5 }, { task: 'clustering' }],
  },
  describeTable: {
    call: (options) => tutti.describeTable(DIGITS, options),
    wrong: [{ target: 5 }, { drop: 'pixel0' }, { decimal: 1 }, { delimiter: 1 }, { task: 'x' }],
  },
  tableFromRecords: {
    call: (options) => tutti.tableFromRecords([{ a: 1 }], options),
    wrong: [{ source: 1 }],
  },
  openTable: {
    call: (options) => tutti.openTable(DIGITS, options),
    wrong: [{ delimiter: 1 }, { delimiter: null }, { encoding: 1 }],
  },
  readCsv: {
    call: (options) => tutti.readCsv(DIGITS, options),
    wrong: [{ delimiter: 1 }, { delimiter: null }, { delimiter: [','] }],
  },
  'Dataset.fromArrays': {
    call: (options) => tutti.Dataset.fromArrays(options),
    needs: { x: [1, 2], rows: 2, features: 1, labels: [0, 1] },
    wrong: [
      { standardise: 'yes' },
      { classes: 'ab' },
      { x: 5 },
      { labels: 'ab' },
      { rowWeights: 1 },
      { like: 3 },
    ],
  },
  splitRows: {
    call: (options) => tutti.splitRows(options),
    needs: { rows: 4, share: 0.5, seed: 1 },
    wrong: [
      { share: NaN_ },
      { share: 1 },
      { seed: NaN_ },
      { seed: -1 },
      { rows: 2.5 },
      { rows: '4' },
      { purpose: 'test' },
      { labels: 3 },
      { groups: 'a' },
    ],
  },
  createPool: {
    call: (options) => tutti.createPool(options),
    wrong: [
      { threads: 0 },
      { threads: 1.5 },
      { threads: NaN_ },
      { threads: '2' },
      { threads: 1025 },
      { workerPath: 5 },
      { isolate: 'thread' },
      { isolate: true },
    ],
  },
  trainEnsemble: {
    call: (options) => tutti.trainEnsemble(dataset, options),
    wrong: [{ epochs: NaN_ }, { learningRate: Number.POSITIVE_INFINITY }, { seed: -1 }, { members: 'two' }],
  },
  'settings of trainEnsemble': {
    call: (settings) => tutti.trainEnsemble(dataset, PLAN, settings),
    wrong: [
      ...SETTINGS,
      ...[{ retries: NaN_ }, { retries: -1 }, { retries: 0.5 }, { onInterrupt: 'save' }],
      ...[{ onProgress: 1 }, { onMember: {} }, { onEpochEnd: 'log' }],
      ...[{ onPlan: 1 }, { onEpochs: [] }, { onIncident: 'log' }],
    ],
  },
  'checkpoint of trainEnsemble': {
    call: (checkpoint) => tutti.trainEnsemble(dataset, PLAN, { checkpoint }),
    needs: { folder: 'ck' },
    wrong: [
      ...[{ folder: '' }, { folder: 5 }, { epochs: 0 }, { epochs: 1.5 }, { seconds: 0 }, { seconds: NaN_ }],
      { note: () => 1 },
    ],
  },
  resumeTraining: {
    call: (settings) => tutti.resumeTraining('ck', dataset, settings),
    wrong: [...SETTINGS, { allowModules: 'tree.mjs' }],
  },
  'checkpoint of resumeTraining': {
    call: (checkpoint) => tutti.resumeTraining('ck', dataset, { checkpoint }),
    wrong: [{ epochs: 0 }, { seconds: -1 }],
  },
  readCheckpoint: { call: (options) => tutti.readCheckpoint('ck', options), wrong: [{ signal: 1 }] },
  'settings of startTraining': {
    call: (settings) => tutti.startTraining(dataset, PLAN, settings).ensemble,
    wrong: SETTINGS,
  },
  startTraining: {
    call: (options) => tutti.startTraining(dataset, options).ensemble,
    wrong: [{ epochs: NaN_ }, { members: 'two' }],
  },
  extendEnsemble: {
    call: (options) => tutti.extendEnsemble(ensemble, dataset, options),
    needs: { members: 8 },
    wrong: [{ members: NaN_ }, { members: 0 }, { members: '8' }, { members: undefined }, { deadline: 0 }],
  },
  predictEnsemble: {
    call: (options) => tutti.predictEnsemble(ensemble, dataset.x, options),
    wrong: [
      ...[{ aggregator: 'mean' }, { weights: 1 }, { tolerance: NaN_ }, { tolerance: 0 }],
      ...[{ runner: 2 }, { runner: null }, { runner: { threads: 0 } }],
      ...[{ coverage: 1 }, { coverage: '90 %' }, { conformal: 'top' }, { conformal: 'lac' }],
    ],
  },
  conformaliseEnsemble: {
    call: (options) => tutti.conformaliseEnsemble(ensemble, dataset, options),
    wrong: [{ rowsFrom: 'test' }, { rowsFrom: 'heldOut' }, { aggregator: 'mean' }, { runner: 2 }],
  },
  measureCoverage: {
    call: (options) => tutti.measureCoverage(conformal, dataset, options),
    needs: { coverage: 0.5 },
    wrong: [
      ...[{ coverage: 1.2 }, { coverage: 0 }, { coverage: '0.9' }, { coverage: NaN_ }, { level: 1 }],
      ...[{ conformal: 'top' }, { aggregator: 'mean' }, { aggregator: 'geometricMean' }, { weights: [1, 2] }],
      ...[{ tolerance: 0.1 }, { runner: 2 }],
    ],
  },
  calibrateEnsemble: {
    call: (options) => tutti.calibrateEnsemble(ensemble, dataset, options),
    wrong: [
      ...[
        { method: 'magic' },
        { threshold: 1 },
        { threshold: 'recall' },
        { aggregator: 'mean' },
        { runner: 2 },
      ],
      { rowsFrom: 'test' },
    ],
  },
  predictUncertainty: {
    call: (options) => tutti.predictUncertainty(ensemble, dataset.x, options),
    wrong: [{ aggregator: 'mean' }, { weights: 1 }, { tolerance: 0 }, { clip: 'no' }, { runner: 2 }],
  },
  permutationImportance: {
    call: (options) => tutti.permutationImportance(ensemble, dataset, options),
    wrong: [
      ...[{ repeats: 0 }, { maxRows: 1 }, { maxRows: NaN_ }, { metric: 'acc' }, { columns: 'x[0]' }],
      ...[{ columns: ['y'] }, { groups: ['x[0]'] }, { groups: [[]] }, { seed: -1 }, { rowsFrom: 'inBag' }],
      ...[{ onProgress: 1 }, { aggregator: 'mean' }, { runner: 2 }, { signal: 1 }],
    ],
  },
  partialDependence: {
    call: (options) => tutti.partialDependence(ensemble, dataset, ['x[0]'], options),
    wrong: [
      { points: 1 },
      { maxRows: 0 },
      { rowCurves: -1 },
      { seed: 0.5 },
      { onProgress: 1 },
      { runner: 2 },
    ],
  },
  diagnose: {
    call: (options) => tutti.diagnose(ensemble, dataset, options),
    wrong: [
      ...[{ columns: 'x[0]' }, { columns: ['y'] }, { bins: 1 }, { minRows: 1 }, { pairs: 1 }, { level: 1 }],
      ...[{ most: 0 }, { raw: 5 }, { rowsFrom: 'inBag' }, { runner: 2 }],
    ],
  },
  crossValidate: {
    call: (options) => tutti.crossValidate(dataset, PLAN, options),
    wrong: [
      ...[{ folds: 1 }, { folds: 2.5 }, { repeats: 0 }, { gap: -1 }, { gap: 1 }, { load: 5 }, { time: 5 }],
      ...[{ time: 'day' }, { load: { target: 'y' } }, { onFold: 1 }, { onProgress: 1 }, { level: 2 }],
      ...[
        { runner: { threads: 2 } },
        { signal: 'abort' },
        { retries: -1 },
        { onFailure: 'keep' },
        { clip: 1 },
      ],
    ],
  },
  modelCard: {
    call: (options) => tutti.modelCard(ensemble, options),
    wrong: [
      { name: '' },
      { dataName: 5 },
      { license: ' ' },
      { file: 1 },
      { report: 'x' },
      { environment: 5 },
    ],
  },
  leaderboard: {
    call: (options) => tutti.leaderboard(ensemble, dataset, options),
    wrong: [
      ...[{ metric: 'acc' }, { metric: 5 }, { sort: 'best' }, { outOfBag: 1 }, { times: 0 }, { clip: 'no' }],
      ...[{ aggregator: 'mean' }, { weights: 1 }, { runner: 2 }],
    ],
  },
  uncertaintyOf: {
    call: (options) => tutti.uncertaintyOf(members as never, task, options),
    wrong: [{ weights: 2 }, { mask: true }],
  },
  evaluateEnsemble: {
    call: (options) => tutti.evaluateEnsemble(ensemble, dataset, options),
    wrong: [
      ...[{ replicates: NaN_ }, { replicates: -1 }, { level: 1 }, { level: NaN_ }, { seed: 0.5 }],
      ...[{ subsets: 0 }, { curves: 1 }, { covariance: 'no' }, { aggregator: 5 }],
    ],
  },
  reportEnsemble: {
    call: (options) => tutti.reportEnsemble(ensemble, dataset, options),
    wrong: [
      ...[{ title: 1 }, { level: 1 }, { replicates: -1 }, { onStep: 'all' }, { test: 'test.csv' }],
      ...[
        { aggregator: 'mean' },
        { weights: 1 },
        { tolerance: 0 },
        { clip: 'no' },
        { runner: 2 },
        { calibrated: 1 },
      ],
    ],
  },
  predictOutOfBag: {
    call: (options) => tutti.predictOutOfBag(ensemble, dataset, options),
    wrong: [{ aggregator: 'mean' }, { tolerance: 0 }, { weights: 1 }, { clip: 'no' }],
  },
  evaluateOutOfBag: {
    call: (options) => tutti.evaluateOutOfBag(ensemble, dataset, options),
    wrong: [{ replicates: NaN_ }, { level: 0 }, { covariance: 0 }],
  },
  attackEnsemble: {
    call: (options) => tutti.attackEnsemble(ensemble, dataset, options),
    needs: { epsilons: [0] },
    wrong: [
      ...[{ epsilons: [] }, { epsilons: [NaN_] }, { epsilons: [-1] }, { epsilons: 0.1 }, { norm: 'l1' }],
      ...[{ steps: 0 }, { scale: 'std' }, { bounds: [1, 0] }, { bounds: [0, NaN_] }, { target: 'all' }],
      { rangesOf: 'train' },
    ],
  },
  compareMasks: {
    call: (options) => tutti.compareMasks(ensemble, dataset, options),
    wrong: [{ masks: 0 }, { masks: NaN_ }, { enumerate: 'yes' }, { seed: -1 }, { member: 0.5 }],
  },
  maskEnsemble: {
    call: (options) => tutti.maskEnsemble(ensemble, 2, options),
    wrong: [{ seed: NaN_ }, { member: '0' }],
  },
  predictWithMasks: {
    call: (options) => tutti.predictWithMasks(ensemble, dataset.x, options),
    wrong: [{ way: 'mean' }, { masks: 'some' }, { masks: 0 }, { masks: NaN_ }, { seed: 1.5 }],
  },
  selectMembers: {
    call: (options) => tutti.selectMembers(ensemble, dataset, options),
    wrong: [{ rows: 'all' }, { size: 0 }, { size: NaN_ }, { aggregator: 'mean' }, { metric: 'auc' }],
  },
  compareSources: {
    call: (options) => tutti.compareSources(dataset, dataset, options),
    wrong: [{ epochs: 0 }, { members: 1.5 }],
  },
  'comparison of compareSources': {
    call: (options) => tutti.compareSources(dataset, dataset, PLAN, options),
    wrong: [...SETTINGS, { seeds: 0 }, { seeds: NaN_ }, { aggregator: 'mean' }, { onTraining: 1 }],
  },
  errorCorrelation: {
    call: (options) => tutti.errorCorrelation([[1, 2, 3]], [1, 2, 2.5], options),
    wrong: [
      ...[{ replicates: -1 }, { level: NaN_ }, { seed: -1 }, { task: 'x' }, { rows: 0 }, { classes: 2 }],
      ...[{ covariance: 1 }, { outOfBag: 5 }, { outOfBag: [1] }],
    ],
  },
  imageTangents: {
    call: (options) => tutti.imageTangents(square, image, options),
    wrong: [{ kinds: 'rotation' }, { kinds: ['spin'] }, { sigma: NaN_ }, { border: 'wrap' }, { scale: 2 }],
  },
  tangentDistance: {
    call: (options) => tutti.tangentDistance(square, square, image, options),
    wrong: [{ sides: 2 }, { stiffness: NaN_ }, { stiffness: -1 }, { sigma: -1 }],
  },
  sparseCode: {
    call: (options) => tutti.sparseCode(dictionary, [1, 2], options),
    needs: { method: 'orthogonalMatchingPursuit', nonZeros: 1 },
    wrong: [{ method: 'lasso' }, { nonZeros: 0 }, { nonZeros: NaN_ }, { tolerance: -1 }, { penalty: 1 }],
  },
  saveEnsemble: {
    call: (options) => tutti.saveEnsemble(ensemble, t.testdir(), options),
    wrong: [{ report: 'all' }, { report: 1 }],
  },
  ensembleToBytes: {
    call: (options) => tutti.ensembleToBytes(ensemble, options),
    wrong: [{ report: 'all' }, { report: 1 }],
  },
  loadEnsemble: {
    call: (options) => tutti.loadEnsemble(bytes, options),
    wrong: [{ allowModules: 'tree.mjs' }, { allowModules: [5] }, { isolate: 'thread' }],
  },
  inspectEnsemble: {
    call: (options) => tutti.inspectEnsemble(bytes, options),
    wrong: [{ allowModules: 'tree.mjs' }],
  },
  createPredictor: {
    call: (options) => tutti.createPredictor(ensemble, options),
    wrong: [{ aggregator: 'mean' }, { tolerance: NaN_ }],
  },
  predictMembers: {
    call: (options) => tutti.predictMembers(ensemble, dataset.x, options),
    wrong: [],
  },
  toLayersModel: {
    call: (options) => tutti.toLayersModel(ensemble, 0, options),
    wrong: [{ outputs: 'logits' }, { outputs: 1 }],
  },
  fromLayersModel: {
    call: (options) => tutti.fromLayersModel({} as never, options),
    needs: { features: 3, task, loss: 'softmaxCrossEntropy' },
    wrong: [{ features: 0 }, { features: NaN_ }, { task: 'classification' }, { loss: 'hinge' }],
  },
  aggregate: {
    call: (options) => tutti.aggregate('arithmeticMean', members as never, task, options),
    wrong: [{ weights: 2 }, { tolerance: 1 }, { tolerance: NaN_ }, { mask: true }],
  },
};

/** Exports that take no options, and why they need none. */
const NO_DOORS: Readonly<Record<string, string>> = {
  AGGREGATORS: 'a list',
  TextColumn: 'a name alone',
  TANGENT_KINDS: 'a list',
  TuttiError: 'a class',
  Dataset: 'its maker is a door',
  Ensemble: 'its methods hand their options to functions that are doors',
  contentHash: 'an ensemble alone',
  transformFeatures: 'preprocessing, a table and rows',
  transformTable: 'preprocessing, a table and rows',
  activeUnitShares: 'an ensemble and rows',
  fitBaseline: 'a dataset alone',
  withAveragingWeights: 'an ensemble and weights',
  createInlineRunner: 'nothing',
  isNetwork: 'a spec alone',
  honestTest: 'two reports',
  joinEnsembles: 'ensembles alone',
};

t.test('every export is a door of this table or stated to be none', async (t) => {
  for (const name of Object.keys(tutti)) {
    t.ok(
      Object.hasOwn(DOORS, name) || Object.hasOwn(NO_DOORS, name),
      `${name}: enter it in DOORS of test/package/doors.test.ts, or in NO_DOORS with the reason`,
    );
  }
});

for (const [name, { call, needs = {}, wrong }] of Object.entries(DOORS)) {
  const refuses = async (t: Test, options: unknown, expected: object, what: string) => {
    await t.rejects(async () => call(options as never), { code: 'ERR_OPTION', ...expected }, what);
  };

  t.test(`${name} refuses an option it does not know`, async (t) => {
    await refuses(t, { ...needs, zzmisspelt: 1 }, { message: /Unknown option `zzmisspelt`/ }, 'value');
    await refuses(t, { ...needs, zzmisspelt: undefined }, { message: /Unknown option/ }, 'undefined');
  });

  t.test(`${name} refuses what is no object of options`, async (t) => {
    class Options {}
    for (const [what, value] of Object.entries({
      null: null,
      list: [],
      text: 'x',
      1: 1,
      class: new Options(),
    })) {
      await refuses(t, value, { message: /options/ }, what);
    }
  });

  t.test(`${name} refuses wrong values, naming the option`, async (t) => {
    for (const own of wrong) {
      const [key] = Object.keys(own);
      await refuses(t, { ...needs, ...own }, { details: { option: key } }, String(key));
    }
  });
}

t.test('built classes bear the names they are exported by, which users see', async (t) => {
  const built: Readonly<Record<string, unknown>> = await import(
    new URL('../../lib/index.js', import.meta.url).href
  );
  for (const [exported, value] of Object.entries(built)) {
    if (typeof value === 'function' && /^class\b/.test(`${value}`)) t.equal(value.name, exported);
  }
});
