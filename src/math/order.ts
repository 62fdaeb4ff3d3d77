// The order of numbers as indices: what ranks, quantile bins and curves are read off.

/** 32 bits of a single and 21 of an index fill a double's 53. */
const MOST_PACKED = 2 ** 21;

/**
 * Indices of `count` numbers `values[offset + i · stride]` from the largest to the smallest, ties by index.
 * @param values none of them NaN
 */
export function descendingOrder(
  values: Float32Array | Float64Array,
  count: number,
  offset = 0,
  stride = 1,
): Uint32Array {
  const own = new Float64Array(count);
  let packs = values instanceof Float32Array && count <= MOST_PACKED;
  for (let i = 0; i < count; i++) {
    own[i] = values[offset + i * stride]!;
    packs &&= own[i]! >= 0;
  }
  return packs ? packedOrder(own) : comparedOrder(own);
}

/** Of singles ≥ 0, whose bits are ordered as they are: sorted as whole numbers, without a comparing function. */
function packedOrder(values: Float64Array): Uint32Array {
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  const keys = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    // −0 is 0.
    single[0] = values[i]! + 0;
    keys[i] = (0xffffffff - bits[0]!) * MOST_PACKED + i;
  }
  return Uint32Array.from(keys.sort(), (key) => key % MOST_PACKED);
}

function comparedOrder(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
}
