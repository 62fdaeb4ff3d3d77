// Typed arrays one after another, as one.

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** @param parts one at least; all of one type, which the whole has too. It is a copy. */
export function joined<Own extends Numbers>(parts: readonly Own[]): Own {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new (parts[0]!.constructor as new (length: number) => Own)(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
