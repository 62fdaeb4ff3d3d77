// Convolution and pooling as docs/ARITHMETIC.md defines them, by coordinates: no tables of offsets and no margins.
import type { WindowGeometry } from '../../src/model/windows.js';
import { type Gradient, leaky, slopeAt } from './oracle-dense.js';
import { chain, f32, type MultiplyAdd, octetTree, table } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

/** Pixels of one image that the taps of a window meet, tap after tap; −1 beyond its edges. */
function pixelsOf(g: WindowGeometry, window: number, channels: readonly number[]): number[] {
  const [oy, ox] = [Math.floor(window / g.outWidth), window % g.outWidth];
  const pixels: number[] = [];
  for (const c of channels) {
    for (let ky = 0; ky < g.windowHeight; ky++) {
      for (let kx = 0; kx < g.windowWidth; kx++) {
        const [y, x] = [oy * g.strideY + ky - g.top, ox * g.strideX + kx - g.left];
        const isInside = y >= 0 && y < g.height && x >= 0 && x < g.width;
        pixels.push(isInside ? (c * g.height + y) * g.width + x : -1);
      }
    }
  }
  return pixels;
}

const range = (length: number) => Array.from({ length }, (_, index) => index);

/** The sizes that everything here needs, and the pixels of every window, over all channels or over one. */
export function describe(g: WindowGeometry) {
  const windows = g.outHeight * g.outWidth;
  const pixels = g.channels * g.height * g.width;
  const all = range(windows).map((window) => pixelsOf(g, window, range(g.channels)));
  const taps = all[0]?.length ?? 0;
  return { windows, pixels, all, taps, area: taps / g.channels };
}

export function convolve(
  madd: MultiplyAdd,
  g: WindowGeometry,
  examples: number,
  x: Numbers,
  weights: Numbers,
  bias: Numbers | null,
  filters: number,
  slope: number,
): Float32Array {
  const { windows, pixels, all, taps } = describe(g);
  return table(examples, filters * windows, (b, row) => {
    const [f, window] = [Math.floor(row / windows), row % windows];
    const add = (z: number, tap: number) => {
      const pixel = all[window]![tap]!;
      return madd(weights[tap * filters + f]!, pixel < 0 ? 0 : x[b * pixels + pixel]!, z);
    };
    return leaky(chain(taps, bias?.[f] ?? 0, add), slope);
  });
}

/** Windows outermost, taps inside, filters innermost; the sum of a pixel runs through all of them. */
export function convolveInputGradient(
  madd: MultiplyAdd,
  g: WindowGeometry,
  examples: number,
  dz: Numbers,
  weights: Numbers,
  filters: number,
  h: Numbers,
  slope: number,
): Float32Array {
  const { windows, pixels, all } = describe(g);
  const dx = new Float32Array(examples * pixels);
  for (let b = 0; b < examples; b++) {
    for (const [window, seen] of all.entries()) {
      for (const [tap, pixel] of seen.entries()) {
        if (pixel < 0) continue;
        const add = (sum: number, f: number) =>
          madd(weights[tap * filters + f]!, dz[(b * filters + f) * windows + window]!, sum);
        dx[b * pixels + pixel] = chain(filters, dx[b * pixels + pixel]!, add);
      }
    }
  }
  return slope === 1 ? dx : dx.map((value, at) => f32(value * slopeAt(h[at]!, slope)));
}

