// Max and average pooling over batch panels, rows ordered (channel, y, x), windows inside the image. Max
// pooling notes per output and example which tap it took, so that its gradient, and its linear part at the
// same point, need not look at the image again; the sign bit of the note says that the maximum was not above
// zero, which is all the slope of the activation below needs to know.
import { clearPaddingRows, splat, zero } from './vector';
import { applySlope } from './conv-input-gradient';
import { Windows, cornersOf, pooledTaps, tapsOf, windowCount, windowsAt } from './windows';

const NOT_POSITIVE: i32 = 0x80000000;

/** One channel of a panel. */
// @ts-ignore: decorator
@inline
function planeBytes(g: Windows): usize {
  return <usize>(g.height * g.width) << 5;
}

/** Where u takes the place of the largest tap so far: above it, or NaN, which no later tap replaces. */
// @ts-ignore: decorator
@inline
function isAbove(u: v128, a: v128): v128 {
  return v128.or(f32x4.gt(u, a), f32x4.ne(u, u));
}

/** One channel: the largest tap of every window, and which one it was. */
function maxChannel(g: Windows, x: usize, out: usize, choice: usize): void {
  const taps = tapsOf(g), count = pooledTaps(g);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a = v128.load(from), b = v128.load(from + 16);
    let atA = zero(), atB = zero();
    for (let t = 1; t < count; t++) {
      const at = from + load<u32>(taps + (<usize>t << 2));
      const u = v128.load(at), v = v128.load(at + 16);
      const here = i32x4.splat(t);
      const aboveA = isAbove(u, a), aboveB = isAbove(v, b);
      atA = v128.bitselect(here, atA, aboveA);
      atB = v128.bitselect(here, atB, aboveB);
      a = v128.bitselect(u, a, aboveA);
      b = v128.bitselect(v, b, aboveB);
    }
    v128.store(out, a);
    v128.store(out + 16, b);
    if (choice) {
      const sign = i32x4.splat(NOT_POSITIVE);
      v128.store(choice, v128.or(atA, v128.and(f32x4.le(a, zero()), sign)));
      v128.store(choice + 16, v128.or(atB, v128.and(f32x4.le(b, zero()), sign)));
      choice += 32;
    }
  }
}

export function maxPool(
  windows: usize, x: usize, xPanelStride: usize, panels: i32, out: usize, outPanelStride: usize, choice: usize, scratch: usize,
): void {
  const g = windowsAt(windows), channels = g.channels;
  const plane = planeBytes(g), outPlane = <usize>windowCount(g) << 5;
  clearPaddingRows(out, outPanelStride, panels, channels * windowCount(g));
  for (; panels > 0; panels--) {
    for (let c: usize = 0; c < <usize>channels; c++) {
      maxChannel(g, x + c * plane, out + c * outPlane, choice ? choice + c * outPlane : 0);
    }
    x += xPanelStride;
    out += outPanelStride;
    if (choice) choice += outPanelStride;
  }
}

/** One channel: out = the tap of x that `choice` names. */
function chooseChannel(g: Windows, x: usize, out: usize, choice: usize): void {
  const taps = tapsOf(g), count = pooledTaps(g);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, out += 32, choice += 32) {
    const from = x + load<u32>(corners);
    const bits = i32x4.splat(~NOT_POSITIVE);
    const atA = v128.and(v128.load(choice), bits), atB = v128.and(v128.load(choice + 16), bits);
    let a = zero(), b = zero();
    for (let t = 0; t < count; t++) {
      const at = from + load<u32>(taps + (<usize>t << 2));
      const here = i32x4.splat(t);
      a = v128.or(a, v128.and(v128.load(at), i32x4.eq(atA, here)));
      b = v128.or(b, v128.and(v128.load(at + 16), i32x4.eq(atB, here)));
    }
    v128.store(out, a);
    v128.store(out + 16, b);
  }
}

export function maxPoolChosen(
  windows: usize, x: usize, xPanelStride: usize, panels: i32, out: usize, outPanelStride: usize, choice: usize, scratch: usize,
): void {
  const g = windowsAt(windows), channels = g.channels;
  const plane = planeBytes(g), outPlane = <usize>windowCount(g) << 5;
  clearPaddingRows(out, outPanelStride, panels, channels * windowCount(g));
  for (; panels > 0; panels--) {
    for (let c: usize = 0; c < <usize>channels; c++) {
      chooseChannel(g, x + c * plane, out + c * outPlane, choice + c * outPlane);
    }
    x += xPanelStride;
    out += outPanelStride;
    choice += outPanelStride;
  }
}

