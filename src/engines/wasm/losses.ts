// What the kernels do for each loss: the loss and its gradient in training, answers in prediction.

import type { Kernels } from '../../kernels/kernels.js';
import { type Loss, lossOf } from '../../model/losses.js';
import { type Block, PANEL_ROW_BYTES, panelStrideOf, panelsOf } from './panels.js';
import type { NetworkProgram } from './program.js';

/** Where the head finds what it compares with, in panels. */
export interface HeadInputs {
  readonly labels: number;
  readonly targets: Block;
  readonly rowWeights: number;
  /** Of the training loss: not in an evaluation without gradient. */
  readonly labelSmoothing: number;
}

/** Where a head finds the raw outputs and leaves its answers. */
export interface HeadPlaces {
  /** The last layer's output. */
  readonly z: Block;
  /** f32[rows, outputs]: probabilities or means. */
  readonly mean: number;
  /** f32[rows, outputs]: log-probabilities or variances. */
  readonly second: number;
  /** panels[2] of scratch, for binary heads. */
  readonly pair: number;
}

interface LossKernels {
  /** Σ weight·loss over the batch; leaves its gradient at `dz` unless that is 0. */
  run(kernels: Kernels, z: Block, panels: number, outputs: number, head: HeadInputs, dz: number): number;
  /** Turns the last layer's panels into row-major answers. */
  answer(kernels: Kernels, places: HeadPlaces, outputs: number, rows: number): void;
}

const KERNELS: Readonly<Record<Loss, LossKernels>> = {
  softmaxCrossEntropy: {
    run: (kernels, { address, stride }, panels, outputs, { labels, rowWeights }, dz) =>
      kernels.softmaxCrossEntropy(address, stride, panels, outputs, labels, rowWeights, dz),
    answer(kernels, { z, mean, second }, outputs, rows) {
      kernels.logSoftmax(z.address, z.stride, panelsOf(rows), outputs);
      kernels.unpanel(z.address, z.stride, outputs, rows, second, outputs * 4);
      kernels.exp(second, mean, rows * outputs);
    },
  },
  binaryCrossEntropy: {
    run: (kernels, { address, stride }, panels, _outputs, { labels, rowWeights }, dz) =>
      kernels.binaryCrossEntropy(address, stride, panels, labels, rowWeights, dz),
    answer(kernels, { z, mean, second, pair }, outputs, rows) {
      kernels.binaryLogProbabilities(z.address, z.stride, panelsOf(rows), pair, panelStrideOf(2));
      kernels.unpanel(pair, panelStrideOf(2), outputs, rows, second, outputs * 4);
      kernels.exp(second, mean, rows * outputs);
    },
  },
  squaredError: {
    run(kernels, { address, stride }, panels, outputs, { targets: y, rowWeights }, dz) {
      return kernels.squaredError(address, stride, panels, outputs, y.address, y.stride, rowWeights, dz);
    },
    answer(kernels, { z, mean }, outputs, rows) {
      kernels.unpanel(z.address, z.stride, outputs, rows, mean, outputs * 4);
    },
  },
  gaussianNll: {
    run(kernels, { address, stride }, panels, outputs, { targets: y, rowWeights }, dz) {
      return kernels.gaussianNll(address, stride, panels, outputs, y.address, y.stride, rowWeights, dz);
    },
    answer(kernels, { z, mean, second }, outputs, rows) {
      const { address, stride } = z;
      kernels.gaussianMoments(address, stride, panelsOf(rows), outputs);
      kernels.unpanel(address, stride, outputs, rows, mean, outputs * 4);
      kernels.unpanel(address + outputs * PANEL_ROW_BYTES, stride, outputs, rows, second, outputs * 4);
    },
  },
};

/**
 * The loss of the raw prediction, Σ weight·loss over the batch, and its gradient when asked.
 * @param outputs regression targets, or classes.
 */
export function runLoss(
  { kernels, stages }: NetworkProgram,
  loss: Loss,
  panels: number,
  outputs: number,
  head: HeadInputs,
  withGradient: boolean,
): number {
  const { output, gradient } = stages.at(-1)!;
  const { labels, rowWeights, labelSmoothing } = head;
  const dz = withGradient ? gradient.address : 0;
  const sum = KERNELS[loss].run(kernels, output, panels, outputs, head, dz);
  const { task, units } = lossOf(loss);
  if (!withGradient || labelSmoothing === 0 || task === 'regression') return sum;
  const { address, stride } = output;
  const logits = units(outputs);
  return sum + kernels.smoothLabels(address, stride, panels, logits, labels, rowWeights, labelSmoothing, dz);
}

/** Turns the last layer's panels into row-major answers of the loss's kind. */
export function computeAnswers(
  kernels: Kernels,
  places: HeadPlaces,
  loss: Loss,
  outputs: number,
  rows: number,
): void {
  KERNELS[loss].answer(kernels, places, outputs, rows);
}
