// The user's units at every public door: the same rows in other units are trained, predicted, measured and attacked
// alike. Units that differ by powers of two give the same bits. A new export must be entered here.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import * as tutti from '../../src/index.js';
import { clusters } from '../support/datasets.js';

const FACTORS = [1024, 2 ** -10, 4, 0.5];
const COLUMNS = ['a', 'b', 'c', 'd'] as const;
const own = clusters(90, 4, 3);
const fresh = clusters(40, 4, 3, 1);

/** Datasets, an ensemble trained on one, and bare numbers, in some units. */
async function inUnits(factors: readonly number[]) {
  const dataset = ({ x, rows, labels }: typeof own) => {
    const scaled = Float64Array.from(x, (value, at) => value * factors[at % 4]!);
    return tutti.Dataset.fromArrays({ x: scaled, rows, features: 4, labels });
  };
  const [train, test] = [dataset(own), dataset(fresh)];
  const rows = Array.from({ length: test.rows }, (_, row) => ({
    ...Object.fromEntries(COLUMNS.map((name, c) => [name, test.x[4 * row + c]!])),
    kind: `k${test.labels[row]}`,
  }));
  const ensemble = await tutti.trainEnsemble(train, PLAN, SETTINGS);
  return { train, test, rows, ensemble, x: test.x };
}

const PLAN = { members: 3, hidden: [6], epochs: 4, seed: 2, hiddenKeep: 0.75, activityPenalty: 0.01 };
const SETTINGS = { runner: tutti.createInlineRunner() };
const PLAIN = { curves: false, replicates: 0 } as const;

type Units = Awaited<ReturnType<typeof inUnits>>;

