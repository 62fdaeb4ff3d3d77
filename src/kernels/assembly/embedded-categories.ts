// Categories as the layers see them, a sum of rows of a table for each column of them; rows times factors of their own; and what
// puts embedded inputs beside each other. Gradients are sums of eight lanes, as in embedding.ts.
import { addProducts, clearBytes, finishOctets } from './embedding';
import { update } from './update';
import { clearPaddingRows, madd, roundUp4, splatAt, zero } from './vector';

/** Whether eight examples' numbers are all 0. */
// @ts-ignore: decorator
@inline
function isAbsent(x: usize): bool {
  return !v128.any_true(v128.or(f32x4.ne(v128.load(x), zero()), f32x4.ne(v128.load(x + 16), zero())));
}

export function embedCategories(
  x: usize, xPanelStride: usize, panels: i32, categories: i32, w: usize, size: i32, out: usize, outPanelStride: usize,
): void {
  const stride: usize = roundUp4(size) << 2, bytes = <usize>size << 5;
  for (; panels > 0; panels--, x += xPanelStride, out += outPanelStride) {
    clearBytes(out, bytes);
    let row = w;
    for (let at = x, end = x + (<usize>categories << 5); at < end; at += 32, row += stride) {
      if (isAbsent(at)) continue;
      const x0 = v128.load(at), x1 = v128.load(at + 16);
      for (let e: usize = 0; e < bytes; e += 32) {
        const weight = splatAt(row + (e >> 3)), to = out + e;
        v128.store(to, madd(weight, x0, v128.load(to)));
        v128.store(to + 16, madd(weight, x1, v128.load(to + 16)));
      }
    }
  }
}

export function embedCategoriesInputGradient(
  dz: usize, dzPanelStride: usize, panels: i32, categories: i32, w: usize, size: i32, dx: usize, dxPanelStride: usize,
): void {
  const stride: usize = roundUp4(size) << 2;
  for (; panels > 0; panels--, dz += dzPanelStride, dx += dxPanelStride) {
    let row = w;
    for (let to = dx, end = dx + (<usize>categories << 5); to < end; to += 32, row += stride) {
      let s0 = zero(), s1 = zero(), at = dz;
      for (let weight = row, last = row + (<usize>size << 2); weight < last; weight += 4, at += 32) {
        s0 = madd(splatAt(weight), v128.load(at), s0), s1 = madd(splatAt(weight), v128.load(at + 16), s1);
      }
      v128.store(to, s0), v128.store(to + 16, s1);
    }
  }
}

export function embedCategoriesWeightGradient(
  x: usize, xPanelStride: usize, panels: i32, categories: i32, dz: usize, dzPanelStride: usize, size: i32, w: usize,
  scratch: usize, updateBlock: usize,
): void {
  const padded = roundUp4(size), bytes = <usize>size << 5;
  for (; categories > 0; categories--, x += 32, w += <usize>padded << 2) {
    clearBytes(scratch, <usize>padded << 5);
    let from = x, gradient = dz;
    for (let p = panels; p > 0; p--, from += xPanelStride, gradient += dzPanelStride) {
      if (isAbsent(from)) continue;
      const x0 = v128.load(from), x1 = v128.load(from + 16);
      for (let e: usize = 0; e < bytes; e += 32) addProducts(scratch + e, x0, x1, gradient + e);
    }
    finishOctets(scratch, padded, 1);
    update(w, scratch, <usize>padded << 2, updateBlock, true);
  }
}

export function factorGradient(
  x: usize, xPanelStride: usize, panels: i32, rows: i32, dz: usize, dzPanelStride: usize, w: usize, scratch: usize,
  updateBlock: usize,
): void {
  for (; rows > 0; rows -= 4, x += 128, dz += 128, w += 16) {
    clearBytes(scratch, 128);
    let from = x, gradient = dz;
    for (let p = panels; p > 0; p--, from += xPanelStride, gradient += dzPanelStride) {
      for (let r: usize = 0; r < <usize>min(rows, 4) << 5; r += 32) {
        addProducts(scratch + r, v128.load(from + r), v128.load(from + r + 16), gradient + r);
      }
    }
    finishOctets(scratch, 4, 1);
    update(w, scratch, 16, updateBlock, true);
  }
}

// @ts-ignore: decorator
@inline
export function copyRows(
  input: usize, inputPanelStride: usize, panels: i32, rows: i32, out: usize, outPanelStride: usize,
): void {
  for (; panels > 0; panels--, input += inputPanelStride, out += outPanelStride) memory.copy(out, input, <usize>rows << 5);
}

// @ts-ignore: decorator
@inline
export function clearPadding(out: usize, panelStride: usize, panels: i32, rows: i32): void {
  clearPaddingRows(out, panelStride, panels, rows);
}
