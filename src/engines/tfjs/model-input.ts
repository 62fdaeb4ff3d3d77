// In which order a model takes the features of a row. Images are rows ordered (channel, y, x) everywhere in
// tutti; TensorFlow.js has the channels last.

import { type ImageShape, imageFeatures } from '../../model/image.js';
import type { LayersModel } from './api.js';

/** The image that a model's input is: of rank 3, channels last unless its first layer says otherwise; else null. */
export function inputImage(model: LayersModel): (ImageShape & { readonly channelsFirst: boolean }) | null {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  if (shape.length !== 3) return null;
  const [a, b, c] = shape as [number, number, number];
  const first = model.layers.find((layer) => layer.getClassName() !== 'InputLayer');
  const channelsFirst = first?.getConfig().dataFormat === 'channelsFirst';
  return channelsFirst
    ? { channels: a, height: b, width: c, channelsFirst }
    : { channels: c, height: a, width: b, channelsFirst };
}

/** For every number of the model's input, its place among the member's features; null when that is the same. */
export function inputOrder(model: LayersModel): Uint32Array | null {
  const image = inputImage(model);
  return image === null || image.channelsFirst || image.channels === 1 ? null : channelsLast(image);
}

/** For every number of an image ordered (y, x, channel), its place in one ordered (channel, y, x). */
export function channelsLast(image: ImageShape): Uint32Array {
  const { channels, height, width } = image;
  return Uint32Array.from({ length: imageFeatures(image) }, (_, at) => {
    return (at % channels) * height * width + Math.floor(at / channels);
  });
}

/** For every number of the model's input, the column of the dataset; null when they are all, in order. */
export function inputPicks(order: Uint32Array | null, columns: Uint32Array | null): Uint32Array | null {
  if (order === null || columns === null) return order ?? columns;
  return order.map((place) => columns[place]!);
}
