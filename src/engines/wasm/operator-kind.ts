// What an operator is: what a kind of layer computes before its activation, as calls of a program. See operators.ts.

import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import type { RowRange } from '../../model/embedding-layer.js';
import type { ShapeOf, TrainedShape } from '../../model/layers.js';
import type { Block } from './panels.js';
import type { UpdateBlocks } from './update-blocks.js';

/** What a layer computes before its activation, with its parameters at fixed addresses. Max pooling is linear where it stands. */
export interface Operator {
  /** out = max(z, slope·z) with z = A(x) + b. */
  forward(x: Block, out: Block, panels: Operand, slope: number): void;
  /** As `forward`, of one example in lane 0 of a panel; what the other lanes of `out` become does not matter. */
  forwardRow(x: Block, out: Block, slope: number): void;
  /**
   * out = A(x), without b: what a tangent becomes. Max pooling takes the taps of its last `forward`. Absent where a layer is
   * not linear in x.
   */
  linear?(x: Block, out: Block, panels: Operand): void;
  /** dx = Aᵀ(dz) ⊙ (h > 0 ? 1 : slope); h, the layer's input, is not read when slope is 1 and the layer is linear. */
  inputGradient(dz: Block, h: Block, dx: Block, panels: Operand, slope: number): void;
  /**
   * The same, at slope 1, of some rows of dx, ascending; what others become does not matter. Absent where that is no less than all, or
   * what comes after it needs more.
   */
  inputGradientOf?(rows: readonly RowRange[], dz: Block, h: Block, dx: Block, panels: Operand): void;
  /**
   * Hands the gradient of each matrix to the update block of its role, which stores, accumulates or applies it. Comes after
   * `inputGradient` of the same pass.
   */
  weightGradient(x: Block, dz: Block, panels: Operand, updates: UpdateBlocks): void;
}

/** Where an operator finds what it needs. */
export interface OperatorPlace {
  readonly shape: TrainedShape;
  /** Where its matrices lie, each W and then its bias, in the order of `weightShapes`. */
  readonly matrices: readonly number[];
  /** `keptBytes` of its own, which a pass forward leaves to the pass back; 0 where it asks for none. */
  readonly kept: number;
  /** What a skip connection brings; null for layers that end none. */
  readonly skipped: Block | null;
  /** The most panels of a pass. */
  readonly panels: number;
  /** Scratch, which all operators share. */
  readonly scratch: number;
}

/** The kinds of layers that there are. */
export type Kind = TrainedShape['kind'];
type PlaceOf<K extends Kind> = OperatorPlace & { readonly shape: ShapeOf<K> };

/** What there is to know of a kind of layer. */
export interface OperatorKind<K extends Kind> {
  scratchBytes(shape: ShapeOf<K>, panels: number, mode: 'train' | 'predict'): number;
  /** Bytes that a training's pass forward keeps for the pass back, beside inputs and outputs; they are lent to nobody else. */
  keptBytes?(shape: ShapeOf<K>, panels: number): number;
  bind(calls: ProgramBuilder, place: PlaceOf<K>): Operator;
}
