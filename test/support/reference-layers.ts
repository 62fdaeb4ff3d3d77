// The linear part of each kind of layer in double precision, straight from its definition: one example at a
// time, nested loops over filters, places and taps. Convolution and pooling for the reference network.

import { type HiddenShape, type LayerShape, weightShapes } from '../../src/model/layers.js';
import type { PoolShape } from '../../src/model/pool-layers.js';
import type { WindowGeometry } from '../../src/model/windows.js';

type Numbers = ArrayLike<number>;

/** The one matrix that a layer may have. */
function matrixOf(shape: LayerShape) {
  return weightShapes(shape)[0] ?? { inputs: 0, units: 0 };
}

/** Layers before the first hidden one are held against finite differences. */
function hidden(shape: LayerShape): HiddenShape {
  if (shape.kind === 'embedding' || shape.kind === 'factors')
    throw new RangeError(`a layer of kind ${shape.kind}`);
  return shape;
}

/** One pixel of an image under one tap: where it is among the inputs, or null outside the image. */
function pixelOf(g: WindowGeometry, c: number, y: number, x: number, ky: number, kx: number): number | null {
  const row = y * g.strideY + ky - g.top;
  const column = x * g.strideX + kx - g.left;
  if (row < 0 || row >= g.height || column < 0 || column >= g.width) return null;
  return (c * g.height + row) * g.width + column;
}

/** Calls back for every place of the output and every tap there that lies inside the image. */
function eachTap(
  g: WindowGeometry,
  channels: readonly number[],
  visit: (place: number, tap: number, pixel: number) => void,
): void {
  for (let y = 0; y < g.outHeight; y++) {
    for (let x = 0; x < g.outWidth; x++) {
      for (const [at, c] of channels.entries()) {
        for (let ky = 0; ky < g.windowHeight; ky++) {
          for (let kx = 0; kx < g.windowWidth; kx++) {
            const pixel = pixelOf(g, c, y, x, ky, kx);
            const tap = (at * g.windowHeight + ky) * g.windowWidth + kx;
            if (pixel !== null) visit(y * g.outWidth + x, tap, pixel);
          }
        }
      }
    }
  }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** For each output of a max pooling, the input it takes: the first of the largest. */
function chosen({ geometry: g }: PoolShape, h: Numbers): number[] {
  const places = g.outHeight * g.outWidth;
  const best = new Array<number>(g.channels * places).fill(-1);
  for (const c of range(g.channels)) {
    eachTap(g, [c], (place, _tap, pixel) => {
      const at = c * places + place;
      if (best[at] === -1 || h[pixel]! > h[best[at]!]!) best[at] = pixel;
    });
  }
  return best;
}

/** z = A(h) + b. @param at where a max pooling chooses; h unless it is applied to a tangent. */
export function affine(of: LayerShape, w: Numbers, b: Numbers, h: Numbers, at: Numbers = h): number[] {
  const shape = hidden(of);
  const { inputs, units } = matrixOf(shape);
  switch (shape.kind) {
    case 'dense':
      return range(units).map((o) =>
        range(inputs).reduce((sum, i) => sum + h[i]! * w[i * units + o]!, b[o]!),
      );
    case 'conv2d': {
      const g = shape.geometry;
      const places = g.outHeight * g.outWidth;
      const z = range(units * places).map((at) => b[Math.floor(at / places)]!);
      eachTap(g, range(g.channels), (place, tap, pixel) => {
        for (let f = 0; f < units; f++) z[f * places + place]! += h[pixel]! * w[tap * units + f]!;
      });
      return z;
    }
    case 'maxPool':
      return chosen(shape, at).map((pixel) => h[pixel]!);
    case 'averagePool': {
      const g = shape.geometry;
      const places = g.outHeight * g.outWidth;
      const z = new Array<number>(g.channels * places).fill(0);
      for (const c of range(g.channels)) {
        eachTap(g, [c], (place, _tap, pixel) => {
          z[c * places + place]! += h[pixel]! / (g.windowHeight * g.windowWidth);
        });
      }
      return z;
    }
    default:
      throw new Error(`${shape.kind} has a reference of its own`);
  }
}

/** dx = Aᵀ(dz). @param h the layer's input, where a max pooling chooses. */
export function affineTranspose(of: LayerShape, w: Numbers, h: Numbers, dz: Numbers): number[] {
  const shape = hidden(of);
  const dx = new Array<number>(shape.inputs).fill(0);
  const { units } = matrixOf(shape);
  switch (shape.kind) {
    case 'dense':
      return dx.map((_, i) => range(units).reduce((sum, o) => sum + dz[o]! * w[i * units + o]!, 0));
    case 'conv2d': {
      const g = shape.geometry;
      const places = g.outHeight * g.outWidth;
      eachTap(g, range(g.channels), (place, tap, pixel) => {
        for (let f = 0; f < units; f++) dx[pixel]! += dz[f * places + place]! * w[tap * units + f]!;
      });
      return dx;
    }
    case 'maxPool':
      for (const [at, pixel] of chosen(shape, h).entries()) dx[pixel]! += dz[at]!;
      return dx;
    case 'averagePool': {
      const g = shape.geometry;
      const places = g.outHeight * g.outWidth;
      for (const c of range(g.channels)) {
        eachTap(g, [c], (place, _tap, pixel) => {
          dx[pixel]! += dz[c * places + place]! / (g.windowHeight * g.windowWidth);
        });
      }
      return dx;
    }
    default:
      throw new Error(`${shape.kind} has a reference of its own`);
  }
}

/** Adds the gradient of the parameters, h ⊗ dz, to `gradient`. */
export function addWeightGradient(
  shape: LayerShape,
  h: Numbers,
  dz: Numbers,
  gradient: { w: Float64Array; b: Float64Array },
): void {
  const { inputs, units } = matrixOf(shape);
  if (shape.kind === 'dense') {
    for (let o = 0; o < units; o++) {
      gradient.b[o]! += dz[o]!;
      for (let i = 0; i < inputs; i++) gradient.w[i * units + o]! += h[i]! * dz[o]!;
    }
  } else if (shape.kind === 'conv2d') {
    const g = shape.geometry;
    const places = g.outHeight * g.outWidth;
    for (let at = 0; at < units * places; at++) gradient.b[Math.floor(at / places)]! += dz[at]!;
    eachTap(g, range(g.channels), (place, tap, pixel) => {
      for (let f = 0; f < units; f++) gradient.w[tap * units + f]! += h[pixel]! * dz[f * places + place]!;
    });
  }
}
