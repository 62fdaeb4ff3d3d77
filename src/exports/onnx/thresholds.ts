// Thresholds of encoded features in the units that a graph is given: so trees read what is given, and no rounding of the encoding
// sends a row elsewhere.

import { encodeValue, type FeatureScale } from '../../data/dataset/encoding.js';
import type { NumberType } from './inputs.js';

/** Numbers of a precision by their place among all finite ones, that of 0 being 0. */
interface Ladder {
  /** The place of the largest. */
  readonly top: bigint;
  at(place: bigint): number;
}

const float = ladder(0x7f7fffffn, new Uint32Array(1), (bits) => new Float32Array(bits.buffer), Number, 31n);
const double = ladder(
  0x7fefffffffffffffn,
  new BigUint64Array(1),
  (bits) => new Float64Array(bits.buffer),
  BigInt,
  63n,
);

function ladder<Bits extends Uint32Array | BigUint64Array>(
  top: bigint,
  bits: Bits,
  view: (bits: Bits) => Float32Array | Float64Array,
  as: (bits: bigint) => Bits[number],
  sign: bigint,
): Ladder {
  const number = view(bits);
  return {
    top,
    at(place) {
      bits[0] = as(place < 0n ? (1n << sign) | -place : place) as never;
      return number[0]!;
    },
  };
}

/**
 * The largest number of the precision that is encoded as no more than `threshold`, −Infinity for none, Infinity for all: encoding keeps
 * the order of numbers, so that those up to it, and no others, are at most the threshold once they are encoded.
 * @param scale null where members see numbers as they are.
 */
export function thresholdInUnits(
  scale: FeatureScale | null,
  feature: number,
  threshold: number,
  type: NumberType,
): number {
  const isAtMost = (value: number) =>
    Math.fround(scale === null ? value : encodeValue(scale, feature, value)) <= threshold;
  const { top, at } = type === 'float' ? float : double;
  if (isAtMost(at(top))) return Number.POSITIVE_INFINITY;
  if (!isAtMost(at(-top))) return Number.NEGATIVE_INFINITY;
  let [low, high] = [-top, top];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (isAtMost(at(middle))) low = middle;
    else high = middle;
  }
  return at(low);
}
