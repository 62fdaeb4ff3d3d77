// Predicts with boosted-tree members, on the calling thread and in double precision, so that their predictions are the same
// everywhere.

import { outputCount } from '../../data/dataset/dataset.js';
import { decodeTarget } from '../../data/dataset/encoding.js';
import { quickExp, quickLog } from '../../math/quick-functions.js';
import type { Predictions } from '../../predictions/predictions.js';
import {
  type EnginePredictor,
  type MemberPredictor,
  oneByOne,
  type PredictorContext,
  type StoredMember,
} from '../shared/predictor.js';
import { rawOutputs } from './raw-outputs.js';
import type { TreesMemberSpec } from './spec.js';
import { addTrees, readTrees } from './stored-trees.js';

/** Loads members, whose weights are stored trees; see stored-trees.ts. @throws ERR_BUNDLE when they are none. */
export function createPredictor(
  context: PredictorContext,
  members: readonly StoredMember<TreesMemberSpec>[],
): Promise<EnginePredictor> {
  return oneByOne(members, (member) => loadMember(context, member));
}

function loadMember(
  { features, task, encoding }: PredictorContext,
  { spec, index, parameters }: StoredMember<TreesMemberSpec>,
): MemberPredictor {
  const outputs = rawOutputs(task);
  const bounds = { outputs, features, rounds: spec.epochs, maxLeaves: spec.trees.maxLeaves, member: index };
  const trees = readTrees(parameters, bounds);
  const classes = outputCount(task);
  return {
    predict(x, count) {
      const raw = new Float64Array(count * outputs);
      for (let at = 0; at < raw.length; at++) raw[at] = trees.baseline[at % outputs]!;
      addTrees(trees, 0, x, (row) => row * features, count, raw);
      if (task.kind === 'classification') return probabilities(raw, count, classes);
      const mean = raw.map((value, at) => decodeTarget(encoding.targets, at % outputs, value));
      return { rows: count, outputs, mean, logProbabilities: null, variance: null };
    },
  };
}

/** Of raw outputs, one for each class, or the log odds of the second of two. */
function probabilities(raw: Float64Array, rows: number, classes: number): Predictions {
  const z = classes === 2 ? withZeros(raw) : raw;
  const mean = new Float32Array(rows * classes);
  const logProbabilities = new Float32Array(rows * classes);
  for (let from = 0; from < z.length; from += classes) {
    let highest = z[from]!;
    for (let c = 1; c < classes; c++) highest = Math.max(highest, z[from + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += quickExp(z[from + c]! - highest);
    const logSum = highest + quickLog(sum);
    for (let c = 0; c < classes; c++) {
      const logarithm = z[from + c]! - logSum;
      logProbabilities[from + c] = logarithm;
      mean[from + c] = quickExp(logarithm);
    }
  }
  return { rows, outputs: classes, mean, logProbabilities, variance: null };
}

function withZeros(second: Float64Array): Float64Array {
  const both = new Float64Array(2 * second.length);
  for (let row = 0; row < second.length; row++) both[2 * row + 1] = second[row]!;
  return both;
}
