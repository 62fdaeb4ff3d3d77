// Everything the report says of one set of rows, from one pass over the members' predictions of them.

import { applyCalibration } from '../../calibration/apply-calibration.js';
import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { measurementSettings } from '../../ensemble/evaluate/evaluate.js';
import { predictKnownRows } from '../../ensemble/evaluate/known-rows.js';
import { averagingWeights } from '../../ensemble/predict/averaging-weights.js';
import { aggregatorFor, type CombineOptions } from '../../ensemble/predict/predict.js';
import { betweenBlocks } from '../../long-calls.js';
import type { Baseline } from '../../measure/baseline/baseline.js';
import { createMeasurement } from '../../measure/measurement.js';
import { scoreKnownRows } from '../../measure/scores/row-scores.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import { uncertaintyOf } from '../../predictions/aggregate/uncertainty.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { SetData } from '../page/page-data.js';
import { scoredBaselines } from './baselines.js';
import { classesOf } from './classes.js';
import { gainOf } from './gain.js';
import { leaderboardData } from './leaderboard.js';
import { matrixOf } from './matrix.js';
import { numbersOf } from './numbers.js';
import { reliabilityOf } from './reliability.js';
import { rowListsOf } from './row-lists.js';
import { scoresOf } from './scores.js';
import { slicesOf } from './slices.js';
import { uncertaintyData } from './uncertainty.js';

/** Rows and where they come from. */
export interface RowsPart {
  readonly dataset: Dataset;
  readonly rowsFrom: KnownRows['rowsFrom'];
  readonly name: string;
  readonly source: string;
  /** Each row's place in its source, from 0; null where it is its place in the dataset. */
  readonly places: Uint32Array | null;
}

export interface SetOptions extends CombineOptions {
  readonly level?: number;
  readonly replicates?: number;
}

/** Subsets for each size of the measured curve: enough for its shape, a fifth of what all other figures cost. */
const SUBSETS = 8;
/** Replicates of the intervals of scores. */
const REPLICATES = 250;

/** Of intervals. */
export const DEFAULT_LEVEL = 0.95;

export interface CollectedSet {
  readonly data: SetData;
  readonly known: KnownRows;
  readonly dataset: Dataset;
  /** How long predicting took, with what is streamed. */
  readonly predictMs: number;
}

/**
 * Null when no row is out of bag for any member.
 * @param alone whether the report has no other rows
 */
export async function collectSet(
  ensemble: TrainedEnsemble,
  part: RowsPart,
  baseline: Baseline | null,
  options: SetOptions,
  alone: boolean,
): Promise<CollectedSet | null> {
  const { dataset, rowsFrom } = part;
  const { level = DEFAULT_LEVEL, replicates = REPLICATES, ...combining } = options;
  const began = performance.now();
  const measuring = createSetMeasurement(ensemble, rowsFrom, { ...combining, replicates, level });
  const visit = measuring.addBlock;
  const known = await predictKnownRows(ensemble, dataset, rowsFrom, { ...combining, visit });
  if (known === null) return null;
  const predictMs = performance.now() - began;
  await betweenBlocks(options.signal);
  const measurement = measuring.finish();
  const aggregator = aggregatorFor(ensemble, options);
  const { calibration } = ensemble;
  const calibrated =
    calibration === null || options.calibrated === false
      ? null
      : applyCalibration(calibration, known.combined);
  /** As predictions are shown. */
  const shown = calibrated === null ? known : { ...known, combined: calibrated };
  const { probabilities } = aggregators.get(aggregator);
  const weights = options.weights ?? averagingWeights(ensemble);
  const uncertainty = uncertaintyOf(known.members, known.task, { mask: known.mask, weights });
  const intervals = { level, replicates };
  const raw = scoreKnownRows(known, { ...intervals, probabilities });
  const baselines = scoredBaselines(ensemble, baseline, known, dataset, intervals, alone);
  const memberIndices = ensemble.members.map(({ index }) => index);
  const { errorCorrelation } = measurement;
  return {
    ...{ known, dataset, predictMs },
    data: {
      ...{ name: part.name, rowsFrom, source: part.source, rows: known.rows, totalRows: dataset.rows },
      weighted: known.weights !== null,
      // The page has the matrix as correlations.
      measurement: { ...measurement, errorCorrelation: { ...errorCorrelation, covariance: null } },
      gain: gainOf(shown, level),
      scores: scoresOf({
        known,
        raw,
        measurement,
        probabilities,
        calibrated,
        baselines,
        memberIndices,
        ...intervals,
      }),
      matrix: matrixOf(ensemble, errorCorrelation),
      leaderboard: leaderboardData(ensemble, known, aggregator, weights),
      classes: classesOf(shown, probabilities, calibrated === null ? raw : null),
      numbers: numbersOf(shown),
      calibration: reliabilityOf(known, probabilities, calibrated, calibration?.method ?? null),
      uncertainty: uncertaintyData(shown, uncertainty, probabilities),
      guarantee: null,
      lists: rowListsOf(shown, part.places, weights),
      slices: slicesOf(shown, dataset, level),
    },
  };
}

function createSetMeasurement(
  ensemble: TrainedEnsemble,
  rowsFrom: KnownRows['rowsFrom'],
  { replicates, level, ...combining }: SetOptions & { replicates: number; level: number },
) {
  const { task } = ensemble;
  const name = aggregatorFor(ensemble, combining);
  const heldOut = rowsFrom === 'heldOut';
  const intervals = replicates === 0 ? { replicates } : { replicates, level };
  return createMeasurement({
    ...measurementSettings(ensemble, { ...combining, ...intervals, subsets: SUBSETS }),
    ...{ task, outOfBag: !heldOut, scores: false },
    curves: heldOut ? { [name]: combiner(name, task) } : null,
  });
}
