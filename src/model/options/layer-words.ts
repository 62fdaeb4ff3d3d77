// The types of what a user writes of hidden layers and images. Types alone, since the public declarations hold them;
// layer-options.ts checks and reads them.

import type { Activation } from '../spec.js';
import type { Extent, Padding } from '../windows.js';

/**
 * A hidden layer: an object, or in words: `conv 8@3x3`, `conv 16@5 stride 2 same tanh`, `maxpool 2`,
 * `avgpool 3x3 stride 2`, `dense 64`, several separated by commas. Convolutions have stride 1 and padding valid,
 * poolings a stride of their size, unless they say otherwise.
 */
export type LayerOption =
  | string
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: Activation | undefined }
  | {
      readonly kind: 'conv2d';
      readonly filters: number;
      /** One number for both axes, or height and width. */
      readonly kernel: number | Extent;
      /** @default 1 */
      readonly stride?: number | Extent | undefined;
      /** @default 'valid' */
      readonly padding?: Padding | undefined;
      /** @default the option `activation` */
      readonly activation?: Activation | undefined;
    }
  | {
      readonly kind: 'maxPool' | 'averagePool';
      readonly size: number | Extent;
      /** @default the size */
      readonly stride?: number | Extent | undefined;
    };

/** `8x8`, `3x32x32`, or the numbers: height and width, or channels, height and width. */
export type ImageOption = string | readonly number[];
