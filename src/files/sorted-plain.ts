// Plain data in one order, so that equal values are equal bytes whoever made them.

/** JSON with the keys of every object in code-unit order, so that equal values are equal text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isMap(inner) ? withSortedKeys(inner) : inner));
}

/** Plain data with the keys of every object in code-unit order: read and written again, it is the same bytes. */
export function sortedPlain<Value>(value: Value): Value;
export function sortedPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => sortedPlain(inner));
  if (!isMap(value)) return value;
  const sorted = Object.entries(withSortedKeys(value));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortedPlain(inner)]));
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function withSortedKeys(map: object): object {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