/** One channel: adds dz of every window, times the slope where the maximum was not positive, to its tap. */
function maxChannelGradient(g: Windows, dz: usize, choice: usize, slope: f32, dx: usize): void {
  const taps = tapsOf(g), count = pooledTaps(g);
  const one = splat(1), slopes = splat(slope), bits = i32x4.splat(~NOT_POSITIVE);
  let corners = cornersOf(g);
  for (const end = corners + (<usize>windowCount(g) << 2); corners < end; corners += 4, dz += 32, choice += 32) {
    const to = dx + load<u32>(corners);
    const noteA = v128.load(choice), noteB = v128.load(choice + 16);
    const a = f32x4.mul(v128.load(dz), v128.bitselect(slopes, one, i32x4.shr_s(noteA, 31)));
    const b = f32x4.mul(v128.load(dz + 16), v128.bitselect(slopes, one, i32x4.shr_s(noteB, 31)));
    const atA = v128.and(noteA, bits), atB = v128.and(noteB, bits);
    for (let t = 0; t < count; t++) {
      const at = to + load<u32>(taps + (<usize>t << 2));
      const here = i32x4.splat(t);
      v128.store(at, f32x4.add(v128.load(at), v128.and(a, i32x4.eq(atA, here))));
      v128.store(at + 16, f32x4.add(v128.load(at + 16), v128.and(b, i32x4.eq(atB, here))));
    }
  }
}

export function maxPoolInputGradient(
  windows: usize, dz: usize, dzPanelStride: usize, panels: i32, choice: usize, slope: f32, dx: usize, dxPanelStride: usize,
  scratch: usize,
): void {
  const g = windowsAt(windows), channels = g.channels;
  const plane = planeBytes(g), outPlane = <usize>windowCount(g) << 5;
  clearPaddingRows(dx, dxPanelStride, panels, channels * g.height * g.width);
  for (; panels > 0; panels--) {
    memory.fill(dx, 0, plane * channels);
    for (let c: usize = 0; c < <usize>channels; c++) {
      maxChannelGradient(g, dz + c * outPlane, choice + c * outPlane, slope, dx + c * plane);
    }
    dz += dzPanelStride;
    choice += dzPanelStride;
    dx += dxPanelStride;
  }
}

/** One channel: the mean of every window. */
function meanChannel(g: Windows, x: usize, out: usize, share: v128): void {
  const taps = tapsOf(g), end = taps + (<usize>pooledTaps(g) << 2);
  let corners = cornersOf(g);
  for (const last = corners + (<usize>windowCount(g) << 2); corners < last; corners += 4, out += 32) {
    const from = x + load<u32>(corners);
    let a = zero(), b = zero();
    for (let tap = taps; tap < end; tap += 4) {
      const at = from + load<u32>(tap);
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at + 16));
    }
    v128.store(out, f32x4.mul(a, share));
    v128.store(out + 16, f32x4.mul(b, share));
  }
}

export function averagePool(
  windows: usize, x: usize, xPanelStride: usize, panels: i32, out: usize, outPanelStride: usize, scratch: usize,
): void {
  const g = windowsAt(windows), channels = g.channels;
  const plane = planeBytes(g), outPlane = <usize>windowCount(g) << 5;
  const share = splat(<f32>1 / <f32>pooledTaps(g));
  clearPaddingRows(out, outPanelStride, panels, channels * windowCount(g));
  for (; panels > 0; panels--) {
    for (let c: usize = 0; c < <usize>channels; c++) meanChannel(g, x + c * plane, out + c * outPlane, share);
    x += xPanelStride;
    out += outPanelStride;
  }
}

/** One channel: adds an equal share of dz to every tap of its window. */
function meanChannelGradient(g: Windows, dz: usize, dx: usize, share: v128): void {
  const taps = tapsOf(g), end = taps + (<usize>pooledTaps(g) << 2);
  let corners = cornersOf(g);
  for (const last = corners + (<usize>windowCount(g) << 2); corners < last; corners += 4, dz += 32) {
    const to = dx + load<u32>(corners);
    const a = f32x4.mul(v128.load(dz), share), b = f32x4.mul(v128.load(dz + 16), share);
    for (let tap = taps; tap < end; tap += 4) {
      const at = to + load<u32>(tap);
      v128.store(at, f32x4.add(v128.load(at), a));
      v128.store(at + 16, f32x4.add(v128.load(at + 16), b));
    }
  }
}

export function averagePoolInputGradient(
  windows: usize, dz: usize, dzPanelStride: usize, panels: i32, h: usize, slope: f32, dx: usize, dxPanelStride: usize,
  scratch: usize,
): void {
  const g = windowsAt(windows), channels = g.channels;
  const plane = planeBytes(g), outPlane = <usize>windowCount(g) << 5;
  const share = splat(<f32>1 / <f32>pooledTaps(g));
  clearPaddingRows(dx, dxPanelStride, panels, channels * g.height * g.width);
  for (; panels > 0; panels--) {
    memory.fill(dx, 0, plane * channels);
    for (let c: usize = 0; c < <usize>channels; c++) meanChannelGradient(g, dz + c * outPlane, dx + c * plane, share);
    if (slope != 1) {
      applySlope(dx, h, plane * channels, slope);
      h += dxPanelStride;
    }
    dz += dzPanelStride;
    dx += dxPanelStride;
  }
}
