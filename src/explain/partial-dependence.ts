// Partial dependence: what an ensemble predicts on average when a column has a certain value in every row, and what each of
// its members does.
//
// **Source:** Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 2001, section 8.2;
// Goldstein et al., "Peeking inside the black box", JCGS 2015, for the curves of single rows.

import { type Dataset, outputCount, type Values } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { checkDataset } from '../ensemble/predict/inputs.js';
import { openMemberBlocks } from '../ensemble/predict/member-blocks.js';
import { type CombineOptions, ensembleCombiner, PREDICT_OPTIONS } from '../ensemble/predict/predict.js';
import { MEMBER_PREDICTION_OPTIONS } from '../ensemble/predict/predict-members.js';
import { requireMembers } from '../ensemble/predict/stored-members.js';
import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import { checkOptions, described, type OptionTable, option, pickOptions } from '../option-names.js';
import type { Predictions } from '../predictions/predictions.js';
import { emptyLike, partsOf, rowsOf } from '../predictions/row-parts.js';
import type { ExplainProgress } from './explain-progress.js';
import { type PlacedColumn, placedColumns, requirePlaced } from './explained-columns.js';
import { rowsOfX } from './explained-rows.js';
import { type Grid, gridOf } from './grid.js';

export interface DependenceOptions extends CombineOptions {
  /** Values of a column of numbers at most, at evenly spaced quantiles from 5 to 95 %. @default 20 */
  readonly points?: number;
  /** Rows at most, drawn by the seed; Infinity for all. @default 500 */
  readonly maxRows?: number;
  /** Rows whose own curves are given too. @default 0 */
  readonly rowCurves?: number;
  /** Decides which rows are drawn. @default 0 */
  readonly seed?: number;
  /** Told as rows are predicted. */
  readonly onProgress?: (progress: ExplainProgress) => void;
}

export const DEPENDENCE_OPTIONS = {
  ...PREDICT_OPTIONS,
  points: described(option.integer(2), {
    kind: 'number',
    says: 'values of a column of numbers at most, at evenly spaced quantiles',
    default: 20,
  }),
  maxRows: {
    expected: 'an integer ≥ 1, or Infinity',
    holds: (rows) => rows === Number.POSITIVE_INFINITY || option.integer(1).holds(rows),
  },
  rowCurves: option.integer(0),
  seed: option.seed,
  onProgress: option.function,
} satisfies OptionTable<DependenceOptions>;

/** The curve of a column, in the user's units: of classes their probabilities, of numbers the targets. */
export interface PartialDependence {
  readonly column: string;
  readonly kind: 'numeric' | 'categorical';
  /** Ascending numbers, or the categories. */
  readonly values: readonly number[] | readonly string[];
  /** How many rows of the dataset lie nearest to each value, or are of that category. */
  readonly rowsNear: readonly number[];
  /** Classes, or targets. */
  readonly outputs: readonly string[];
  /** The ensemble's mean prediction, f64[values, outputs]. */
  readonly mean: Float64Array;
  /** The same of each member. */
  readonly members: readonly Float64Array[];
  /** Standard deviation of the members' curves about their mean (n − 1), f64[values, outputs]; null of one member. */
  readonly spread: Float64Array | null;
  /** The ensemble's predictions of single rows, each f64[values, outputs], and their places in the dataset. */
  readonly rowCurves: readonly { readonly row: number; readonly curve: Float64Array }[];
  /** Rows that the means are over. */
  readonly rows: number;
}

const MOST_ROWS = 500;
/** Numbers of x that are made at once: 32 MiB in double precision. */
const BATCH_NUMBERS = 2 ** 22;

/**
 * Measures how an ensemble's predictions depend on columns one by one, on the calling thread unless a runner is named.
 * All members predict every row: nothing is scored.
 *
 * @param columns their names, in the order of the answers
 * @throws ERR_OPTION for a name that is no column; what `predictEnsemble` throws.
 */
