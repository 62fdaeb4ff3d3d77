// Predicts with a learner's stored model, and believes nothing that the learner answers.

import { outputCount, type TargetScale, type Task } from '../../data/dataset/dataset.js';
import { decodeTarget } from '../../data/dataset/encoding.js';
import type { ModuleSpec } from '../../model/spec.js';
import type { Predictions } from '../../predictions/predictions.js';
import { pickColumns } from '../shared/pick-columns.js';
import {
  type EnginePredictor,
  type MemberPredictor,
  oneByOne,
  type PredictorContext,
  type StoredMember,
} from '../shared/predictor.js';
import { allowedModule } from '../user-modules/allowed-modules.js';
import { serveApart } from './learner-thread.js';
import type { Answer, ServedModel } from './served-model.js';
import type { LearnerMemberSpec } from './spec.js';
import { failLearner, type LearnerPlace } from './stored-model.js';

/** A learner's member as predicting needs it. */
export interface FittedMember {
  /** Its learner, where it lies now. */
  readonly module: ModuleSpec;
  /** Its place in the plan, for messages. */
  readonly index: number;
  /** The stored model. */
  readonly model: Uint8Array;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
}

/** How far the probabilities of a row may sum from 1: single precision over many classes stays well within. */
const SUM_TOLERANCE = 1e-3;

/** How far a probability may miss 0 or 1: single precision rounds to 1.0000001 and -1e-9; it counts as 0 or 1. */
const PROBABILITY_TOLERANCE = 1e-4;

/**
 * Loads members, each with its module and its model, on a thread of the learner's.
 * Probabilities come without logarithms, so that a geometric mean floors those of 0 and counts them.
 * @throws ERR_MODULE for a module that is not there or not the one it was trained with; ERR_LEARNER when the
 * learner throws, ends its thread or takes too long, or answers with another number of numbers, with what is not finite
 * or with no probabilities.
 */
export function createPredictor(
  { features, task, encoding, allowedModules, isolate }: PredictorContext,
  members: readonly StoredMember<LearnerMemberSpec>[],
): Promise<EnginePredictor> {
  return oneByOne(members, async ({ spec, index, model, columns }) => {
    const module = allowedModule(allowedModules, { module: spec.learner, member: index });
    const member = { module, index, model: model!, columns };
    return predictorOf(await serveApart(member, isolate), member, features, task, encoding.targets);
  });
}

/**
 * A member whose model is restored, wherever that is.
 * @param scale of the targets (regression).
 */
export function predictorOf(
  model: ServedModel,
  { module, index: member, columns }: FittedMember,
  features: number,
  task: Task,
  scale: TargetScale,
): MemberPredictor {
  const place: LearnerPlace = { member, path: module.path };
  const outputs = outputCount(task);
  return {
    async predict(x: Float32Array, rows: number): Promise<Predictions> {
      const own = Float32Array.from(pickColumns(x, features, columns, rows));
      const answer = await model.predict(own, rows, rows * outputs);
      const numbers = checkedNumbers(answer, rows * outputs, `${rows} rows × ${outputs}`, place);
      const shape = { rows, outputs, logProbabilities: null, variance: null };
      if (task.kind === 'classification') {
        requireProbabilities(numbers, outputs, place);
        return { ...shape, mean: Float32Array.from(numbers) };
      }
      const inUnits = (value: number, at: number) =>
        scale.map === undefined
          ? scale.mean[at % outputs]! + scale.std[at % outputs]! * value
          : decodeTarget(scale, at % outputs, value);
      return { ...shape, mean: numbers.map(inUnits) };
    },
    dispose: () => model.dispose?.(),
  };
}

/** The answer, finite in single precision. */
function checkedNumbers(answer: Answer, length: number, what: string, place: LearnerPlace): Float64Array {
  if (!(answer instanceof Float64Array)) {
    const given = answer.length ?? 'no list';
    return failLearner(place, `should answer predict with ${length} numbers (${what}), got ${given}`);
  }
  const at = answer.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (at >= 0) failLearner(place, `answered predict with ${answer[at]} at place ${at}`);
  return answer;
}

/** Refuses what are no probabilities, and makes those that are so but for rounding exactly so. */
function requireProbabilities(mean: Float64Array, outputs: number, place: LearnerPlace): void {
  for (let from = 0; from < mean.length; from += outputs) {
    let sum = 0;
    for (let at = from; at < from + outputs; at++) {
      const probability = mean[at]!;
      if (probability < -PROBABILITY_TOLERANCE || probability > 1 + PROBABILITY_TOLERANCE) {
        failLearner(place, `answered predict with the probability ${probability}`);
      }
      mean[at] = Math.min(1, Math.max(0, probability));
      sum += probability;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      failLearner(place, `answered predict with probabilities of a row that sum to ${sum}`);
    }
  }
}
