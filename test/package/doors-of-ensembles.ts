// The doors that take a trained ensemble, each with options that are wrong.

import t from 'tap';
import * as tutti from '../../src/index.js';
import { type Door, dataset, ensemble, NaN_ } from './door-fixtures.js';

export const ENSEMBLE_DOORS: Readonly<Record<string, Door>> = {
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
  predictionHandler: {
    call: (options) => tutti.predictionHandler(ensemble, options),
    wrong: [
      ...[
        { aggregator: 'mean' },
        { weights: 1 },
        { runner: 2 },
        { name: 5 },
        { base: 'models' },
        { base: '/a/' },
      ],
      ...[{ linger: -1 }, { linger: 1001 }, { maxBytes: 0 }, { maxRows: NaN_ }, { maxWaiting: 0.5 }],
      ...[{ timeout: 0 }, { timeout: '30' }, { onRequest: 'log' }],
    ],
  },
  serveEnsemble: {
    call: (options) => tutti.serveEnsemble(ensemble, options),
    wrong: [
      ...[{ port: -1 }, { port: 65_536 }, { port: '80' }, { host: 1 }, { hosts: 'a' }, { grace: -1 }],
      ...[{ signal: 1 }, { maxRows: 0 }, { aggregator: 'mean' }, { timeout: NaN_ }],
    ],
  },
  conformaliseEnsemble: {
    call: (options) => tutti.conformaliseEnsemble(ensemble, dataset, options),
    wrong: [{ rowsFrom: 'test' }, { rowsFrom: 'heldOut' }, { aggregator: 'mean' }, { runner: 2 }],
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
  exportEnsemble: {
    call: (options) => tutti.exportEnsemble(ensemble, options),
    needs: { format: 'onnx' },
    wrong: [
      ...[
        { format: 'onx' },
        { format: undefined },
        { aggregator: 'mean' },
        { calibrated: 1 },
        { clip: 'no' },
      ],
      ...[{ inputs: 'rows' }, { numbers: 'float16' }, { outputs: 'label' }, { outputs: [] }, { signal: 1 }],
      ...[{ inputs: 'columns' }, { outputs: ['labels'] }, { outputs: ['label', 'label'] }],
    ],
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
  autoEnsemble: {
    call: (options) => tutti.autoEnsemble(dataset, options),
    wrong: [
      ...[
        { members: 1 },
        { time: 5, members: 4 },
        { time: 0 },
        { folds: 1 },
        { size: 0 },
        { wavePatience: 0 },
      ],
      ...[{ seed: -1 }, { arithmetic: 'x' }, { search: 5 }, { search: { resample: 'none' } }],
    ],
  },
  boostEnsemble: {
    call: (options) => tutti.boostEnsemble(dataset, options),
    wrong: [
      ...[
        { rounds: 0 },
        { shrinkage: 0 },
        { shrinkage: 2 },
        { heldOutShare: 1 },
        { patience: 0 },
        { seed: -1 },
      ],
      ...[{ hidden: 'x' }, { epochs: 0 }, { runner: 2 }, { signal: 1 }],
    ],
  },
  distillEnsemble: {
    call: (options) => tutti.distillEnsemble(ensemble, dataset, options),
    wrong: [
      ...[{ copies: -1 }, { swapShare: 0 }, { heldOut: 5 }, { heldOutShare: 1 }, { seed: -1 }, { epochs: 0 }],
      ...[{ hidden: 'x' }, { swapShare: 0.5, copies: 0 }, { heldOutShare: 0.5, heldOut: dataset }],
      ...[{ aggregator: 'majorityVote' }, { replicates: -1 }, { level: 1 }, { runner: 2 }, { onProgress: 1 }],
    ],
  },
  refitEnsemble: {
    call: (options) => tutti.refitEnsemble(ensemble, dataset, options),
    wrong: [
      ...[{ rows: 'none' }, { checkShare: 1 }, { checkShare: NaN_ }, { heldOut: 5 }, { seed: -1 }],
      ...[{ replicates: -1 }, { level: 1 }, { runner: 2 }, { onProgress: 1 }],
    ],
  },
  pruneEnsemble: {
    call: (options) => tutti.pruneEnsemble(ensemble, dataset, options),
    needs: { members: 1 },
    wrong: [{ members: 0 }, { members: NaN_ }, { aggregator: 'mean' }, { metric: 'auc' }, { outOfBag: 1 }],
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
  compareEnsembles: {
    call: (options) => tutti.compareEnsembles([ensemble, ensemble], dataset, options),
    wrong: [
      ...[
        { replicates: -1 },
        { level: 1.2 },
        { seed: 0.5 },
        { names: 'ab' },
        { names: ['a'] },
        { clip: 'no' },
      ],
      ...[{ aggregator: 'mean' }, { calibrated: 1 }, { runner: 2 }],
    ],
  },
  leaderboard: {
    call: (options) => tutti.leaderboard(ensemble, dataset, options),
    wrong: [
      ...[{ metric: 'acc' }, { metric: 5 }, { sort: 'best' }, { outOfBag: 1 }, { times: 0 }, { clip: 'no' }],
      ...[{ aggregator: 'mean' }, { weights: 1 }, { runner: 2 }],
    ],
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
      ...[{ attack: 1 }, { attack: 'linf' }],
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
  saveEnsemble: {
    call: (options) => tutti.saveEnsemble(ensemble, t.testdir(), options),
    wrong: [{ report: 'all' }, { report: 1 }],
  },
  ensembleToBytes: {
    call: (options) => tutti.ensembleToBytes(ensemble, options),
    wrong: [{ report: 'all' }, { report: 1 }],
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
};