export async function partialDependence(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  columns: readonly string[],
  options: DependenceOptions = {},
): Promise<readonly PartialDependence[]> {
  checkOptions('partialDependence', options, DEPENDENCE_OPTIONS);
  requireMembers(ensemble, 'to explain');
  checkDataset(ensemble, dataset);
  const { points = 20, maxRows = MOST_ROWS, rowCurves = 0, seed = 0, signal, onProgress } = options;
  const placed = placedColumns(ensemble, dataset);
  const wanted = columns.map((name) => requirePlaced(placed, 'columns', name));
  signal?.throwIfAborted();
  const index = drawRows(dataset.rows, maxRows, seed);
  const x = rowsOfX(dataset, index);
  const weights = dataset.rowWeights && Float64Array.from(index, (row) => dataset.rowWeights![row]!);
  const jobs = wanted.map((column) => ({ column, grid: gridOf(column, dataset, points) }));
  const total = index.length * jobs.reduce((sum, { grid }) => sum + grid.values.length, 0);
  const combine = ensembleCombiner(ensemble, options);
  const blocks = await openMemberBlocks(ensemble, total, pickOptions(options, MEMBER_PREDICTION_OPTIONS));
  try {
    let done = 0;
    const curves: PartialDependence[] = [];
    for (const { column, grid } of jobs) {
      const curve = createCurve(ensemble, column, grid, index, weights, Math.min(rowCurves, index.length));
      const width = index.length * dataset.features;
      const atOnce = Math.max(1, Math.min(grid.values.length, Math.floor(BATCH_NUMBERS / width)));
      const batch = emptyLike(x, atOnce * width);
      for (let from = 0; from < grid.values.length; from += atOnce) {
        const values = Math.min(atOnce, grid.values.length - from);
        for (let at = 0; at < values; at++) {
          writeAt(batch.subarray(at * width), x, dataset.features, column.first, grid.features[from + at]!);
        }
        await blocks.each(batch, values * index.length, null, (members, range) => {
          for (const part of partsOf(range, index.length)) {
            const own = members.map((block) => rowsOf(block, part.from, part.rows));
            curve.add(from + part.job, part.row, own, combine(own));
          }
          done += range.end - range.start;
          onProgress?.({ done, total });
        });
      }
      curves.push(curve.finish());
    }
    return curves;
  } finally {
    blocks.close();
  }
}

function drawRows(rows: number, most: number, seed: number): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  if (rows <= most) return all;
  shuffleInPlace(all, new RandomStream(streamKey(seed, 'explainedRows')));
  return all.slice(0, most).sort();
}

/** Copies all rows with the features of a column at one value. */
function writeAt(into: Values, x: Values, features: number, first: number, values: readonly number[]): void {
  into.set(x);
  for (let at = first; at < x.length; at += features) {
    for (let c = 0; c < values.length; c++) into[at + c] = values[c]!;
  }
}

interface Curve {
  /** Adds rows from `row` on at one value. */
  add(value: number, row: number, members: readonly Predictions[], combined: Predictions): void;
  finish(): PartialDependence;
}

function createCurve(
  { task, members }: TrainedEnsemble,
  { name, fitted }: PlacedColumn,
  { values, rows }: Grid,
  index: Uint32Array,
  weights: Float64Array | null,
  single: number,
): Curve {
  const outputs = outputCount(task);
  const length = values.length * outputs;
  const mean = new Float64Array(length);
  const own = members.map(() => new Float64Array(length));
  const curves = Array.from({ length: single }, () => new Float64Array(length));
  const total = weights === null ? index.length : weights.reduce((sum, weight) => sum + weight, 0);
  const sumInto = (sums: Float64Array, value: number, row: number, predictions: Predictions) => {
    for (let at = 0; at < predictions.rows; at++) {
      const weight = weights === null ? 1 : weights[row + at]!;
      for (let output = 0; output < outputs; output++) {
        sums[value * outputs + output]! += weight * predictions.mean[at * outputs + output]!;
      }
    }
  };
  return {
    add(value, row, predictions, combined) {
      sumInto(mean, value, row, combined);
      for (const [at, member] of predictions.entries()) sumInto(own[at]!, value, row, member);
      for (let at = row; at < Math.min(single, row + combined.rows); at++) {
        for (let output = 0; output < outputs; output++) {
          curves[at]![value * outputs + output] = combined.mean[(at - row) * outputs + output]!;
        }
      }
    },
    finish() {
      const over = (sums: Float64Array) => sums.map((sum) => sum / total);
      const each = own.map(over);
      return {
        column: name,
        kind: fitted?.kind ?? 'numeric',
        ...{ values, rowsNear: rows, rows: index.length },
        outputs: task.kind === 'classification' ? task.classes : task.targets,
        mean: over(mean),
        members: each,
        spread: spreadOf(each, length),
        rowCurves: curves.map((curve, at) => ({ row: index[at]!, curve })),
      };
    },
  };
}

function spreadOf(curves: readonly Float64Array[], length: number): Float64Array | null {
  const count = curves.length;
  if (count < 2) return null;
  return Float64Array.from({ length }, (_, at) => {
    const mean = curves.reduce((sum, curve) => sum + curve[at]!, 0) / count;
    return Math.sqrt(curves.reduce((sum, curve) => sum + (curve[at]! - mean) ** 2, 0) / (count - 1));
  });
}
