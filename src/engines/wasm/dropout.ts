// Dropout inside a network's passes: where masks and factors lie, how masks are drawn (once per step) and
// applied (in every pass of the step, forward and backward). It knows no epochs.

import type { Operand } from '../../kernels/operand.js';
import type { Calls } from '../../kernels/operation-calls.js';
import { alignRegion, type RegionAllocator } from '../../memory/layout.js';
import { inputLayers } from '../../model/embedding-layer.js';
import type { UnitFactors } from '../../model/layer-types.js';
import type { TrainedShape } from '../../model/layers.js';
import type { DropoutSpec } from '../../model/spec.js';
import type { Block } from './panels.js';
import { STEP } from './step-block.js';

/** Dropout of one block of activations: the network's input, or a hidden layer's output. */
export interface DropoutLayout {
  /** What is masked, and where to: the same block for hidden layers; the input stays whole beside its copy. */
  readonly source: Block;
  readonly output: Block;
  readonly rows: number;
  /** 0 for the input, else the number of the hidden layer: each has random numbers of its own. */
  readonly layer: number;
  /** round(65536 × keep): the resolution of keep probabilities. */
  readonly threshold: number;
  /** What training multiplies kept units by. */
  readonly scale: number;
  /** i8[floats of the block], the masks of the running step; 0 in a program that only predicts. */
  readonly mask: number;
  /** f32[rows]: what evaluation multiplies each unit by. */
  readonly factors: number;
}

/** What happens to a block of activations: its keep probability and how it is made up for. */
export interface KeptShare {
  readonly keep: number;
  readonly scaling: DropoutSpec['scaling'];
}

/** Bytes that the factors of all layers need at the most. */
export function factorsBytes(shapes: readonly TrainedShape[]): number {
  return shapes.reduce((sum, { inputs }) => sum + alignRegion(inputs * 4), 0);
}

/** Lays out the dropout of a block; no masks where the program only predicts. @param factors where they may lie */
export function layoutDropout(
  { keep, scaling }: KeptShare,
  layer: number,
  blocks: { readonly source: Block; readonly output: Block; readonly rows: number; readonly panels: number },
  regions: RegionAllocator,
  factors: RegionAllocator,
  mode: 'train' | 'predict',
): DropoutLayout {
  const { source, output, rows, panels } = blocks;
  return {
    ...{ source, output, rows, layer },
    threshold: Math.min(65535, Math.max(1, Math.round(65536 * keep))),
    scale: scaling === 'inverted' ? 1 / keep : 1,
    mask: mode === 'train' ? regions.take((panels * output.stride) / 4) : 0,
    factors: factors.takeWords(rows),
  };
}

/**
 * The factors of the weight scaling inference rule: the keep probability for plain dropout, 1 for inverted.
 * **Source:** Hinton et al. (2012); Goodfellow, Bengio, Courville, Deep Learning, 7.12, p. 260.
 */
export function weightScalingFactors(
  { inputKeep, hiddenKeep, scaling }: DropoutSpec,
  shapes: readonly TrainedShape[],
): UnitFactors {
  const lead = inputLayers(shapes);
  return [inputKeep, ...hiddenKeep].map((keep, layer) => {
    const { inputs } = shapes[layer === 0 ? 0 : lead + layer]!;
    return new Float32Array(inputs).fill(scaling === 'plain' ? keep : 1);
  });
}

/** Writes the factors of the layers that drop units. */
export function writeFactors(
  buffer: ArrayBufferLike,
  layouts: readonly DropoutLayout[],
  all: UnitFactors,
): void {
  for (const { layer, rows, factors } of layouts) {
    new Float32Array(buffer, factors, rows).set(all[layer]!);
  }
}

/** Draws the masks of a step, for every pass of it, with the keys of the step block. */
export function drawMasks(
  calls: Calls,
  layouts: readonly DropoutLayout[],
  panelsOf: (layer: number) => Operand,
): void {
  for (const { mask, output, threshold, layer } of layouts) {
    calls.drawMask(mask, output.stride, panelsOf(layer), threshold, STEP.maskKey0, STEP.maskKey1, layer);
  }
}

/** Training's forward pass: output = mask ⊙ scale · source. */
export function applyMask(calls: Calls, dropout: DropoutLayout, panels: Operand): void {
  const { source, output, mask, scale } = dropout;
  calls.applyMask(source.address, mask, scale, output.address, output.stride, panels);
}

/** Training's backward pass, in place: the gradient of the source from that of the output. */
export function maskGradient(calls: Calls, dropout: DropoutLayout, gradient: Block, panels: Operand): void {
  const { mask, scale } = dropout;
  const { address, stride } = gradient;
  calls.applyMask(address, mask, scale, address, stride, panels);
}

/** Evaluation: output(r, b) = factors[r] · source(r, b). */
export function applyFactors(calls: Calls, dropout: DropoutLayout, panels: Operand): void {
  const { source, output, rows, factors } = dropout;
  calls.scaleRows(source.address, output.address, output.stride, panels, rows, factors);
}
