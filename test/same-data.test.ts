// Equality of plain data is that of Node.js.

import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { isSameData } from '../src/same-data.js';

const PLAIN: readonly unknown[] = [
  ...[0, -0, 1, Number.NaN, '', 'a', '1', null, undefined, true],
  ...[[], [1], [1, 2], [undefined], {}, { a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, { a: undefined }, { 0: 1 }],
  ...[{ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: undefined }] } }, Object.create(null)],
  ...[Float32Array.of(1, 2), Float32Array.of(1, 3), Float32Array.of(1, Number.NaN), Float64Array.of(1, 2)],
  ...[new Float32Array(0), new Float64Array(0), new Float32Array(new SharedArrayBuffer(8))],
];

t.test('plain data and typed arrays are the same where Node.js finds them so', async (t) => {
  for (const a of PLAIN) for (const b of PLAIN) t.equal(isSameData(a, b), isDeepStrictEqual(a, b));
});

t.test('copies are the same, objects of other kinds are not', async (t) => {
  for (const a of PLAIN.filter((value) => Object.getPrototypeOf(Object(value)) !== null))
    t.equal(isSameData(structuredClone(a), a), true);
  t.equal(isSameData(new Map([[1, 2]]), new Map([[1, 2]])), false);
  const date = new Date(0);
  t.equal(isSameData({ date }, { date }), true);
});
