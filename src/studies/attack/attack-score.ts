// The score of members and of their arithmetic mean from raw outputs, added up over blocks of rows: accuracy
// for classes, root mean squared error in the user's units for numbers.

import { outputCount } from '../../data/dataset/dataset.js';
import { decodeTarget, type TargetScale } from '../../data/dataset/encoding.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { clipRange } from '../../ensemble/predict/answer-rules.js';
import { exp } from '../../math/functions.js';
import { accuracy } from '../../measure/metrics/accuracy.js';
import type { ScalarMetric } from '../../measure/metrics/metric.js';
import { squaredError } from '../../measure/metrics/squared-error.js';
import { labelsOf } from '../../predictions/labels.js';
import { logProbabilities, meanPrediction, type RawOutputs, type Truth } from './attack-loss.js';

export const SCORE_NAMES = { classification: 'accuracy', regression: 'rootMeanSquaredError' } as const;

export type AttackScore = (typeof SCORE_NAMES)[keyof typeof SCORE_NAMES];

interface Scores {
  add(members: readonly RawOutputs[], truth: Truth): void;
  finish(): { readonly ensemble: number; readonly members: readonly number[] };
}

type Attacked = Pick<TrainedEnsemble, 'task' | 'encoding' | 'trainedOn'>;

/** Scores of `members` members and of their mean; NaN over no rows. */
export function createScores(members: number, ensemble: Attacked): Scores {
  const { task, encoding } = ensemble;
  const classes = task.kind === 'classification';
  const metric: ScalarMetric = classes ? accuracy : squaredError;
  const outputs = outputCount(task);
  const offCentre = uncentred(encoding.targets);
  const predict = classes ? probabilitiesOf(outputs) : valuesOf(outputs, ensemble);
  const whole = new Float64Array(metric.sums(outputs));
  const single = Array.from({ length: members }, () => new Float64Array(metric.sums(outputs)));
  let scoredRows = 0;
  return {
    add(raw, { labels, targets }) {
      const rows = classes ? labels.length : targets.length / outputs;
      const truth = {
        rows,
        labels,
        targets: Float64Array.from(targets, (y, at) => offCentre(y, at % outputs)),
      };
      const addTo = (sums: Float64Array, mean: Float64Array) => {
        const chosen = classes ? labelsOf(mean, rows, outputs) : labels;
        metric.addRows(sums, {
          rows,
          outputs,
          mean,
          chosen,
          truth,
          logProbabilities: null,
          variance: null,
          weights: null,
        });
      };
      const own = raw.map((member) => predict(member, rows));
      for (const [member, mean] of own.entries()) addTo(single[member]!, mean);
      addTo(whole, meanOf(own));
      scoredRows += rows;
    },
    finish() {
      const score = (sums: Float64Array) => {
        const value = metric.value(sums, scoredRows);
        return classes ? value : Math.sqrt(value / outputs);
      };
      return { ensemble: score(whole), members: single.map(score) };
    },
  };
}

/** What stands for z of a target, less the target's centre, in the user's units. */
function uncentred(scale: TargetScale): (z: number, t: number) => number {
  return scale.map === undefined
    ? (z, t) => z * scale.std[t]!
    : (z, t) => decodeTarget(scale, t, z) - scale.mean[t]!;
}

/** Predictions of one member, f64[rows, outputs]. */
type Predict = (raw: RawOutputs, rows: number) => Float64Array;

function probabilitiesOf(classes: number): Predict {
  return (raw, rows) => {
    const probabilities = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      probabilities.set(logProbabilities(raw, classes, row).map(exp), row * classes);
    }
    return probabilities;
  };
}

/** Within the range of the training targets, as all predictions are; in the user's units, but for the centre. */
function valuesOf(outputs: number, ensemble: Attacked): Predict {
  const { mean: centres } = ensemble.encoding.targets;
  const offCentre = uncentred(ensemble.encoding.targets);
  const range = clipRange(ensemble);
  const within = (value: number, t: number) =>
    range === null
      ? value
      : Math.min(Math.max(value, range.low[t]! - centres[t]!), range.high[t]! - centres[t]!);
  return (raw, rows) => {
    const values = new Float64Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      const own = meanPrediction([raw], outputs, row).map((value, t) => within(offCentre(value, t), t));
      values.set(own, row * outputs);
    }
    return values;
  };
}

function meanOf(members: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(members[0]!.length);
  for (const own of members) for (let at = 0; at < mean.length; at++) mean[at]! += own[at]! / members.length;
  return mean;
}
