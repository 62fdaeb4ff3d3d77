// The random part of a training step in double precision, one number at a time: dropout masks and input
// noise as the kernels draw them, from the cipher itself.

import { type StreamKey, streamKey } from '../../src/math/random.js';
import { threefry2x32 } from '../../src/math/threefry.js';
import type { LayerShape } from '../../src/model/layers.js';
import type { NetworkMemberSpec } from '../../src/model/spec.js';
import type { Example } from './reference-network.js';

/** Words of block (c, c1) of a key. */
export function blockOf([k0, k1]: StreamKey, c: number, c1: number): Uint32Array {
  const words = new Uint32Array(2);
  threefry2x32(k0, k1, c, c1, words);
  return words;
}

/** Whether float e of a layer's panels is kept. */
export function isKept(key: StreamKey, layer: number, e: number, keep: number): boolean {
  const word = blockOf(key, 4 * Math.floor(e / 16) + (Math.floor(e / 2) % 4), layer)[Math.floor(e / 8) % 2]!;
  const number = e % 2 === 0 ? word % 65536 : Math.floor(word / 65536);
  return number < Math.round(65536 * keep);
}

/** Position of a unit of an example among the floats of panels of `rows` rows. */
const floatAt = (example: number, unit: number, rows: number) =>
  (Math.floor(example / 8) * 4 * Math.ceil(rows / 4) + unit) * 8 + (example % 8);

/** The normal deviate of float e of panels without padding rows: Box and Muller. */
export function normalAt(key: StreamKey, e: number): number {
  const row = Math.floor(e / 8);
  const lane = e % 8;
  const [first, second] = blockOf(key, 4 * row + (lane % 4), 0) as unknown as [number, number];
  const radius = Math.sqrt(-2 * Math.log(((first >>> 8) + 1) / 2 ** 24));
  const quadrant = second >>> 30;
  const within = ((second >>> 8) % 2 ** 22) / 2 ** 22 - 0.5;
  const angle = (quadrant + within) * (Math.PI / 2);
  return radius * (lane < 4 ? Math.cos(angle) : Math.sin(angle));
}

/** The examples of a step with their input noise added and their dropout drawn. */
export function withNoise(
  seed: number,
  spec: NetworkMemberSpec,
  shapes: readonly LayerShape[],
  batch: readonly Example[],
  epoch: number,
  step: number,
): Example[] {
  const { dropout, inputNoise, streams } = spec;
  const noise = streamKey(seed, 'noise', streams.masks, epoch, step);
  const masks = streamKey(seed, 'masks', streams.masks, epoch, step);
  const { inputs } = shapes[0]!;
  return batch.map((example, b) => {
    const deviate = (i: number) => normalAt(noise, (Math.floor(b / 8) * inputs + i) * 8 + (b % 8));
    const x = inputNoise === 0 ? example.x : example.x.map((v, i) => v + inputNoise * deviate(i));
    if (dropout === null) return { ...example, x };
    const multipliers = [dropout.inputKeep, ...dropout.hiddenKeep].map((keep, layer) => {
      const rows = shapes[layer]!.inputs;
      const kept = dropout.scaling === 'inverted' ? 1 / keep : 1;
      if (keep === 1) return null;
      return Array.from({ length: rows }, (_, unit) =>
        isKept(masks, layer, floatAt(b, unit, rows), keep) ? kept : 0,
      );
    });
    return { ...example, x, multipliers };
  });
}
