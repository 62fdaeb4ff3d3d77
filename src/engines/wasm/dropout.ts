// Dropout inside a network's program: where masks and factors lie, how masks are drawn (once per step) and
// applied (in every pass of the step, forward and backward). It knows no keys' meaning and no epochs.

import type { Kernels } from '../../kernels/kernels.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { UnitFactors } from '../../model/layer-types.js';
import type { LayerShape } from '../../model/layers.js';
import type { DropoutSpec } from '../../model/spec.js';
import type { Block } from './panels.js';

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

/** Lays out the dropout of a block; no masks where the program only predicts. */
export function layoutDropout(
  { keep, scaling }: KeptShare,
  layer: number,
  blocks: { readonly source: Block; readonly output: Block; readonly rows: number; readonly panels: number },
  regions: RegionAllocator,
  mode: 'train' | 'predict',
): DropoutLayout {
  const { source, output, rows, panels } = blocks;
  return {
    ...{ source, output, rows, layer },
    threshold: Math.min(65535, Math.max(1, Math.round(65536 * keep))),
    scale: scaling === 'inverted' ? 1 / keep : 1,
    mask: mode === 'train' ? regions.take((panels * output.stride) / 4) : 0,
    factors: regions.takeWords(rows),
  };
}

/**
 * The factors of the weight scaling inference rule: the keep probability for plain dropout, 1 for inverted.
 * **Source:** Hinton et al. (2012); Goodfellow, Bengio, Courville, Deep Learning, 7.12, p. 260.
 */
export function weightScalingFactors(
  { inputKeep, hiddenKeep, scaling }: DropoutSpec,
  shapes: readonly LayerShape[],
): UnitFactors {
  return [inputKeep, ...hiddenKeep].map((keep, layer) =>
    new Float32Array(shapes[layer]!.inputs).fill(scaling === 'plain' ? keep : 1),
  );
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

/** Draws the masks of a step, for every pass of it. */
export function drawMasks(
  kernels: Kernels,
  layouts: readonly DropoutLayout[],
  panels: number,
  key0: number,
  key1: number,
): void {
  for (const { mask, output, threshold, layer } of layouts) {
    kernels.drawMask(mask, (panels * output.stride) / 4, threshold, key0, key1, layer);
  }
}

/** Training's forward pass: output = mask ⊙ scale · source. */
export function applyMask(kernels: Kernels, dropout: DropoutLayout, panels: number): void {
  const { source, output, mask, scale } = dropout;
  kernels.applyMask(source.address, mask, scale, output.address, (panels * output.stride) / 4);
}

/** Training's backward pass, in place: the gradient of the source from that of the output. */
export function maskGradient(
  kernels: Kernels,
  dropout: DropoutLayout,
  gradient: Block,
  panels: number,
): void {
  const { mask, scale } = dropout;
  const { address, stride } = gradient;
  kernels.applyMask(address, mask, scale, address, (panels * stride) / 4);
}

/** Evaluation: output(r, b) = factors[r] · source(r, b). */
export function applyFactors(kernels: Kernels, dropout: DropoutLayout, panels: number): void {
  const { source, output, rows, factors } = dropout;
  kernels.scaleRows(source.address, output.address, output.stride, panels, rows, factors);
}
