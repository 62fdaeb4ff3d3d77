// Poolings: the largest or the mean value of windows of an image, without parameters.

import {
  extentOption,
  type LayerKind,
  pair,
  type Rows,
  type SchemaMaker,
  SIZE,
  STRIDE,
  sizeOf,
  strideWords,
  windowsOn,
} from './layer-kind.js';
import type { PoolLayer, PoolOption } from './layer-types.js';
import type { WindowGeometry } from './windows.js';

/** A pooling, without parameters; units ordered (channel, y, x). */
export interface PoolShape extends Rows {
  readonly kind: 'maxPool' | 'averagePool';
  readonly geometry: WindowGeometry;
}

export const maxPool = pooling('maxPool', 'maxpool');
export const averagePool = pooling('averagePool', 'avgpool');

function pooling(kind: PoolLayer['kind'], word: string): LayerKind<PoolOption, PoolLayer, PoolShape> {
  const words = new RegExp(`^${word} ${SIZE}${STRIDE}$`);
  return {
    example: `${word} 2`,
    hasUnits: false,
    read(text) {
      const found = words.exec(text);
      if (found === null) return null;
      const [, height, width, strideY, strideX] = found;
      return { kind, size: sizeOf(height, width), stride: sizeOf(strideY, strideX) };
    },
    resolve: ({ size, stride = size }) => ({ kind, size: pair(size), stride: pair(stride) }),
    describe: ({ size, stride }) => `${word} ${size.join('x')}${strideWords(stride, size)}`,
    shape({ size, stride }, place) {
      const geometry = windowsOn(place, size, stride, 'valid');
      const units = geometry.channels * geometry.outHeight * geometry.outWidth;
      return { kind, inputs: place.inputs, units, activation: 'linear', geometry };
    },
    weights: () => [],
    fanOut: ({ units }) => units,
    image: ({ geometry: { channels, outHeight, outWidth } }) => ({
      channels,
      height: outHeight,
      width: outWidth,
    }),
  };
}

const KINDS = ['maxPool', 'averagePool'] as const;

export function poolOption(z: SchemaMaker) {
  return z.strictObject({
    kind: z.enum(KINDS),
    size: extentOption(z),
    stride: extentOption(z).optional(),
  });
}

export function poolSpec(z: SchemaMaker) {
  const count = z.int().min(1);
  const extent = z.tuple([count, count]);
  return z.strictObject({ kind: z.enum(KINDS), size: extent, stride: extent });
}
