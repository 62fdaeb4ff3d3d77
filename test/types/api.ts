// The public types, checked by the compiler when the project is built: a line after @ts-expect-error that
// compiles is an error. Nothing here runs.

import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { errorCorrelation } from '../../src/entry-points/measure.js';
import type {
  CombinedPredictions,
  Learner,
  MemberRunner,
  Pool,
  TrainedEnsemble,
  TrainingOptions,
} from '../../src/index.js';
import {
  createPool,
  Dataset,
  type Ensemble,
  isNetwork,
  joinEnsembles,
  type Report,
  trainEnsemble,
} from '../../src/index.js';

declare const dataset: Dataset;
declare const ensemble: TrainedEnsemble;

/** Lists may be readonly, all the way down. */
export const options = {
  members: [{ hidden: [8] }, { activation: 'tanh', learningRate: 1e-2 }],
  resample: 'stratified',
} as const satisfies TrainingOptions;
export const grid = {
  grid: { hidden: [[8], [8, 8]], l2: [0, 1e-4] },
  members: 8,
} as const satisfies TrainingOptions;

export const mixed = {
  learnerOptions: { depth: 3, names: ['a', 'b'] },
  members: [{}, { learner: './tree.mjs' }, { engine: 'tfjs', model: './net.mjs', epochs: 3 }],
  deadline: 60,
} as const satisfies TrainingOptions;

/** A learner's model is of its own type; its functions may be asynchronous. */
export const means: Learner<{ readonly mean: number }> = {
  fit: async ({ targets, rows, options, random }) => ({
    mean: Number(options.shift ?? random()) + targets.reduce((sum, value) => sum + value, 0) / rows,
  }),
  predict: ({ mean }, _x, rows) => Array.from({ length: rows }, () => mean),
};

export async function uses(): Promise<void> {
  const { train, test } = loadTraining('data.csv', { target: ['a', 'b'], impute: 'median' });
  await using pool: Pool = createPool({ threads: 2, workerPath: new URL('file:///worker.js') });
  const runner: MemberRunner = pool;
  await trainEnsemble(train, options, { runner, onEpochEnd: ({ loss }) => ({ stop: loss < 0.1 }) });
  const combined: CombinedPredictions = await predictEnsemble(ensemble, new Float32Array(4));
  const labels: Int32Array | null = combined.labels;
  const outOfBag = await evaluateOutOfBag(ensemble, dataset);
  const rho: number | null | undefined = outOfBag?.errorCorrelation.rho;
  const report = errorCorrelation({ data: new Float32Array(4), shape: [2, 2] }, ['yes', 'no']);
  const { v, c }: { v: number; c: number | null } = report;
  Dataset.fromArrays({ x: new Float64Array(4), rows: 2, features: 2, labels: [0, 1] });
  void [test, labels, rho, v, c];
}

/** A spec is told apart by its engine. */
export const hidden: number[] = ensemble.plan.members.map((spec) =>
  isNetwork(spec) ? spec.network.layers.length : 0,
);

/** A list of any length, whose task is kept. */
export function joins(ensembles: readonly Ensemble<'regression'>[]): Ensemble<'regression'> {
  return joinEnsembles(ensembles);
}

/** Scores are those of the task; of one that is not known both are there, and the other's throw. */
export function scores(
  values: Report<'regression'>,
  classes: Report<'classification'>,
  unknown: Report,
): readonly number[] {
  // @ts-expect-error a regression has no accuracy
  values.accuracy.toFixed();
  // @ts-expect-error a regression has no AUROC
  values.score('auroc');
  // @ts-expect-error classes have no MAE
  classes.score('mae');
  // @ts-expect-error nor have its members
  values.meanMember.logLoss.toFixed();
  // @ts-expect-error a classification has no error of numbers
  classes.rmse.toFixed();
  // @ts-expect-error nor have its members
  classes.meanMember.rmse.toFixed();
  const scores = [values.score('mae'), classes.score('auroc'), unknown.score('auroc'), unknown.score('mae')];
  const known = [
    ...scores.map(({ value }) => value ?? 0),
    values.rmse,
    values.meanMember.rmse,
    classes.accuracy,
    classes.meanMember.logLoss,
  ];
  return [...known, unknown.accuracy, unknown.logLoss, unknown.rmse, unknown.meanMember.accuracy];
}

/** What is of a known task may be given where any is taken. */
export function forgets(
  ensemble: Ensemble<'regression'>,
  report: Report<'classification'>,
): [Ensemble, Report] {
  return [ensemble, report];
}

export async function misuses(): Promise<void> {
  // @ts-expect-error a target is needed
  loadTraining('data.csv', {});
  const { test } = loadTraining('data.csv', { target: 'y', testShare: 0.3 });
  // @ts-expect-error the rows held out may be none
  await evaluateEnsemble(ensemble, test);
  // @ts-expect-error out of bag each row has its own members: there are no curves
  await evaluateOutOfBag(ensemble, dataset, { curves: true });
  // @ts-expect-error no such option
  await trainEnsemble(dataset, { learningrate: 0.1 });
  // @ts-expect-error no such activation
  await trainEnsemble(dataset, { activation: 'swish' });
  // @ts-expect-error a learner is named by its module, because it runs on other threads
  await trainEnsemble(dataset, { learner: means });
  // @ts-expect-error what fit returns is what predict takes
  const crossed: Learner<number> = { fit: () => 1, predict: (model: string) => [model.length] };
  void crossed;
  // @ts-expect-error options of a learner are what JSON can say
  await trainEnsemble(dataset, { learner: './tree.mjs', learnerOptions: { on: () => 1 } });
  // @ts-expect-error a list of lists
  await trainEnsemble(dataset, { grid: { hidden: [8] } });
  // @ts-expect-error callbacks are settings, since functions are no part of a plan
  await trainEnsemble(dataset, { onEpochEnd: () => undefined });
  // @ts-expect-error no such aggregator
  await predictEnsemble(ensemble, new Float32Array(4), { aggregator: 'median' });
  // @ts-expect-error rows are numbers
  await predictEnsemble(ensemble, ['1', '2']);
  // @ts-expect-error an ensemble's members are not to be changed
  ensemble.members.push(ensemble.members[0]!);
  // @ts-expect-error nor its plan
  ensemble.plan.seed = 2;
}

/** Uncertainties are of the task that is known, and as many as there are records. */
export async function uncertainties(
  classes: Ensemble<'classification'>,
  numbers: Ensemble<'regression'>,
): Promise<number> {
  const [one, two] = await classes.uncertainty([{ a: 1 }, { a: 2 }]);
  const label: string = one.prediction.label;
  // @ts-expect-error classes have one number, not one for each target
  one.epistemic.y;
  const [value] = await numbers.uncertainty([{ a: 1 }]);
  // @ts-expect-error without Gaussian heads there is none
  value.aleatoric.y;
  const spread: number | undefined = value.epistemic.y;
  // @ts-expect-error there were two records
  (await classes.uncertainty([{ a: 1 }, { a: 2 }]))[2].total;
  const arrays = await classes.uncertainty(new Float32Array(2));
  return two.total + (spread ?? 0) + label.length + (arrays.total?.[0] ?? 0) + arrays.predictions.rows;
}
