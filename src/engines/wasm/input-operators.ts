// What stands before the first hidden layer, as calls: embedded inputs and a factor for each. See operators.ts.

import { EXPANSION_KIND } from '../../kernels/expansion-kind.js';
import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import { embedNumbersScratchBytes, layerLengthFloats, roundUp4 } from '../../kernels/weight-layout.js';
import type { EmbeddingPart, EmbeddingShape } from '../../model/embedding-layer.js';
import type { OperatorKind } from './operator-kind.js';
import { type Block, PANEL_ROW_BYTES, panelStrideOf } from './panels.js';

/** A part of an embedding with its parameters: what calls of numbers or of a table have in common; both null where columns are handed on. */
interface Place {
  readonly part: EmbeddingPart;
  /** How many, what they are expanded into and by, what projects that. */
  readonly numbers:
    | readonly [numbers: number, kind: number, terms: number, w: number, size: number, projection: number]
    | null;
  readonly table: readonly [w: number, size: number] | null;
}

/** @param matrices addresses, in the order of the shape's weights. */
function placesOf({ parts, expansion, tableSize }: EmbeddingShape, matrices: readonly number[]): Place[] {
  const hasNumbers = parts.some(({ kind }) => kind === 'numbers');
  const isProjected = hasNumbers && expansion !== null && expansion.size > 0;
  const [w, projection] = [matrices[0]!, isProjected ? matrices[1]! : 0];
  const tables = matrices.slice((hasNumbers ? 1 : 0) + (isProjected ? 1 : 0));
  return parts.map((part): Place => {
    if (part.kind === 'category') {
      return { part, numbers: null, table: [tables[part.table]!, tableSize] };
    }
    if (part.kind === 'copied' || expansion === null) return { part, numbers: null, table: null };
    const { kind, terms, size } = expansion;
    const before = (rows: number, width: number) => part.first * layerLengthFloats(rows, width, false) * 4;
    const own = isProjected ? projection + before(terms + 1, size) : 0;
    return {
      part,
      numbers: [part.count, EXPANSION_KIND[kind], terms, w + before(2, terms), size, own],
      table: null,
    };
  });
}

/** Where a row of panels lies, from which others are counted. */
function rowOf({ address }: Block, row: number): number {
  return address + row * PANEL_ROW_BYTES;
}

/** Parts write their own rows alone. */
function clearPadding(
  calls: ProgramBuilder,
  { address, stride }: Block,
  panels: Operand,
  rows: number,
): void {
  if (rows !== roundUp4(rows)) calls.clearPadding(address, stride, panels, rows);
}

export const embedding: OperatorKind<'embedding'> = {
  scratchBytes({ expansion, tableSize }) {
    const numbers = expansion === null ? 0 : embedNumbersScratchBytes(expansion.terms, expansion.size);
    return Math.max(numbers, panelStrideOf(tableSize));
  },
  bind(calls, { shape, matrices, scratch }) {
    const places = placesOf(shape, matrices);
    const isLearned = shape.expansion?.kind === 'periodic' || (shape.expansion?.size ?? 0) > 0;
    const forward = (x: Block, out: Block, panels: Operand) => {
      for (const { part, numbers, table } of places) {
        const from = [rowOf(x, part.from), x.stride, panels] as const;
        const to = [rowOf(out, part.to), out.stride] as const;
        if (numbers !== null) calls.embedNumbers(...from, ...numbers, scratch, ...to);
        else if (table !== null) calls.embedCategories(...from, part.count, ...table, ...to);
        else calls.copyRows(...from, part.count, ...to);
      }
      clearPadding(calls, out, panels, shape.units);
    };
    return {
      forward,
      forwardRow: (x, out) => forward(x, out, 1),
      inputGradient(dz, x, dx, panels) {
        for (const { part, numbers, table } of places) {
          const from = [rowOf(dz, part.to), dz.stride] as const;
          const to = [rowOf(dx, part.from), dx.stride] as const;
          if (numbers !== null) {
            const input = [rowOf(x, part.from), x.stride, panels] as const;
            calls.embedNumbersInputGradient(...input, ...numbers, ...from, ...to);
          } else if (table !== null) {
            calls.embedCategoriesInputGradient(...from, panels, part.count, ...table, ...to);
          } else calls.copyRows(...from, panels, part.count, ...to);
        }
        clearPadding(calls, dx, panels, shape.inputs);
      },
      weightGradient(x, dz, panels, { embedding: update }) {
        for (const { part, numbers, table } of places) {
          const from = [rowOf(x, part.from), x.stride, panels] as const;
          const gradient = [rowOf(dz, part.to), dz.stride] as const;
          if (numbers !== null && isLearned) {
            calls.embedNumbersWeightGradient(...from, ...numbers, ...gradient, scratch, update);
          } else if (table !== null) {
            const [w, size] = table;
            const own = [size, w, scratch, update] as const;
            calls.embedCategoriesWeightGradient(...from, part.count, ...gradient, ...own);
          }
        }
      },
    };
  },
};

/** h = f ⊙ x. */
export const factors: OperatorKind<'factors'> = {
  scratchBytes: () => PANEL_ROW_BYTES * 4,
  bind(calls, { shape: { units }, matrices, scratch }) {
    const w = matrices[0]!;
    const multiply = (x: Block, out: Block, panels: Operand) => {
      calls.scaleRows(x.address, out.address, x.stride, panels, units, w);
      clearPadding(calls, out, panels, units);
    };
    return {
      forward: multiply,
      forwardRow: (x, out) => multiply(x, out, 1),
      linear: multiply,
      inputGradient: (dz, _x, dx, panels) => multiply(dz, dx, panels),
      weightGradient(x, dz, panels, { scale }) {
        const from = [x.address, x.stride, panels, units, dz.address, dz.stride] as const;
        calls.factorGradient(...from, w, scratch, scale);
      },
    };
  },
};
