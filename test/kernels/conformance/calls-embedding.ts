// Random calls of embedded inputs.
import { EXPANSION_KIND } from '../../../src/kernels/expansion-kind.js';
import { embedNumbersScratchBytes, roundUp4 } from '../../../src/kernels/weight-layout.js';
import type { MakeCalls } from './calls.js';
import { putUpdate } from './calls-dense.js';
import type { Space } from './space.js';

/** Rows of weights, padding zero as it always is. */
function putRows(space: Space, rows: number, width: number): number {
  return space.put(rows * roundUp4(width), paddedNumbers(space, width));
}

function paddedNumbers(space: Space, width: number): () => number {
  let at = 0;
  return () => (at++ % roundUp4(width) < width ? space.number() : 0);
}

/** Numbers, and what they are expanded into and projected by: in one piece, so that an update finds moments of both. */
function numbers(space: Space) {
  const [features, terms, panels] = [space.upTo(5), space.upTo(20), space.upTo(6)];
  const size = space.chance(0.3) ? 0 : space.upTo(9);
  const kind = space.pick(EXPANSION_KIND.periodic, EXPANSION_KIND.piecewise);
  const [x, z] = [space.shape(features, panels), space.shape(features * (1 + (size || terms)), panels)];
  const count = features * (2 * roundUp4(terms) + (terms + 1) * roundUp4(size));
  const w = putRows(space, 2 * features, terms);
  const projection = size === 0 ? 0 : putRows(space, features * (terms + 1), size);
  const args = [space.putPanels(x), x.stride, panels, features, kind, terms, w, size, projection];
  return { args, w, terms, size, x, z, count };
}

export const EMBEDDING = {
  embedNumbers(space) {
    const { args, terms, z } = numbers(space);
    return [...args, space.scratch(terms * 32), space.putPanels(z), z.stride];
  },
  embedNumbersInputGradient(space) {
    const { args, x, z } = numbers(space);
    return [...args, space.putPanels(z), z.stride, space.putPanels(x), x.stride];
  },
  embedNumbersWeightGradient(space) {
    const { args, w, terms, size, z, count } = numbers(space);
    const dz = space.putPanels(z);
    const scratch = space.scratch(embedNumbersScratchBytes(terms, size));
    // With room for the gap that may lie between the two.
    return [...args, dz, z.stride, scratch, putUpdate(space, w, count + 16)];
  },
  embedCategories(space) {
    const { categories, size, x, z, w } = table(space);
    const from = putCategories(space, x);
    return [from, x.stride, x.panels, categories, w, size, space.putPanels(z), z.stride];
  },
  embedCategoriesInputGradient(space) {
    const { categories, size, x, z, w } = table(space);
    return [space.putPanels(z), z.stride, x.panels, categories, w, size, space.putPanels(x), x.stride];
  },
  embedCategoriesWeightGradient(space) {
    const { categories, size, x, z, w } = table(space);
    const [from, dz] = [putCategories(space, x), space.putPanels(z)];
    const scratch = space.scratch(roundUp4(size) * 32);
    const update = putUpdate(space, w, categories * roundUp4(size));
    return [from, x.stride, x.panels, categories, dz, z.stride, size, w, scratch, update];
  },
  factorGradient(space) {
    const x = space.shape(space.upTo(40), space.upTo(9));
    const [from, dz, w] = [space.putPanels(x), space.putPanels(x), putRows(space, 1, x.rows)];
    const [scratch, update] = [space.scratch(128), putUpdate(space, w, roundUp4(x.rows))];
    return [from, x.stride, x.panels, x.rows, dz, x.stride, w, scratch, update];
  },
  copyRows(space) {
    const [rows, panels] = [space.upTo(20), space.upTo(6)];
    const [from, to] = [space.shape(rows + space.upTo(5), panels), space.shape(rows + space.upTo(5), panels)];
    return [space.putPanels(from), from.stride, panels, rows, space.putPanels(to), to.stride];
  },
  clearPadding(space) {
    const x = space.shape(space.upTo(20), space.upTo(6));
    return [space.putPanels(x), x.stride, x.panels, x.rows];
  },
} satisfies MakeCalls;

function table(space: Space) {
  const [categories, size, panels] = [space.upTo(30), space.upTo(12), space.upTo(8)];
  const w = putRows(space, categories, size);
  return { categories, size, w, x: space.shape(categories, panels), z: space.shape(size, panels) };
}

/** Rows of which many hold nothing but zeros. */
function putCategories(space: Space, { stride, panels }: ReturnType<Space['shape']>): number {
  let at = 0;
  let isEmpty = false;
  return space.put((stride * panels) / 4, () => {
    if (at++ % 8 === 0) isEmpty = space.chance(0.5);
    return isEmpty ? space.pick(0, 0, 0, -0) : space.number();
  });
}
