// What stands in for Node.js in the playground's workers does what Node.js does.

import { isDeepStrictEqual as ofNode } from 'node:util';
import t from 'tap';
import { isDeepStrictEqual } from '../../src/playground/stand-ins/node-util.js';

const PLAIN: readonly unknown[] = [
  ...[0, -0, 1, Number.NaN, '', 'a', null, undefined, true],
  ...[[], [1], [1, 2], [undefined], {}, { a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, { a: undefined }],
  ...[{ a: { b: [1, { c: null }] } }, { a: { b: [1, { c: undefined }] } }],
  ...[Float32Array.of(1, 2), Float32Array.of(1, 3), Float64Array.of(1, 2), new Float32Array(0)],
];

t.test('plain data and typed arrays are equal where Node.js finds them so', async (t) => {
  for (const a of PLAIN) for (const b of PLAIN) t.equal(isDeepStrictEqual(a, b), ofNode(a, b));
  for (const a of PLAIN) t.equal(isDeepStrictEqual(structuredClone(a), a), true);
});
