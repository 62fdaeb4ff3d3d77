// The same answer for every row.

import { outputCount } from '../../../src/data/dataset/dataset.js';
import {
  type EnginePredictor,
  oneByOne,
  type PredictorContext,
  type StoredMember,
} from '../../../src/engines/shared/predictor.js';
import type { ToySpec } from './spec.js';

export function createPredictor(
  { task, encoding: { targets } }: PredictorContext,
  members: readonly StoredMember<ToySpec>[],
): Promise<EnginePredictor> {
  const outputs = outputCount(task);
  return oneByOne(members, ({ parameters: weights }) => ({
    predict(_rows, count) {
      const answer = { rows: count, outputs, logProbabilities: null, variance: null };
      const length = count * outputs;
      if (task.kind === 'classification') {
        return { ...answer, mean: Float32Array.from({ length }, (_, at) => weights[at % outputs]!) };
      }
      const inUnits = (output: number) => targets.mean[output]! + targets.std[output]! * weights[output]!;
      return { ...answer, mean: Float64Array.from({ length }, (_, at) => inUnits(at % outputs)) };
    },
  }));
}
