// The calls of each loss: the loss and its gradient in training, answers in prediction.

import type { Scale } from '../../data/dataset/dataset.js';
import type { Operand } from '../../kernels/operand.js';
import type { Calls } from '../../kernels/operation-calls.js';
import { roundUp4 } from '../../kernels/weight-layout.js';
import { type Loss, type LossSpec, lossOf } from '../../model/losses.js';
import { rateFactors } from '../shared/linked-answers.js';
import { type Block, PANEL_ROW_BYTES, panelStrideOf } from './panels.js';
import type { BoundNetwork } from './passes.js';

/** Where the head finds what it compares with, in panels. */
export interface HeadInputs {
  readonly labels: number;
  readonly targets: Block;
  readonly rowWeights: number;
  /** Of the training loss: not in an evaluation without gradient. */
  readonly labelSmoothing: number;
  /** f32: what the loss reads beside the truth, {@link lossConstants}. */
  readonly constants: number;
  readonly constantWords: number;
  /** Like `targets`, for a loss that takes them in other units; behind what `constants` has for it. */
  readonly scratch: number;
}

/** Where a head leaves its answers. */
export interface AnswerPlaces {
  /** f32[rows, outputs]: probabilities or means; of quantiles f32[rows, levels × outputs], raw. */
  readonly mean: number;
  /** f32[rows, outputs]: log-probabilities or variances. */
  readonly second: number;
}

/** Where a head finds the raw outputs, and what its answers need. */
export interface HeadPlaces extends AnswerPlaces {
  /** The last layer's output. */
  readonly z: Block;
  /** panels[2] of scratch, for binary heads. */
  readonly pair: number;
}

/** The rows whose answers are wanted. */
export interface AnsweredRows {
  readonly count: Operand;
  readonly panels: Operand;
}

export const ONE_ROW: AnsweredRows = { count: 1, panels: 1 };

interface LossCalls {
  /** Σ weight·loss over the batch; leaves its gradient at `dz` unless that is 0. */
  loss(
    calls: Calls,
    z: Block,
    panels: Operand,
    outputs: number,
    head: HeadInputs,
    dz: number,
    spec: LossSpec,
  ): void;
  /** Turns the last layer's panels into row-major answers. */
  answer(calls: Calls, places: HeadPlaces, outputs: number, rows: AnsweredRows, spec: LossSpec): void;
}

/** What the loss of a spec reads that is no argument of its call. @param scale of the targets. @param room floats. */
export function lossConstants({ loss, quantiles }: LossSpec, scale: Scale, room: number): Float32Array {
  if (loss === 'poisson') return rateFactors(scale);
  if (loss === 'multilabel') return labelConstants(scale, room);
  return Float32Array.from(quantiles ?? []);
}

/** Floats of {@link lossConstants}. @param block those of the panels of a batch's targets. */
export function constantCount({ loss, quantiles }: LossSpec, outputs: number, block: number): number {
  if (loss === 'multilabel') return roundUp4(outputs) + block;
  return loss === 'poisson' ? 2 * outputs : (quantiles?.length ?? 0);
}

/** What makes 0 and 1 of standardised targets again: deviations, then panels of the means. */
function labelConstants({ mean, std }: Scale, room: number): Float32Array {
  const constants = new Float32Array(room);
  constants.set(std);
  const rows = roundUp4(mean.length);
  for (let at = rows; at < room; at++) constants[at] = mean[Math.floor((at - rows) / 8) % rows] ?? 0;
  return constants;
}

/** Raw outputs that are the means as they are. */
const answerMeans: LossCalls['answer'] = (calls, { z, mean }, outputs, { count }) => {
  calls.unpanel(z.address, z.stride, outputs, count, mean, outputs * 4);
};

/** Scores of classes as probabilities and their logarithms. */
const answerClasses: LossCalls['answer'] = (calls, { z, mean, second }, outputs, { count, panels }) => {
  calls.logSoftmax(z.address, z.stride, panels, outputs);
  calls.unpanel(z.address, z.stride, outputs, count, second, outputs * 4);
  calls.exp(second, mean, count, outputs);
};