/** Eight chains, one per lane of an octet, over panels and then windows; then the octet tree. */
export function convolveWeightGradient(
  madd: MultiplyAdd,
  g: WindowGeometry,
  examples: number,
  x: Numbers,
  dz: Numbers,
  filters: number,
): Gradient {
  const { windows, pixels, all, taps } = describe(g);
  const octets = (term: (sum: number, b: number, window: number) => number) =>
    octetTree(
      range(8).map((lane) =>
        chain((examples / 8) * windows, 0, (sum, at) =>
          term(sum, 8 * Math.floor(at / windows) + lane, at % windows),
        ),
      ),
    );
  const gradientAt = (b: number, f: number, window: number) => dz[(b * filters + f) * windows + window]!;
  const weights = table(taps, filters, (tap, f) =>
    octets((sum, b, window) => {
      const pixel = all[window]![tap]!;
      return madd(pixel < 0 ? 0 : x[b * pixels + pixel]!, gradientAt(b, f, window), sum);
    }),
  );
  const bias = table(1, filters, (_, f) => octets((sum, b, window) => f32(sum + gradientAt(b, f, window))));
  return { weights, bias };
}

/** The pixels of a window of one channel, and where it writes. */
function eachPoolWindow(
  g: WindowGeometry,
  examples: number,
  visit: (pixels: readonly number[], out: number) => void,
): void {
  const { windows, pixels, all, area } = describe(g);
  for (let b = 0; b < examples; b++) {
    for (let c = 0; c < g.channels; c++) {
      for (let window = 0; window < windows; window++) {
        const own = all[window]!.slice(c * area, (c + 1) * area).map((pixel) => b * pixels + pixel);
        visit(own, (b * g.channels + c) * windows + window);
      }
    }
  }
}

export interface MaxPool {
  readonly out: Float32Array;
  /** The tap taken. */
  readonly tap: Int32Array;
  readonly isPositive: readonly boolean[];
}

export function maxPool(g: WindowGeometry, examples: number, x: Numbers): MaxPool {
  const length = examples * g.channels * describe(g).windows;
  const [out, tap, isPositive] = [
    new Float32Array(length),
    new Int32Array(length),
    new Array<boolean>(length),
  ];
  eachPoolWindow(g, examples, (pixels, at) => {
    for (const [t, pixel] of pixels.entries()) {
      const value = x[pixel]!;
      if (t > 0 && !(value > out[at]! || Number.isNaN(value))) continue;
      out[at] = value;
      tap[at] = t;
    }
    isPositive[at] = !(out[at]! <= 0);
  });
  return { out, tap, isPositive };
}

export function maxPoolChosen(
  g: WindowGeometry,
  examples: number,
  x: Numbers,
  { tap }: MaxPool,
): Float32Array {
  const out = new Float32Array(tap.length);
  eachPoolWindow(g, examples, (pixels, at) => {
    out[at] = x[pixels[tap[at]!]!]!;
  });
  return out;
}

export function maxPoolInputGradient(
  g: WindowGeometry,
  examples: number,
  dz: Numbers,
  { tap, isPositive }: MaxPool,
  slope: number,
): Float32Array {
  const dx = new Float32Array(examples * describe(g).pixels);
  eachPoolWindow(g, examples, (pixels, at) => {
    const pixel = pixels[tap[at]!]!;
    dx[pixel] = dx[pixel]! + f32(dz[at]! * (isPositive[at]! ? 1 : slope));
  });
  return dx;
}

export function averagePool(g: WindowGeometry, examples: number, x: Numbers): Float32Array {
  const { windows, area } = describe(g);
  const out = new Float32Array(examples * g.channels * windows);
  eachPoolWindow(g, examples, (pixels, at) => {
    out[at] = f32(chain(area, 0, (sum, t) => f32(sum + x[pixels[t]!]!)) * f32(1 / area));
  });
  return out;
}

export function averagePoolInputGradient(
  g: WindowGeometry,
  examples: number,
  dz: Numbers,
  h: Numbers,
  slope: number,
): Float32Array {
  const { pixels: count, area } = describe(g);
  const dx = new Float32Array(examples * count);
  eachPoolWindow(g, examples, (pixels, at) => {
    for (const pixel of pixels) dx[pixel] = dx[pixel]! + f32(dz[at]! * f32(1 / area));
  });
  return slope === 1 ? dx : dx.map((value, at) => f32(value * slopeAt(h[at]!, slope)));
}
