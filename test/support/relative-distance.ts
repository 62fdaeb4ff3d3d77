// How far two vectors are apart, for tests that hold one against another from an independent source.

/** ‖got − wanted‖ / ‖wanted − origin‖. @param origin what the length of `wanted` is taken from; null for 0 */
export function relativeDistance(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  origin: ArrayLike<number> | null = null,
): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < wanted.length; i++) {
    difference += (got[i]! - wanted[i]!) ** 2;
    norm += (wanted[i]! - (origin?.[i] ?? 0)) ** 2;
  }
  return Math.sqrt(difference / norm);
}