/** What must be the same in all units. */
const DOORS: Readonly<Record<string, (units: Units) => unknown>> = {
  trainEnsemble: ({ ensemble }) => ensemble.members.map(({ parameters }) => [...parameters]),
  startTraining: async ({ train }) => {
    const { members } = await tutti.startTraining(train, PLAN, SETTINGS).ensemble;
    return members.map(({ parameters }) => [...parameters]);
  },
  resumeTraining: async ({ train }) => {
    const checkpoint = { folder: mkdtempSync(join(tmpdir(), 'tutti-units-')) };
    await tutti.trainEnsemble(train, PLAN, { ...SETTINGS, checkpoint });
    const { members } = await tutti.resumeTraining(checkpoint.folder, train, SETTINGS);
    rmSync(checkpoint.folder, { recursive: true });
    return members.map(({ parameters }) => [...parameters]);
  },
  collectPlan: async ({ train, test }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-units-'));
    await tutti.writePlan(folder, train, PLAN, { test });
    await tutti.trainPlanned(folder, SETTINGS);
    const { ensemble } = await tutti.collectPlan(folder);
    rmSync(folder, { recursive: true });
    return ensemble.members.map(({ parameters }) => [...parameters]);
  },
  extendEnsemble: async ({ ensemble, train }) => {
    const { members } = await tutti.extendEnsemble(ensemble, train, { members: 4 }, SETTINGS);
    return members.map(({ parameters }) => [...parameters]);
  },
  loadData: async ({ rows }) => {
    const { train } = await tutti.loadData(rows, { target: 'kind' });
    return (await tutti.trainEnsemble(train, PLAN, SETTINGS)).members.map(({ parameters }) => [
      ...parameters,
    ]);
  },
  predictEnsemble: ({ ensemble, x }) => tutti.predictEnsemble(ensemble, x),
  predictMembers: ({ ensemble, x }) => tutti.predictMembers(ensemble, x),
  createPredictor: async ({ ensemble, x }) => {
    using predictor = await tutti.createPredictor(ensemble);
    return await predictor.predict(x.subarray(0, 4));
  },
  predictionHandler: async ({ ensemble, x }) => {
    using handler = tutti.predictionHandler(ensemble);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify([...x.subarray(0, 4)]);
    return (await handler(new Request('http://host/predict', { method: 'POST', headers, body }))).text();
  },
  predictUncertainty: ({ ensemble, x }) => tutti.predictUncertainty(ensemble, x),
  calibrateEnsemble: async ({ ensemble, test }) =>
    (await tutti.calibrateEnsemble(ensemble, test, { method: 'vector' })).calibration,
  predictOutOfBag: ({ ensemble, train }) => tutti.predictOutOfBag(ensemble, train),
  reportEnsemble: async ({ ensemble, test }) => {
    const { data } = await tutti.reportEnsemble(ensemble, test, { replicates: 0 });
    // Slices and curves over columns are in the units of these.
    return data.sets.map(({ gain, scores, matrix, leaderboard, classes, numbers, uncertainty }) => [
      ...[gain, scores, matrix, leaderboard, classes, numbers, uncertainty],
    ]);
  },
  conformaliseEnsemble: async ({ ensemble, train }) =>
    (await tutti.conformaliseEnsemble(ensemble, train)).conformity,
  measureCoverage: async ({ ensemble, train, test }) => {
    const conformal = await tutti.conformaliseEnsemble(ensemble, train);
    return tutti.measureCoverage(conformal, test, { coverage: 0.8 });
  },
  fitBaseline: ({ train }) => tutti.fitBaseline(train),
  evaluateEnsemble: ({ ensemble, test }) => tutti.evaluateEnsemble(ensemble, test, PLAIN),
  evaluateOutOfBag: ({ ensemble, train }) => tutti.evaluateOutOfBag(ensemble, train, { replicates: 0 }),
  selectMembers: ({ ensemble, test }) => tutti.selectMembers(ensemble, test),
  permutationImportance: ({ ensemble, train }) =>
    tutti.permutationImportance(ensemble, train, { repeats: 2 }),
  partialDependence: async ({ ensemble, test }) => {
    const [curve] = await tutti.partialDependence(ensemble, test, ['x[1]'], { points: 5 });
    return [...curve!.mean, ...curve!.spread!];
  },
  autoEnsemble: async ({ train }) => {
    const search = { engine: 'wasm', hidden: [4], epochs: 2 } as const;
    const { ensemble, report } = await tutti.autoEnsemble(train, { members: 4, seed: 1, search });
    return { parameters: [...ensemble.members[0]!.parameters], report };
  },
  boostEnsemble: async ({ train }) => {
    const { ensemble, rounds } = await tutti.boostEnsemble(train, { rounds: 3, epochs: 2, hidden: [3] });
    return { parameters: [...ensemble.members[0]!.parameters], rounds };
  },
  distillEnsemble: async ({ ensemble, train, test }) => {
    const options = { heldOut: test, copies: 1, epochs: 3, replicates: 9 };
    const { ensemble: single, report } = await tutti.distillEnsemble(ensemble, train, options);
    return { parameters: [...single.members[0]!.parameters], report };
  },
  refitEnsemble: async ({ ensemble, train, test }) => {
    const options = { heldOut: test, replicates: 9 };
    const { ensemble: refitted, report } = await tutti.refitEnsemble(ensemble, train, options);
    return { parameters: [...refitted.members[0]!.parameters], report };
  },
  pruneEnsemble: async ({ ensemble, test }) =>
    (await tutti.pruneEnsemble(ensemble, test, { members: 2 })).report,
  diagnose: async ({ ensemble, test }) => {
    const { slices, ...rows } = await tutti.diagnose(ensemble, test, { minRows: 5 });
    return { ...rows, lookedAt: slices.lookedAt, score: slices.score };
  },
  crossValidate: async ({ train }) => (await tutti.crossValidate(train, PLAN, { folds: 3 })).scores,
  compareEnsembles: ({ ensemble, test }) =>
    tutti.compareEnsembles([ensemble, ensemble], test, { replicates: 9 }),
  leaderboard: ({ ensemble, test }) => tutti.leaderboard(ensemble, test, { times: false }),
  activeUnitShares: ({ ensemble, x }) => tutti.activeUnitShares(ensemble, x),
  attackEnsemble: ({ ensemble, test }) => tutti.attackEnsemble(ensemble, test, { epsilons: [0, 0.1] }),
  predictWithMasks: ({ ensemble, x }) =>
    tutti.predictWithMasks(ensemble, x, { way: 'arithmeticMean', masks: 3 }),
  compareMasks: async ({ ensemble, test }) => {
    const { ways, overMasks } = await tutti.compareMasks(ensemble, test, { masks: 3 });
    return { overMasks, scores: ways.map(({ scores }) => scores) };
  },
  maskEnsemble: ({ ensemble, x }) => tutti.predictEnsemble(tutti.maskEnsemble(ensemble, 2), x),
  compareSources: async ({ train, test }) => {
    const one = { seeds: 1, ...SETTINGS };
    const { sources } = await tutti.compareSources(train, test, { ...PLAN, members: 2 }, one);
    return sources.map(({ v, c }) => ({ v, c }));
  },
};

