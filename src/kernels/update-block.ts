// The update block: 64 bytes of shared memory that tell `weightGradient` and `applyUpdate` what to do with
// a gradient. The byte offsets here and in assembly/update.ts are the two sides of one format.
// A training writes the constants once (`writeUpdate`) and the step-dependent fields every step (`writeStep`).
import { powersOf } from '../math/functions.js';
import type { OptimizerSpec } from '../model/spec.js';

export const UPDATE_BLOCK_BYTES = 64;

/** A moment below this is as good as zero; still far above the denormals, which are slow. */
export const NEGLIGIBLE_MOMENT = 1e-30;
/** From 1e-30 the first moment takes over 170 steps of decay by 0.9 to become denormal. */
export const STEPS_BETWEEN_FLUSHES = 128;

const MODE = { store: 0, accumulate: 1, sgd: 2, adam: 3 } as const;

/** Positions in 4-byte words. */
const WORD = {
  mode: 0,
  /** Byte offset from a weight to its gradient, momentum or first moment. */
  first: 1,
  /** Byte offset from a weight to its second moment. */
  second: 2,
  nesterov: 3,
  stepSize: 4,
  beta1: 5,
  oneMinusBeta1: 6,
  beta2: 7,
  oneMinusBeta2: 8,
  tolerance: 9,
  keep: 10,
  l1: 11,
  l2: 12,
  /** As `stepSize`, for biases. */
  biasStepSize: 13,
} as const;

/** Where a gradient goes instead of an optimizer. `gradientOffset`: bytes from a weight to its gradient. */
export interface GradientTarget {
  readonly kind: 'store' | 'accumulate';
  readonly gradientOffset: number;
}

/** An optimizer with its penalties and the byte offsets from a weight to its state. */
export interface OptimizerUpdate {
  readonly kind: 'optimizer';
  readonly optimizer: OptimizerSpec;
  readonly normPenalty: { readonly l1: number; readonly l2: number };
  /** sgd: the momentum buffer (any value when momentum is 0); adam: the first moment m. */
  readonly firstOffset: number;
  /** adam: the second moment v; otherwise unused. */
  readonly secondOffset: number;
}

/** Writes the constant fields of a block at byte `address` (16-byte aligned). */
export function writeUpdate(
  memory: WebAssembly.Memory | SharedArrayBuffer,
  address: number,
  update: GradientTarget | OptimizerUpdate,
): void {
  const { words, floats } = blockViews(memory, address);
  words.fill(0);
  if (update.kind !== 'optimizer') {
    words[WORD.mode] = MODE[update.kind];
    words[WORD.first] = update.gradientOffset;
    return;
  }
  const { optimizer, normPenalty } = update;
  words[WORD.mode] = optimizer.kind === 'sgd' ? MODE.sgd : MODE.adam;
  words[WORD.first] = update.firstOffset;
  words[WORD.second] = update.secondOffset;
  floats[WORD.l1] = normPenalty.l1;
  floats[WORD.l2] = normPenalty.l2;
  floats[WORD.keep] = 1;
  if (optimizer.kind === 'sgd') {
    floats[WORD.beta1] = optimizer.momentum;
    words[WORD.nesterov] = optimizer.nesterov ? 1 : 0;
  } else {
    floats[WORD.beta1] = optimizer.beta1;
    floats[WORD.oneMinusBeta1] = 1 - optimizer.beta1;
    floats[WORD.beta2] = optimizer.beta2;
    floats[WORD.oneMinusBeta2] = 1 - optimizer.beta2;
  }
}

/** Where a block reaches from weights at an address, as many floats as they are; null where it is no update block. */
export function updatedRegions(
  buffer: ArrayBufferLike,
  address: number,
  weights: number,
): readonly number[] | null {
  const [mode = 0, first = 0, second = 0] = new Uint32Array(buffer, address, 3);
  const reach = (offset: number) => (weights + offset) % 2 ** 32;
  if (mode > MODE.adam) return null;
  if (mode === MODE.adam) return [reach(first), reach(second)];
  const [momentum] = new Float32Array(buffer, address + WORD.beta1 * 4, 1);
  return mode === MODE.sgd && momentum === 0 ? [] : [reach(first)];
}

/** What multiplies the learning rate of every step, and then that of biases and the decay once more. */
export interface StepFactors {
  readonly rate: number;
  readonly bias: number;
  readonly decay: number;
}

const NO_FACTORS: StepFactors = { rate: 1, bias: 1, decay: 1 };

/** Writes a block's fields of one step; made once per block because creating views costs more than writing. */
export interface StepWriter {
  /**
   * @param learningRate Of this step, schedule included.
   * @param step Number of the step since training began, from 1.
   * @param decay What multiplies the decay at this step. @default 1
   */
  writeStep(learningRate: number, step: number, decay?: number): void;
}

/**
 * Adam: w ← w·keep − (lr / bc1) m / (√v / √bc2 + tolerance), bcᵢ = 1 − βᵢ^step, keep = 1 − lr · weightDecay.
 * Multiplying numerator and denominator by √bc2 leaves one factor and one sum per weight.
 * **Source:** Kingma and Ba (2015); Loshchilov and Hutter (2019) for the decoupled decay.
 */
export function stepWriter(
  memory: WebAssembly.Memory | SharedArrayBuffer,
  address: number,
  optimizer: OptimizerSpec,
  factors: StepFactors = NO_FACTORS,
): StepWriter {
  const { floats } = blockViews(memory, address);
  const { rate: rateFactor, bias: biasFactor, decay: decayFactor } = factors;
  if (optimizer.kind === 'sgd') {
    return {
      writeStep: (learningRate) => {
        const rate = learningRate * rateFactor;
        floats[WORD.stepSize] = rate;
        floats[WORD.biasStepSize] = rate * biasFactor;
      },
    };
  }
  const factorsOf = adamSteps(optimizer);
  return {
    writeStep: (learningRate, step, decay = 1) => {
      const { stepSize, tolerance, keep } = factorsOf(learningRate * rateFactor, step, decay * decayFactor);
      floats[WORD.stepSize] = stepSize;
      floats[WORD.biasStepSize] = stepSize * biasFactor;
      floats[WORD.tolerance] = tolerance;
      floats[WORD.keep] = keep;
    },
  };
}

/** Adam's factors of a step: w ← w·keep − stepSize · m / (√v + tolerance). */
export interface AdamFactors {
  readonly stepSize: number;
  readonly tolerance: number;
  readonly keep: number;
}

/** What gives the factors of every step, which counts from 1. */
export function adamSteps({
  beta1,
  beta2,
  tolerance,
  weightDecay,
}: Exclude<OptimizerSpec, { kind: 'sgd' }>): (
  learningRate: number,
  step: number,
  decay?: number,
) => AdamFactors {
  const [power1, power2] = [powersOf(beta1), powersOf(beta2)];
  return (learningRate, step, decay = 1) => {
    const root = Math.sqrt(1 - power2(step));
    const stepSize = (learningRate * root) / (1 - power1(step));
    return { stepSize, tolerance: tolerance * root, keep: 1 - learningRate * weightDecay * decay };
  };
}

function blockViews(memory: WebAssembly.Memory | SharedArrayBuffer, address: number) {
  const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
  return {
    words: new Uint32Array(buffer, address, UPDATE_BLOCK_BYTES / 4),
    floats: new Float32Array(buffer, address, UPDATE_BLOCK_BYTES / 4),
  };
}
