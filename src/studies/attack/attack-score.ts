// The score of members and of their arithmetic mean from raw outputs, added up over blocks of rows: accuracy
// for classes, root mean squared error in the user's units for numbers.

import { outputCount } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { clipRange } from '../../ensemble/predict/answers.js';
import { exp } from '../../math/functions.js';
import { logProbabilities, meanPrediction, type RawOutputs, type Truth } from './attack-loss.js';

export const SCORE_NAMES = { classification: 'accuracy', regression: 'rootMeanSquaredError' } as const;

export type AttackScore = (typeof SCORE_NAMES)[keyof typeof SCORE_NAMES];

interface Scores {
  add(members: readonly RawOutputs[], truth: Truth): void;
  finish(): { readonly ensemble: number; readonly members: readonly number[] };
}

/** Scores of `members` members and of their mean; NaN over no rows. */
export function createScores(
  members: number,
  ensemble: Pick<TrainedEnsemble, 'task' | 'encoding' | 'trainedOn'>,
): Scores {
  const { task, encoding } = ensemble;
  const { mean: centres, std } = encoding.targets;
  const range = clipRange(ensemble);
  // Within the range of the training targets, as all predictions are.
  const clipped = (raw: RawOutputs): RawOutputs => {
    if (range === null) return raw;
    const values = raw.values.slice();
    const units = raw.loss === 'gaussianNll' ? 2 * outputs : outputs;
    for (let from = 0; from < values.length; from += units) {
      for (let t = 0; t < outputs; t++) {
        const [low, high] = [range.low[t]!, range.high[t]!].map((end) => (end - centres[t]!) / std[t]!);
        values[from + t] = Math.min(Math.max(values[from + t]!, low!), high!);
      }
    }
    return { ...raw, values };
  };
  const sums = new Float64Array(members);
  const outputs = outputCount(task);
  let whole = 0;
  let rows = 0;
  const correct = (probabilities: Float64Array, label: number) => (argmax(probabilities) === label ? 1 : 0);
  const squares = (own: readonly RawOutputs[], { targets }: Truth, row: number) =>
    meanPrediction(own, outputs, row).reduce((sum, value, t) => {
      return sum + ((value - targets[row * outputs + t]!) * std[t]!) ** 2 / outputs;
    }, 0);
  return {
    add(given, truth) {
      const raw = given.map(clipped);
      const count = raw[0]!.values.length === 0 ? 0 : countRows(truth);
      rows += count;
      for (let row = 0; row < count; row++) {
        if (task.kind === 'regression') {
          whole += squares(raw, truth, row);
          raw.forEach((own, m) => {
            sums[m]! += squares([own], truth, row);
          });
          continue;
        }
        const mean = new Float64Array(outputs);
        raw.forEach((own, m) => {
          const probabilities = logProbabilities(own, outputs, row).map(exp);
          probabilities.forEach((p, c) => {
            mean[c]! += p;
          });
          sums[m]! += correct(probabilities, truth.labels[row]!);
        });
        whole += correct(mean, truth.labels[row]!);
      }
    },
    finish() {
      const score = (sum: number) => (task.kind === 'classification' ? sum / rows : Math.sqrt(sum / rows));
      return { ensemble: score(whole), members: Array.from(sums, score) };
    },
  };
}

function countRows({ task, labels, targets }: Truth): number {
  return task.kind === 'classification' ? labels.length : targets.length / outputCount(task);
}

/** The first of the largest. */
function argmax(values: Float64Array): number {
  return values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
}