const [given, others] = [await inUnits([1, 1, 1, 1]), await inUnits(FACTORS)];

for (const [name, door] of Object.entries(DOORS)) {
  t.test(`${name}: the same in any units`, async (t) => {
    t.strictSame(await door(others), await door(given));
  });
}

t.test('an ensemble’s methods are the same in any units', async (t) => {
  const answers = async ({ ensemble, train, test, rows, x }: Units) => {
    const loaded = await tutti.loadData(rows, { target: 'kind' });
    const named = await tutti.trainEnsemble(loaded.train, PLAN, SETTINGS);
    return {
      arrays: (await ensemble.predict(x)).labels,
      records: (await named.predict(rows.map(({ kind: _, ...row }) => row))).map(({ label }) => label),
      report: JSON.parse(JSON.stringify(await ensemble.evaluate(test, PLAIN))),
      outOfBag: JSON.parse(JSON.stringify(await ensemble.evaluateOutOfBag(train, { replicates: 0 }))),
    };
  };
  t.strictSame(await answers(others), await answers(given));
});

t.test('what a dataset holds, and what a table becomes, is in the user’s units', async (t) => {
  const { train, preprocessing } = await tutti.loadData(others.rows, { target: 'kind' });
  t.strictSame([...train.x], [...others.x]);
  const table = tutti.tableFromRecords(others.rows);
  t.strictSame([...tutti.transformFeatures(preprocessing, table)], [...others.x]);
  t.strictSame([...tutti.transformTable(preprocessing, table).x], [...others.x]);
});

/** Exports that see no features, or see them as they are given. */
const NONE: Readonly<Record<string, string>> = {
  ...{
    Dataset: 'holds them',
    TextColumn: 'cells',
    TuttiError: 'an error',
    Ensemble: 'its methods are tested',
  },
  ...{ createInlineRunner: 'runs', createPool: 'runs', describeTable: 'words', isNetwork: 'a spec' },
  ...{ joinEnsembles: 'members', openTable: 'cells', readCsv: 'cells', splitRows: 'row numbers' },
  ...{ tableFromRecords: 'cells', transformFeatures: 'tested above', transformTable: 'tested above' },
  ...{ loadTraining: 'what loadData does', contentHash: 'bytes', ensembleToBytes: 'bytes' },
  ...{
    exportEnsemble: 'bytes',
    inspectEnsemble: 'bytes',
    modelCard: 'a text',
    loadEnsemble: 'bytes',
    saveEnsemble: 'bytes',
    serveEnsemble: 'what predictionHandler answers',
    withAveragingWeights: 'weights',
  },
  ...{
    AGGREGATORS: 'a list',
    aggregate: 'predictions',
    errorCorrelation: 'predictions',
    honestTest: 'reports',
    uncertaintyOf: 'predictions',
  },
  ...{
    TANGENT_KINDS: 'a list',
    imageTangents: 'as given',
    sparseCode: 'as given',
    tangentDistance: 'as given',
  },
  readCheckpoint: 'a folder',
  ...{ writePlan: 'in collectPlan', trainPlanned: 'in collectPlan', readPlan: 'a folder' },
  ...{ fromLayersModel: 'weights', toLayersModel: 'tested with TensorFlow.js' },
};

t.test('every export is tested here, or stated to see no features', async (t) => {
  const known = [...Object.keys(DOORS), ...Object.keys(NONE)];
  t.strictSame(
    Object.keys(tutti).filter((name) => !known.includes(name)),
    [],
  );
  t.strictSame(
    known.filter((name) => !Object.hasOwn(tutti, name)),
    [],
  );
});
