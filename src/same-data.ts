// Equality of plain data, in Node.js and in browsers alike.

/**
 * Whether two values are the same: primitives by `Object.is`; arrays, typed arrays of one type and plain objects by what is in
 * them, whatever the order of keys. Objects of other kinds are the same as themselves alone.
 */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const kind = Object.getPrototypeOf(a);
  if (kind !== Object.getPrototypeOf(b)) return false;
  if (kind === Array.prototype || ArrayBuffer.isView(a))
    return areSameLists(a as ArrayLike<unknown>, b as ArrayLike<unknown>);
  if (kind !== Object.prototype && kind !== null) return false;
  const [own, other] = [a, b] as Readonly<Record<string, unknown>>[];
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameData(own![key], other![key]))
  );
}

function areSameLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!isSameData(a[at], b[at])) return false;
  return true;
}
