// How often intervals and sets hold the truth of test rows, and how wide they are, for several coverages.

import { coverageOf } from '../../conformal/measured-coverage.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { conformityOfKnown } from '../../ensemble/evaluate/conformalise.js';
import { ensembleGuarantee } from '../../ensemble/predict/guarantees.js';
import { aggregatorFor, type CombineOptions } from '../../ensemble/predict/predict.js';
import { TuttiError } from '../../errors.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { GuaranteeData } from '../page/page-data.js';

const ASKED = [0.5, 0.8, 0.9, 0.95];
/** Rows × rows that conformed: each is held against all of them. */
const MOST_COMPARED = 1.5e6;
const ROWS = { least: 200, most: 1000 };

/** An ensemble with what guarantees are made of: its own, or that of its training rows where they are there. */
export function withConformity(
  ensemble: TrainedEnsemble,
  outOfBag: { readonly known: KnownRows; readonly dataset: Dataset } | null,
  options: CombineOptions,
): TrainedEnsemble {
  if (ensemble.conformity !== null || outOfBag === null) return ensemble;
  const aggregator = aggregatorFor(ensemble, options);
  return {
    ...ensemble,
    conformity: conformityOfKnown(ensemble, outOfBag.known, outOfBag.dataset, aggregator),
  };
}

/** Null for rows that were trained on, and where no conformity is kept or none holds for these options. */
export function guaranteeOf(
  ensemble: TrainedEnsemble,
  known: KnownRows,
  dataset: Dataset,
  options: Pick<CombineOptions, 'aggregator' | 'weights' | 'calibrated'> & { readonly level: number },
): GuaranteeData | null {
  const { conformity, task } = ensemble;
  const own = options.aggregator === undefined || options.aggregator === conformity?.aggregator;
  if (conformity === null || known.rowsFrom === 'outOfBag' || !own) return null;
  if (options.weights !== undefined || options.calibrated === false) return null;
  const most = Math.min(ROWS.most, Math.max(ROWS.least, Math.floor(MOST_COMPARED / conformity.rows)));
  const rows = evenly(known, most);
  const points = ASKED.flatMap((asked) => {
    const guarantee = guaranteeFor(ensemble, asked);
    if (guarantee === null) return [];
    const settings = { task, asked, conformal: 'lac', level: options.level } as const;
    const of = coverageOf(guarantee(rows.members, rows.x(dataset), 0), rows.truth, rows.weights, settings);
    const figures =
      of.kind === 'classification'
        ? { ...of, size: of.meanSize }
        : { ...of.targets[0]!, size: of.targets[0]!.meanWidth };
    const { value, interval } = figures.coverage;
    return [{ asked, measured: { value, low: interval.low, high: interval.high }, size: figures.size }];
  });
  if (points.length === 0) return null;
  const method = conformity.method === 'split' ? 'split conformal' : 'jackknife+-after-bootstrap';
  return {
    what: task.kind === 'classification' ? 'sets' : 'intervals',
    method,
    points,
    rows: rows.truth.rows,
  };
}

/** Null where too few rows conform for so large a coverage. */
function guaranteeFor(ensemble: TrainedEnsemble, coverage: number) {
  try {
    return ensembleGuarantee(ensemble, { coverage });
  } catch (error) {
    if (error instanceof TuttiError && error.code === 'ERR_DATA') return null;
    throw error;
  }
}

/** So many rows of held-out ones, evenly taken. */
function evenly({ rows, outputs, index, truth, weights, members }: KnownRows, most: number) {
  const step = Math.max(1, Math.ceil(rows / most));
  const places = Uint32Array.from({ length: Math.ceil(rows / step) }, (_, at) => at * step);
  const pick = <Own extends Float32Array | Float64Array | Int32Array>(values: Own, width: number): Own => {
    const own = new (values.constructor as new (length: number) => Own)(
      values.length === 0 ? 0 : places.length * width,
    );
    if (values.length === 0) return own;
    for (const [at, row] of places.entries())
      own.set(values.subarray(row * width, (row + 1) * width), at * width);
    return own;
  };
  return {
    truth: { rows: places.length, labels: pick(truth.labels, 1), targets: pick(truth.targets, outputs) },
    weights: weights && pick(weights, 1),
    members: members.map(
      ({ mean, logProbabilities, variance }): Predictions => ({
        ...{ rows: places.length, outputs, mean: pick(mean, outputs) },
        logProbabilities: logProbabilities && pick(logProbabilities, outputs),
        variance: variance && pick(variance, outputs),
      }),
    ),
    x: ({ x, features }: Dataset) => {
      const own = new Float64Array(places.length * features);
      for (const [at, row] of places.entries())
        own.set(x.subarray(index[row]! * features, (index[row]! + 1) * features), at * features);
      return own;
    },
  };
}
