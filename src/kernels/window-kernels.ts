// Convolution and pooling as TypeScript sees them: the geometry of their windows, the scratch they need, and
// the kernels, in the formats of kernels.ts. An image is panels[channels × height × width], rows ordered
// (channel, y, x), so that what a convolution puts out is the next layer's input, dense layers included.

import type { SharedMemory } from '../memory/webassembly-types.js';
import type { WindowGeometry } from '../model/windows.js';
import { windowRecordBytes, windowWorkBytes, writeWindowRecord } from './window-record.js';

/** Kernels over windows. `scratch`: windowScratchBytes(geometry, filters), contents irrelevant. */
export interface WindowKernels {
  /**
   * out(f, y, x, b) = max(z, slope × z), z = bias(f) + Σ W(c, ky, kx; f) image(c, y·strideY + ky − top, …, b).
   * A cross-correlation, as everywhere in deep learning.
   * @param x panels[channels × height × width].
   * @param w weights (channels × windowHeight × windowWidth, filters), the biases behind them.
   * @param withBias false: z is the linear part alone.
   * @param out panels[filters × outHeight × outWidth], not overlapping x.
   * **Source:** Goodfellow, Bengio and Courville (2016), Deep Learning, eq. 9.6.
   */
  convolve(
    geometry: WindowGeometry,
    x: number,
    xPanelStride: number,
    panels: number,
    w: number,
    filters: number,
    withBias: boolean,
    out: number,
    outPanelStride: number,
    slope: number,
    scratch: number,
  ): void;

  /**
   * The transpose of {@link convolve}: dx = Σ W dz over the windows that see a pixel, times (h > 0 ? 1 : slope).
   * @param dz panels[filters × outHeight × outWidth].
   * @param h the layer's input, with dx's panel stride; not read when slope is 1.
   * @param dx panels[channels × height × width], overlapping neither h nor dz.
   */
  convolveInputGradient(
    geometry: WindowGeometry,
    dz: number,
    dzPanelStride: number,
    panels: number,
    w: number,
    filters: number,
    h: number,
    slope: number,
    dx: number,
    dxPanelStride: number,
    scratch: number,
  ): void;

  /** dW and db of {@link convolve}, summed over windows and examples, handed to the update of the block. */
  convolveWeightGradient(
    geometry: WindowGeometry,
    x: number,
    xPanelStride: number,
    panels: number,
    dz: number,
    dzPanelStride: number,
    w: number,
    filters: number,
    scratch: number,
    updateBlock: number,
  ): void;

  /**
   * out = the largest value of every window, channel by channel; among equals the first.
   * @param choice i32, the shape and panel stride of out: which tap was taken, the sign bit set where out ≤ 0;
   *   0 when nothing will ask.
   */
  maxPool(
    geometry: WindowGeometry,
    x: number,
    xPanelStride: number,
    panels: number,
    out: number,
    outPanelStride: number,
    choice: number,
    scratch: number,
  ): void;

  /** out = the taps of x that `choice` names: the linear part of {@link maxPool} where it was last computed. */
  maxPoolChosen(
    geometry: WindowGeometry,
    x: number,
    xPanelStride: number,
    panels: number,
    out: number,
    outPanelStride: number,
    choice: number,
    scratch: number,
  ): void;

  /** dx = dz at the taps that `choice` names, × slope where the maximum was not positive, 0 elsewhere. */
  maxPoolInputGradient(
    geometry: WindowGeometry,
    dz: number,
    dzPanelStride: number,
    panels: number,
    choice: number,
    slope: number,
    dx: number,
    dxPanelStride: number,
    scratch: number,
  ): void;

  /** out = the mean of every window, channel by channel. */
  averagePool(
    geometry: WindowGeometry,
    x: number,
    xPanelStride: number,
    panels: number,
    out: number,
    outPanelStride: number,
    scratch: number,
  ): void;

  /** dx = an equal share of dz for every tap, times (h > 0 ? 1 : slope); h as for convolutions. */
  averagePoolInputGradient(
    geometry: WindowGeometry,
    dz: number,
    dzPanelStride: number,
    panels: number,
    h: number,
    slope: number,
    dx: number,
    dxPanelStride: number,
    scratch: number,
  ): void;
}

/** Bytes of scratch the kernels need for this geometry. @param filters of a convolution; 0 when pooling. */
export function windowScratchBytes(geometry: WindowGeometry, filters: number): number {
  return windowRecordBytes(geometry) + windowWorkBytes(geometry, filters);
}

/** As exported by WebAssembly: the address of the geometry's record comes first. */
export type RawWindowKernels = Readonly<Record<keyof WindowKernels, (...numbers: number[]) => void>>;

/** Binds the exports: writes the geometry's record at the head of the scratch. */
export function bindWindowKernels(exports: RawWindowKernels, memory: SharedMemory): WindowKernels {
  /** @param place of the scratch among the arguments. */
  const bound = (kernel: (...numbers: number[]) => void, place: number) => {
    return (geometry: WindowGeometry, ...rest: number[]) => {
      const record = rest[place]!;
      writeWindowRecord(memory.buffer, record, geometry);
      rest[place] = record + windowRecordBytes(geometry);
      kernel(record, ...rest);
    };
  };
  const convolve = bound(exports.convolve, 9);
  return {
    convolve: (geometry, x, xPanelStride, panels, w, filters, withBias, ...rest) =>
      convolve(geometry, x, xPanelStride, panels, w, filters, withBias ? 1 : 0, ...rest),
    convolveInputGradient: bound(exports.convolveInputGradient, 9),
    convolveWeightGradient: bound(exports.convolveWeightGradient, 7),
    maxPool: bound(exports.maxPool, 6),
    maxPoolChosen: bound(exports.maxPoolChosen, 6),
    maxPoolInputGradient: bound(exports.maxPoolInputGradient, 7),
    averagePool: bound(exports.averagePool, 5),
    averagePoolInputGradient: bound(exports.averagePoolInputGradient, 7),
  };
}
