// Submodels that share weights. Panel q belongs to submodel q mod `submodels`, so that all of them are one long batch to
// the shared matrices; here is what each has of its own, a number per row: factors, shifts, and their gradients.
// Tables are f32[submodels][roundUp4(rows)], their padding zero.
import { expNegative, logPositive } from './functions';
import { clearPaddingRows, gate, gateOf, madd, roundUp4, splat, splatAt, sumsOfOctets, zero } from './vector';

/** Bytes of a submodel's row of a table. */
// @ts-ignore: decorator
@inline
function tableStride(rows: i32): usize {
  return <usize>roundUp4(rows) << 2;
}

/** One panel: z from x, its factors and its shifts, through the slope. */
// @ts-ignore: decorator
@inline
function scalePanel(
  hasFactors: bool, hasShifts: bool, x: usize, bytes: usize, factor: usize, shift: usize, out: usize, slope: f32,
): void {
  const slopes = splat(slope);
  for (let at: usize = 0; at < bytes; at += 32, factor += 4, shift += 4) {
    let low = v128.load(x + at), high = v128.load(x + at + 16);
    if (hasFactors && hasShifts) {
      const f = splatAt(factor), s = splatAt(shift);
      low = madd(low, f, s);
      high = madd(high, f, s);
    } else if (hasFactors) {
      const f = splatAt(factor);
      low = f32x4.mul(low, f);
      high = f32x4.mul(high, f);
    } else if (hasShifts) {
      const s = splatAt(shift);
      low = f32x4.add(low, s);
      high = f32x4.add(high, s);
    }
    if (slope != 1) {
      low = f32x4.pmax(f32x4.mul(low, slopes), low);
      high = f32x4.pmax(f32x4.mul(high, slopes), high);
    }
    v128.store(out + at, low);
    v128.store(out + at + 16, high);
  }
}

export function scaleSubmodels(
  x: usize, xStride: usize, repeats: i32, panels: i32, rows: i32, submodels: i32, factors: usize, shifts: usize,
  out: usize, outStride: usize, slope: f32,
): void {
  const bytes = <usize>rows << 5, table = tableStride(rows);
  let submodel = 0, own: usize = 0;
  for (let q = 0, to = out; q < panels; q++, to += outStride) {
    if (factors && shifts) scalePanel(true, true, x, bytes, factors + own, shifts + own, to, slope);
    else if (factors) scalePanel(true, false, x, bytes, factors + own, 0, to, slope);
    else if (shifts) scalePanel(false, true, x, bytes, 0, shifts + own, to, slope);
    else scalePanel(false, false, x, bytes, 0, 0, to, slope);
    submodel++;
    own += table;
    const ends = submodel == submodels;
    if (ends) {
      submodel = 0;
      own = 0;
    }
    if (!repeats || ends) x += xStride;
  }
  clearPaddingRows(out, outStride, panels, rows);
}

/** Sums of one submodel over the panels from `dz` on, four rows at once in octets. */
// @ts-ignore: decorator
@inline
function sumRows(
  withInputs: bool, dz: usize, dzStep: usize, count: i32, x: usize, xStep: usize, row: usize, octets: usize,
): void {
  for (let lane: usize = 0; lane < 128; lane += 16) {
    let sum = zero();
    let at = dz + row + lane, from = x + row + lane;
    for (let n = 0; n < count; n++, at += dzStep, from += xStep) {
      if (withInputs) sum = madd(v128.load(from), v128.load(at), sum);
      else sum = f32x4.add(sum, v128.load(at));
    }
    v128.store(octets + lane, sum);
  }
}

export function submodelGradients(
  dz: usize, dzStride: usize, panels: i32, rows: i32, submodels: i32, x: usize, xStride: usize, repeats: i32,
  factorGradients: usize, shiftGradients: usize, scratch: usize,
): void {
  const bytes = <usize>roundUp4(rows) << 5;
  const dzStep = dzStride * <usize>submodels, xStep = repeats ? xStride : xStride * <usize>submodels;
  for (let submodel = 0; submodel < submodels; submodel++) {
    const count = (panels - submodel + submodels - 1) / submodels;
    const at = dz + <usize>submodel * dzStride, from = repeats ? x : x + <usize>submodel * xStride;
    for (let row: usize = 0; row < bytes; row += 128) {
      if (factorGradients) {
        sumRows(true, at, dzStep, count, from, xStep, row, scratch);
        v128.store(factorGradients, sumsOfOctets(scratch));
        factorGradients += 16;
      }
      if (shiftGradients) {
        sumRows(false, at, dzStep, count, 0, 0, row, scratch);
        v128.store(shiftGradients, sumsOfOctets(scratch));
        shiftGradients += 16;
      }
    }
  }
}

export function scaleSubmodelsGradient(
  dz: usize, dzStride: usize, panels: i32, rows: i32, submodels: i32, repeats: i32, factors: usize, h: usize,
  slope: f32, dx: usize, dxStride: usize,
): void {
  const bytes = <usize>rows << 5, table = tableStride(rows);
  const slopes = splat(slope), change = gateOf(slopes);
  const copies = repeats ? submodels : 1;
  let submodel = 0;
  for (let p = 0, to = dx, hidden = h; p < panels; p++, to += dxStride, hidden += dxStride) {
    const own = repeats ? factors : factors + <usize>submodel * table;
    for (let half: usize = 0; half < 32; half += 16) {
      let row = own;
      for (let at = half; at < bytes; at += 32, row += 4) {
        let sum = zero();
        if (repeats) {
          let from = dz + at, factor = row;
          for (let copy = 0; copy < copies; copy++, from += dzStride, factor += table) {
            if (factors) sum = madd(v128.load(from), splatAt(factor), sum);
            else sum = f32x4.add(sum, v128.load(from));
          }
        } else {
          sum = v128.load(dz + at);
          if (factors) sum = f32x4.mul(sum, splatAt(row));
        }
        if (slope != 1) sum = f32x4.mul(sum, gate(v128.load(hidden + at), slopes, change));
        v128.store(to + at, sum);
      }
    }
    dz += dzStride * <usize>copies;
    submodel = submodel + 1 == submodels ? 0 : submodel + 1;
  }
  clearPaddingRows(dx, dxStride, panels, rows);
}

/** ln of a mean of exponentials, and the plain mean. */
export function meanOfSubmodels(
  z: usize, stride: usize, panels: i32, rows: i32, submodels: i32, ofProbabilities: i32, out: usize, outStride: usize,
): void {
  const bytes = <usize>rows << 5;
  const share = splat(<f32>1 / <f32>submodels), logCount = logPositive(splat(<f32>submodels));
  for (let p = 0, to = out; p < panels; p++, to += outStride, z += stride * <usize>submodels) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const end = z + at + stride * <usize>submodels;
      let sum = zero();
      if (ofProbabilities) {
        let highest = v128.load(z + at);
        for (let from = z + at; from < end; from += stride) highest = f32x4.pmax(highest, v128.load(from));
        for (let from = z + at; from < end; from += stride) {
          sum = f32x4.add(sum, expNegative(f32x4.sub(v128.load(from), highest)));
        }
        sum = f32x4.sub(f32x4.add(logPositive(sum), highest), logCount);
      } else {
        for (let from = z + at; from < end; from += stride) sum = f32x4.add(sum, v128.load(from));
        sum = f32x4.mul(sum, share);
      }
      v128.store(to + at, sum);
    }
  }
  clearPaddingRows(out, outStride, panels, rows);
}
