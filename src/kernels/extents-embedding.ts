// What embedded inputs touch of memory; see extents.ts. Rows beyond those that are named are left alone.

import { EXPANSION_KIND } from './expansion-kind.js';
import { block, type ExtentsOf } from './extents-of.js';
import type { OperationName } from './operations.js';
import { embedNumbersScratchBytes, roundUp4, weightLengthFloats } from './weight-layout.js';

/** Bytes of some rows of panels, without padding rows. */
function rows(panels: number, stride: number, count: number): number {
  return panels === 0 ? 0 : (panels - 1) * stride + count * 32;
}

/** Bytes of what expands so many numbers, of what projects their terms, and rows of what they become. */
function expansion(features: number, terms: number): number {
  return weightLengthFloats(2 * features, terms) * 4;
}

function projected(features: number, terms: number, size: number): number {
  return weightLengthFloats(features * (terms + 1), size) * 4;
}

function embedded(features: number, terms: number, size: number): number {
  return features * (1 + (size || terms));
}

type Embedding = Extract<OperationName, `embed${string}` | 'factorGradient' | 'copyRows' | 'clearPadding'>;

export const EMBEDDING_EXTENTS: { readonly [N in Embedding]: ExtentsOf<N> } = {
  embedNumbers(t, x, xStride, panels, features, _, terms, w, size, projection, scratch, out, outStride) {
    t.reads('x', x, rows(panels, xStride, features));
    t.reads('w', w, expansion(features, terms));
    t.reads('projection', projection, projected(features, terms, size));
    t.writes('scratch', scratch, terms * 32);
    t.writes('out', out, rows(panels, outStride, embedded(features, terms, size)));
  },
  embedNumbersInputGradient(
    ...[t, x, xStride, panels, features, _, terms, w, size, projection, dz, dzStride, dx, dxStride]
  ) {
    t.reads('x', x, rows(panels, xStride, features));
    t.reads('w', w, expansion(features, terms));
    t.reads('projection', projection, projected(features, terms, size));
    t.reads('dz', dz, rows(panels, dzStride, embedded(features, terms, size)));
    t.writes('dx', dx, rows(panels, dxStride, features));
  },
  embedNumbersWeightGradient(
    ...[t, x, xStride, panels, features, kind, terms, w, size, projection, dz, dzStride, scratch, update]
  ) {
    t.reads('x', x, rows(panels, xStride, features));
    t.reads('dz', dz, rows(panels, dzStride, embedded(features, terms, size)));
    if (kind === EXPANSION_KIND.periodic) t.updates(w, expansion(features, terms), update);
    else t.reads('w', w, expansion(features, terms));
    if (size > 0) t.updates(projection, projected(features, terms, size), update, 'projection');
    t.writes('scratch', scratch, embedNumbersScratchBytes(terms, size));
  },
  embedCategories(t, x, xStride, panels, categories, w, size, out, outStride) {
    t.reads('x', x, rows(panels, xStride, categories));
    t.reads('w', w, weightLengthFloats(categories, size) * 4);
    t.writes('out', out, rows(panels, outStride, size));
  },
  embedCategoriesInputGradient(t, dz, dzStride, panels, categories, w, size, dx, dxStride) {
    t.reads('dz', dz, rows(panels, dzStride, size));
    t.reads('w', w, weightLengthFloats(categories, size) * 4);
    t.writes('dx', dx, rows(panels, dxStride, categories));
  },
  embedCategoriesWeightGradient(t, x, xStride, panels, categories, dz, dzStride, size, w, scratch, update) {
    t.reads('x', x, rows(panels, xStride, categories));
    t.reads('dz', dz, rows(panels, dzStride, size));
    t.updates(w, weightLengthFloats(categories, size) * 4, update);
    t.writes('scratch', scratch, roundUp4(size) * 32);
  },
  factorGradient(t, x, xStride, panels, count, dz, dzStride, w, scratch, update) {
    t.reads('x', x, rows(panels, xStride, count));
    t.reads('dz', dz, rows(panels, dzStride, count));
    t.updates(w, roundUp4(count) * 4, update);
    t.writes('scratch', scratch, 128);
  },
  copyRows(t, input, inputStride, panels, count, out, outStride) {
    t.reads('input', input, rows(panels, inputStride, count));
    t.writes('out', out, rows(panels, outStride, count));
  },
  clearPadding(t, out, stride, panels, count) {
    t.writes('out', out, block(panels, stride, count));
  },
};
