// Convolutions over images.

import {
  ACTIVATIONS,
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
import type { ConvolutionLayer, ConvolutionOption } from './layer-types.js';
import type { WindowGeometry } from './windows.js';

/** A convolution: W is (channels × windowHeight × windowWidth, filters), the bias (filters); units ordered (filter, y, x). */
export interface ConvolutionShape extends Rows {
  readonly kind: 'conv2d';
  readonly filters: number;
  readonly geometry: WindowGeometry;
}

const WORDS = new RegExp(`^conv (\\d+)@${SIZE}${STRIDE}(?: (same|valid))?(?: (\\w+))?$`);

export const convolution: LayerKind<ConvolutionOption, ConvolutionLayer, ConvolutionShape> = {
  example: 'conv 8@3x3',
  hasUnits: true,
  read(words) {
    const found = WORDS.exec(words);
    if (found === null) return null;
    const [, filters, height, width, strideY, strideX, padding, activation] = found;
    return {
      ...{ kind: 'conv2d', filters: Number(filters), kernel: sizeOf(height, width) },
      ...{ stride: sizeOf(strideY, strideX), padding, activation },
    };
  },
  resolve: ({ kind, filters, kernel, stride = 1, padding = 'valid', activation }, usual) => ({
    ...{ kind, filters, kernel: pair(kernel), stride: pair(stride) },
    ...{ padding, activation: activation ?? usual },
  }),
  describe({ filters, kernel, stride, padding, activation }) {
    const same = padding === 'same' ? ' same' : '';
    return `conv ${filters}@${kernel.join('x')}${strideWords(stride, [1, 1])}${same} ${activation}`;
  },
  shape({ kind, filters, kernel, stride, padding, activation }, place) {
    const geometry = windowsOn(place, kernel, stride, padding);
    const units = filters * geometry.outHeight * geometry.outWidth;
    return { kind, inputs: place.inputs, units, activation, filters, geometry };
  },
  weights: ({ filters, geometry: { channels, windowHeight, windowWidth } }) => [
    { inputs: channels * windowHeight * windowWidth, units: filters, role: 'matrix', hasBias: true },
  ],
  // One per filter and tap of the window.
  fanOut: ({ filters, geometry }) => filters * geometry.windowHeight * geometry.windowWidth,
  image: ({ filters, geometry: { outHeight, outWidth } }) => ({
    channels: filters,
    height: outHeight,
    width: outWidth,
  }),
};

export function convolutionOption(z: SchemaMaker) {
  return z.strictObject({
    kind: z.literal('conv2d'),
    filters: z.int().min(1),
    kernel: extentOption(z),
    stride: extentOption(z).optional(),
    padding: z.enum(['valid', 'same']).optional(),
    activation: z.enum(ACTIVATIONS).optional(),
  });
}

export function convolutionSpec(z: SchemaMaker) {
  const count = z.int().min(1);
  const extent = z.tuple([count, count]);
  return z.strictObject({
    kind: z.literal('conv2d'),
    filters: count,
    kernel: extent,
    stride: extent,
    padding: z.enum(['valid', 'same']),
    activation: z.enum(ACTIVATIONS),
  });
}
