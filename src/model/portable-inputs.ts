// What a network makes of its features before the first layer, without anything of tutti's own. Part of portable-network.ts.

import { failOption } from '../errors.js';
import type { EmbeddingShape, FactorsShape } from './embedding-layer.js';
import type { PortableInputs, PortablePart } from './portable-input-types.js';

/** What stands before the first layer, with what stands before that. @param weights its matrices, canonical */
export function portableInputs(
  shape: EmbeddingShape | FactorsShape,
  weights: readonly Float32Array[],
  below: PortableInputs | null,
): PortableInputs {
  const { units } = shape;
  if (shape.kind === 'embedding') return { units, parts: portableParts(shape, weights), factors: null };
  const parts = below?.parts ?? [{ kind: 'copied', from: 0, count: units }];
  return { units, parts, factors: weights[0]! };
}

/** The parts of an embedding with their own rows of its matrices. */
function portableParts(
  { parts, expansion, tableSize }: EmbeddingShape,
  matrices: readonly Float32Array[],
): readonly PortablePart[] {
  const hasNumbers = parts.some(({ kind }) => kind === 'numbers');
  const isProjected = hasNumbers && expansion !== null && expansion.size > 0;
  const tables = matrices.slice(Number(hasNumbers) + Number(isProjected));
  /** Of each number from the `first` on `rows` rows out of `all` that it has, one number after the other. */
  const rowsOf = (
    matrix: Float32Array,
    width: number,
    all: number,
    at: Counted,
    from: number,
    rows: number,
  ) => {
    const own = Array.from({ length: at.count }, (_, number) => {
      const start = ((at.first + number) * all + from) * width;
      return [...matrix.subarray(start, start + rows * width)];
    });
    return Float32Array.from(own.flat());
  };
  return parts.map((part): PortablePart => {
    const { from, count } = part;
    if (part.kind === 'category') {
      return { kind: 'category', from, count, size: tableSize, weight: tables[part.table]! };
    }
    if (part.kind === 'copied' || expansion === null) return { kind: 'copied', from, count };
    const { kind, terms, size } = expansion;
    const project = (first: number, rows: number) => rowsOf(matrices[1]!, size, terms + 1, part, first, rows);
    return {
      ...{ kind: 'numbers', from, count, expansion: kind, terms },
      first: rowsOf(matrices[0]!, terms, 2, part, 0, 1),
      second: rowsOf(matrices[0]!, terms, 2, part, 1, 1),
      projection: isProjected ? { size, weight: project(0, terms), bias: project(terms, 1) } : null,
    };
  });
}

/** @throws ERR_OPTION for networks that embed their inputs, which `what` has no form for. */
export function requireBareInputs(
  { inputs, member }: { readonly inputs: PortableInputs | null; readonly member: number },
  what: string,
): void {
  if (inputs === null) return;
  failOption('numericEmbedding', `none, as ${what} has no layers for it`, `one in member ${member}`);
}

/** Numbers of a part, and how many come before them. */
interface Counted {
  readonly first: number;
  readonly count: number;
}
