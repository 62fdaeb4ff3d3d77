// The doors that take data, files and whatever else is no ensemble, each with options that are wrong.

import * as tutti from '../../src/index.js';
import {
  bytes,
  conformal,
  DIGITS,
  type Door,
  dataset,
  dictionary,
  image,
  members,
  NaN_,
  PLAN,
  SETTINGS,
  square,
  task,
} from './door-fixtures.js';

export const OTHER_DOORS: Readonly<Record<string, Door>> = {
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
  writePlan: {
    call: (settings) => tutti.writePlan('plan', dataset, PLAN, settings),
    wrong: [{ signal: 1 }, { runner: 2 }, { test: 'test.csv' }, { note: () => 1 }],
  },
  'options of writePlan': {
    call: (options) => tutti.writePlan('plan', dataset, options),
    wrong: [{ epochs: NaN_ }, { members: 'two' }],
  },
  readPlan: { call: (options) => tutti.readPlan('plan', options), wrong: [{ signal: 1 }] },
  trainPlanned: {
    call: (settings) => tutti.trainPlanned('plan', settings),
    wrong: [
      ...SETTINGS,
      ...[{ members: '0-3' }, { members: [-1] }, { members: [0.5] }, { allowModules: 'tree.mjs' }],
      { retries: -1 },
    ],
  },
  'pace of trainPlanned': {
    call: (pace) => tutti.trainPlanned('plan', { pace }),
    wrong: [{ epochs: 0 }, { seconds: -1 }],
  },
  collectPlan: {
    call: (options) => tutti.collectPlan('plan', options),
    wrong: [{ signal: 1 }, { runner: 2 }, { missing: 'keep' }, { allowModules: 'tree.mjs' }],
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
  measureCoverage: {
    call: (options) => tutti.measureCoverage(conformal, dataset, options),
    needs: { coverage: 0.5 },
    wrong: [
      ...[{ coverage: 1.2 }, { coverage: 0 }, { coverage: '0.9' }, { coverage: NaN_ }, { level: 1 }],
      ...[{ conformal: 'top' }, { aggregator: 'mean' }, { aggregator: 'geometricMean' }, { weights: [1, 2] }],
      ...[{ tolerance: 0.1 }, { runner: 2 }],
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
  uncertaintyOf: {
    call: (options) => tutti.uncertaintyOf(members as never, task, options),
    wrong: [{ weights: 2 }, { mask: true }],
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
  loadEnsemble: {
    call: (options) => tutti.loadEnsemble(bytes, options),
    wrong: [{ allowModules: 'tree.mjs' }, { allowModules: [5] }, { isolate: 'thread' }],
  },
  inspectEnsemble: {
    call: (options) => tutti.inspectEnsemble(bytes, options),
    wrong: [{ allowModules: 'tree.mjs' }],
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
