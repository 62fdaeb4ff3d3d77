// Where the windows of convolutions and poolings lie: pure geometry, which kernels, shapes and tests share.

import type { ImageShape } from './image.js';

/** Height and width. */
export type Extent = readonly [height: number, width: number];

/** `valid`: windows inside the image. `same`: zeros around it, so that stride 1 keeps its size. */
export type Padding = 'valid' | 'same';

/** Windows of windowHeight × windowWidth pixels over all channels of an image. */
export interface WindowGeometry extends ImageShape {
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  /** Zeros above and to the left; below and to the right as many as the windows reach. */
  readonly top: number;
  readonly left: number;
  /** Windows down and across; 0 when not one fits. */
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * valid: ⌊(size − window) / stride⌋ + 1 windows along an axis. same: ⌈size / stride⌉, with the zeros they need
 * split evenly, an odd one last.
 * **Source:** Goodfellow, Bengio and Courville (2016), Deep Learning, 9.5.
 */
export function windowGeometry(
  image: ImageShape,
  [windowHeight, windowWidth]: Extent,
  [strideY, strideX]: Extent,
  padding: Padding,
): WindowGeometry {
  const down = alongAxis(image.height, windowHeight, strideY, padding);
  const across = alongAxis(image.width, windowWidth, strideX, padding);
  const { channels, height, width } = image;
  return {
    ...{ channels, height, width, windowHeight, windowWidth, strideY, strideX },
    ...{ top: down.before, left: across.before, outHeight: down.count, outWidth: across.count },
  };
}

function alongAxis(size: number, window: number, stride: number, padding: Padding) {
  if (padding === 'valid') {
    return { before: 0, count: size < window ? 0 : Math.floor((size - window) / stride) + 1 };
  }
  const count = Math.ceil(size / stride);
  const zeros = Math.max(0, (count - 1) * stride + window - size);
  return { before: Math.floor(zeros / 2), count };
}