const CALLS: Readonly<Record<Loss, LossCalls>> = {
  softmaxCrossEntropy: {
    loss(calls, { address, stride }, panels, outputs, { labels, rowWeights }, dz) {
      calls.softmaxCrossEntropy(address, stride, panels, outputs, labels, rowWeights, dz);
    },
    answer: answerClasses,
  },
  binaryCrossEntropy: {
    loss(calls, { address, stride }, panels, _outputs, { labels, rowWeights }, dz) {
      calls.binaryCrossEntropy(address, stride, panels, labels, rowWeights, dz);
    },
    answer(calls, { z, mean, second, pair }, outputs, { count, panels }) {
      calls.binaryLogProbabilities(z.address, z.stride, panels, pair, panelStrideOf(2));
      calls.unpanel(pair, panelStrideOf(2), outputs, count, second, outputs * 4);
      calls.exp(second, mean, count, outputs);
    },
  },
  squaredError: {
    loss(calls, { address, stride }, panels, outputs, { targets: y, rowWeights }, dz) {
      calls.squaredError(address, stride, panels, outputs, y.address, y.stride, rowWeights, dz);
    },
    answer: answerMeans,
  },
  huber: {
    loss(calls, { address, stride }, panels, outputs, { targets: y, rowWeights }, dz, { huberDelta }) {
      calls.huber(address, stride, panels, outputs, y.address, y.stride, huberDelta!, rowWeights, dz);
    },
    answer: answerMeans,
  },
  poisson: {
    loss(calls, { address, stride }, panels, outputs, { targets: y, rowWeights, constants }, dz) {
      calls.poissonNll(address, stride, panels, outputs, y.address, y.stride, constants, rowWeights, dz);
    },
    answer: answerMeans,
  },
  multilabel: {
    loss(calls, { address, stride }, panels, outputs, { targets: y, rowWeights, constants, scratch }, dz) {
      const means = constants + 4 * roundUp4(outputs);
      calls.scaleRows(y.address, scratch, y.stride, panels, outputs, constants);
      calls.add(scratch, means, y.stride, panels);
      calls.binaryCrossEntropies(address, stride, panels, outputs, scratch, y.stride, rowWeights, dz);
    },
    answer: answerMeans,
  },
  quantile: {
    loss(calls, { address, stride }, panels, outputs, head, dz, { quantiles }) {
      const { targets: y, rowWeights, constants } = head;
      const levels = [constants, quantiles!.length] as const;
      calls.pinball(address, stride, panels, outputs, y.address, y.stride, ...levels, rowWeights, dz);
    },
    answer: (calls, places, outputs, rows, { quantiles }) =>
      answerMeans(calls, places, outputs * quantiles!.length, rows, { loss: 'quantile' }),
  },
  focal: {
    loss(calls, { address, stride }, panels, outputs, { labels, rowWeights }, dz, { focalGamma }) {
      calls.focalCrossEntropy(address, stride, panels, outputs, labels, focalGamma!, rowWeights, dz);
    },
    answer: answerClasses,
  },
  gaussianNll: {
    loss(calls, { address, stride }, panels, outputs, { targets: y, rowWeights }, dz) {
      calls.gaussianNll(address, stride, panels, outputs, y.address, y.stride, rowWeights, dz);
    },
    answer(calls, { z: { address, stride }, mean, second }, outputs, { count, panels }) {
      calls.gaussianMoments(address, stride, panels, outputs);
      calls.unpanel(address, stride, outputs, count, mean, outputs * 4);
      calls.unpanel(address + outputs * PANEL_ROW_BYTES, stride, outputs, count, second, outputs * 4);
    },
  },
};

/**
 * The loss of the raw prediction, Σ weight·loss over the batch, and its gradient when asked.
 * @param outputs regression targets, or classes.
 */
export function callLoss(
  { calls, stages }: BoundNetwork,
  spec: LossSpec,
  panels: Operand,
  outputs: number,
  head: HeadInputs,
  withGradient: boolean,
): void {
  const { output, gradient } = stages.at(-1)!;
  const { labels, rowWeights, labelSmoothing } = head;
  const dz = withGradient ? gradient.address : 0;
  CALLS[spec.loss].loss(calls, output, panels, outputs, head, dz, spec);
  const { smooths, units } = lossOf(spec.loss);
  if (!withGradient || labelSmoothing === 0 || !smooths) return;
  const { address, stride } = output;
  calls.smoothLabels(address, stride, panels, units(outputs), labels, rowWeights, labelSmoothing, dz);
}

/** Turns the last layer's panels into row-major answers of the loss's kind. */
export function callAnswers(
  calls: Calls,
  places: HeadPlaces,
  spec: LossSpec,
  outputs: number,
  rows: AnsweredRows,
): void {
  CALLS[spec.loss].answer(calls, places, outputs, rows, spec);
}
