// What a member's last layer put out, as predictions in the user's units. It owns the views of the two regions that a
// member's answers lie in; which rows were predicted is not its business.

import { decodeTarget, type TargetScale } from '../../data/dataset/encoding.js';
import { isLinked, type LossSpec, lossOf } from '../../model/losses.js';
import type { Predictions } from '../../predictions/predictions.js';
import { linkedRoom, writeLinked } from '../shared/linked-answers.js';
import type { AnswerPlaces } from './losses.js';

/** Answers that were computed for `count` rows; views that the next call overwrites. */
export type AnswerReader = (count: number) => Predictions;

/**
 * @param outputs classes or targets.
 * @param scale of the targets.
 */
export function answerReader(
  buffer: ArrayBufferLike,
  places: AnswerPlaces,
  spec: LossSpec,
  outputs: number,
  scale: TargetScale,
): AnswerReader {
  if (isLinked(spec)) return linkedReader(buffer, places, spec, outputs, scale);
  const { loss } = spec;
  let answers: Answers | null = null;
  return (count) => {
    // Most often there are as many rows as the last time: one, or a block.
    if (answers?.predictions.rows !== count) answers = viewAnswers(buffer, places, loss, outputs, count);
    if (answers.predictions.logProbabilities === null) toUserUnits(answers, scale);
    return answers.predictions;
  };
}

/** The same where raw outputs are no targets. */
function linkedReader(
  buffer: ArrayBufferLike,
  { mean }: AnswerPlaces,
  spec: LossSpec,
  outputs: number,
  scale: TargetScale,
): AnswerReader {
  let room: Predictions | null = null;
  const units = outputs * (spec.quantiles?.length ?? 1);
  return (count) => {
    if (room?.rows !== count) room = linkedRoom(spec, count, outputs);
    writeLinked(spec, new Float32Array(buffer, mean, count * units), scale, room);
    return room;
  };
}

interface Answers {
  /** f32[rows, outputs] both: the regions themselves. */
  readonly mean: Float32Array;
  readonly second: Float32Array;
  readonly predictions: Predictions;
}

/**
 * The views of `rows` rows of answers. Written out, not spread: of every spread object V8 20 makes a hidden class of
 * its own, which took a quarter of the time of predicting a row and stayed until the next full collection.
 */
function viewAnswers(
  buffer: ArrayBufferLike,
  places: AnswerPlaces,
  loss: LossSpec['loss'],
  outputs: number,
  rows: number,
): Answers {
  const length = rows * outputs;
  const { gives } = lossOf(loss);
  const mean = new Float32Array(buffer, places.mean, length);
  const second = new Float32Array(buffer, places.second, length);
  const predictions: Predictions =
    gives === 'logProbabilities'
      ? { rows, outputs, mean, logProbabilities: second, variance: null }
      : {
          rows,
          outputs,
          mean: new Float64Array(length),
          logProbabilities: null,
          variance: gives === 'variance' ? new Float64Array(length) : null,
        };
  return { mean, second, predictions };
}

function toUserUnits({ mean, second, predictions }: Answers, scale: TargetScale): void {
  const { outputs, mean: own, variance } = predictions;
  for (let output = 0; output < outputs; output++) {
    const [std, centre] = [scale.std[output]!, scale.mean[output]!];
    if (scale.map !== undefined) {
      for (let at = output; at < mean.length; at += outputs) own[at] = decodeTarget(scale, output, mean[at]!);
      continue;
    }
    for (let at = output; at < mean.length; at += outputs) own[at] = mean[at]! * std + centre;
    if (variance === null) continue;
    for (let at = output; at < mean.length; at += outputs) variance[at] = second[at]! * std * std;
  }
}
