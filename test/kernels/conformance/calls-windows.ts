// Random calls of convolutions and poolings.
import { layerLengthFloats } from '../../../src/kernels/weight-layout.js';
import { windowRecordBytes, windowWorkBytes, writeWindowRecord } from '../../../src/kernels/window-record.js';
import { type WindowGeometry, windowGeometry } from '../../../src/model/windows.js';
import type { MakeCalls } from './calls.js';
import { putUpdate } from './calls-dense.js';
import type { Space } from './space.js';

/** A random image and windows over it. */
function geometry(space: Space, padding: 'valid' | 'same'): WindowGeometry {
  const image = {
    channels: space.upTo(10),
    height: space.between(1, 11),
    width: space.between(1, 11),
  };
  const extent = [
    Math.min(space.between(1, 5), image.height),
    Math.min(space.between(1, 5), image.width),
  ] as const;
  return windowGeometry(image, extent, [space.between(1, 3), space.between(1, 3)], padding);
}

function putGeometry(space: Space, windows: WindowGeometry): number {
  const record = space.room(windowRecordBytes(windows));
  writeWindowRecord(space.buffer, record, windows);
  return record;
}

function convolution(space: Space) {
  const windows = geometry(space, space.pick('valid', 'same'));
  const [filters, panels] = [space.chance(0.05) ? space.between(96, 101) : space.upTo(20), space.upTo(11)];
  const taps = windows.channels * windows.windowHeight * windows.windowWidth;
  const x = space.shape(windows.channels * windows.height * windows.width, panels);
  const z = space.shape(filters * windows.outHeight * windows.outWidth, panels);
  const record = putGeometry(space, windows);
  const scratch = space.scratch(windowWorkBytes(windows, filters));
  const weights = layerLengthFloats(taps, filters);
  return { record, filters, panels, x, z, scratch, weights, w: space.put(weights) };
}

function pooling(space: Space) {
  const windows = geometry(space, 'valid');
  const panels = space.upTo(4);
  const count = windows.channels * windows.outHeight * windows.outWidth;
  const x = space.shape(windows.channels * windows.height * windows.width, panels);
  const z = space.shape(count, panels);
  const taken = windows.windowHeight * windows.windowWidth;
  const choice = space.putIntegers((z.stride * panels) / 4, 0, taken - 1);
  // The sign says that the largest was not above 0.
  for (let at = choice / 4; at < choice / 4 + (z.stride * panels) / 4; at++) {
    if (space.chance(0.5)) space.words[at] = space.words[at]! | 0x80000000;
  }
  const scratch = space.scratch(windowWorkBytes(windows, 0));
  return { record: putGeometry(space, windows), panels, x, z, choice, scratch };
}

export const WINDOWS = {
  convolve(space) {
    const { record, x, panels, w, filters, z, scratch } = convolution(space);
    const from = [record, space.putPadded(x), x.stride, panels, w, filters, space.between(0, 1)];
    return [...from, space.putPanels(z), z.stride, space.slope(), scratch];
  },
  convolveInputGradient(space) {
    const { record, x, panels, w, filters, z, scratch } = convolution(space);
    const slope = space.slope();
    const h = slope === 1 ? 0 : space.putPadded(x);
    const from = [record, space.putPadded(z), z.stride, panels, w, filters, h, slope];
    return [...from, space.putPanels(x), x.stride, scratch];
  },
  convolveWeightGradient(space) {
    const { record, x, panels, w, filters, z, scratch, weights } = convolution(space);
    const from = [record, space.putPadded(x), x.stride, panels, space.putPadded(z), z.stride];
    return [...from, w, filters, scratch, putUpdate(space, w, weights)];
  },
  maxPool(space) {
    const { record, x, panels, z, choice, scratch } = pooling(space);
    const from = [record, space.putPadded(x), x.stride, panels, space.putPanels(z), z.stride];
    return [...from, space.chance(0.3) ? 0 : choice, scratch];
  },
  maxPoolChosen(space) {
    const { record, x, panels, z, choice, scratch } = pooling(space);
    return [record, space.putPadded(x), x.stride, panels, space.putPanels(z), z.stride, choice, scratch];
  },
  maxPoolInputGradient(space) {
    const { record, x, panels, z, choice, scratch } = pooling(space);
    const from = [record, space.putPadded(z), z.stride, panels, choice, space.slope()];
    return [...from, space.putPanels(x), x.stride, scratch];
  },
  averagePool(space) {
    const { record, x, panels, z, scratch } = pooling(space);
    return [record, space.putPadded(x), x.stride, panels, space.putPanels(z), z.stride, scratch];
  },
  averagePoolInputGradient(space) {
    const { record, x, panels, z, scratch } = pooling(space);
    const slope = space.slope();
    const h = slope === 1 ? 0 : space.putPadded(x);
    const from = [record, space.putPadded(z), z.stride, panels, h, slope];
    return [...from, space.putPanels(x), x.stride, scratch];
  },
} satisfies MakeCalls;
