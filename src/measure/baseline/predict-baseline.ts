// What a baseline says of rows.

import type { FeatureScale, Task, Values } from '../../data/dataset/dataset.js';
import { encodeRows } from '../../data/dataset/encoding.js';
import { exp } from '../../math/functions.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import { labelsOf } from '../../predictions/labels.js';
import type { Baseline, LinearBaseline } from './baseline.js';

/** Rows to predict: places in `x`, [n, features] in the user's units, and the scale of its features as members see them. */
export interface BaselineInputs {
  readonly task: Task;
  readonly x: Values;
  readonly features: number;
  readonly scale: FeatureScale | null;
  readonly index: Uint32Array;
}

export type BaselineName = 'constant' | 'linear';

/** What each part of a baseline predicts, in its order. */
export function baselinePredictions(
  { constant, linear }: Baseline,
  inputs: BaselineInputs,
): { readonly name: BaselineName; readonly predictions: CombinedPredictions }[] {
  const { task, index } = inputs;
  const same = repeated(constant, index.length);
  return [
    { name: 'constant', predictions: asPredictions(task, same, index.length) },
    ...(linear === null
      ? []
      : [
          {
            name: 'linear' as const,
            predictions: asPredictions(task, linearAnswers(linear, inputs), index.length),
          },
        ]),
  ];
}

function repeated(constant: readonly number[], rows: number): Float64Array {
  return Float64Array.from({ length: rows * constant.length }, (_, at) => constant[at % constant.length]!);
}

/** [rows, outputs]: probabilities, or values in the user's units. */
export function linearAnswers({ weights, bias }: LinearBaseline, inputs: BaselineInputs): Float64Array {
  const { task, x, features, scale, index } = inputs;
  const rows = index.length;
  const outputs = bias.length;
  const encoded = encodeRows(x, features, scale, { start: 0, end: rows }, index);
  const own = Float64Array.from(weights);
  const answers = repeated(bias, rows);
  for (let row = 0; row < rows; row++) {
    const answer = answers.subarray(row * outputs, (row + 1) * outputs);
    for (let i = 0; i < features; i++) {
      const value = encoded[row * features + i]!;
      for (let output = 0; output < outputs; output++) answer[output]! += value * own[i * outputs + output]!;
    }
    if (task.kind === 'classification') softmax(answer);
  }
  return answers;
}

function softmax(logits: Float64Array): void {
  const most = logits.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    logits[at] = exp(logits[at]! - most);
    sum += logits[at]!;
  }
  for (let at = 0; at < logits.length; at++) logits[at]! /= sum;
}

/** Answers as predictions without variances. */
export function asPredictions(task: Task, mean: Float64Array, rows: number): CombinedPredictions {
  const classes = task.kind === 'classification';
  const outputs = classes ? task.classes.length : task.targets.length;
  return {
    ...{ rows, outputs, mean, logProbabilities: null, variance: null, flooredCount: 0, varianceKind: null },
    labels: classes ? labelsOf(mean, rows, outputs) : null,
  };
}
