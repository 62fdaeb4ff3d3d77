// Plain data through bytes and back, and what is refused on either way.

import { Packr } from 'msgpackr/pack';
import t from 'tap';
import { packArrays, packPlain, unpackArrays, unpackPlain } from '../../src/files/plain-data.js';

t.test('what JSON can say comes back as it was', async (t) => {
  const value = {
    ...{ none: null, yes: true, text: 'ÿ "quoted"', list: [1, [2, { deep: [] }]] },
    numbers: [0, -1, 2 ** 31, -(2 ** 40), 0.1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY],
  };
  t.same(unpackPlain(packPlain(value)), value);
  t.same(unpackArrays(packArrays(value, 'value')), value);
});

t.test('typed arrays come back of their own type, with their own values', async (t) => {
  const shared = new Float32Array(new SharedArrayBuffer(16));
  shared.set([1.5, -2, Number.NaN, 3]);
  const arrays = {
    ...{
      f32: Float32Array.of(0.1, Number.POSITIVE_INFINITY),
      f64: Float64Array.of(0.1, -1e-300),
      none: new Uint8Array(),
    },
    ...{ i8: Int8Array.of(-128, 127), u8: Uint8Array.of(255), u8c: Uint8ClampedArray.of(255, 0) },
    ...{
      i16: Int16Array.of(-32768),
      u16: Uint16Array.of(65535),
      i32: Int32Array.of(-1),
      u32: Uint32Array.of(2 ** 32 - 1),
    },
    part: Float64Array.of(1, 2, 3).subarray(1),
  };
  const back = unpackArrays(packArrays({ arrays, list: [shared] }, 'value')) as typeof arrays & object;
  t.strictSame(back, {
    arrays: { ...arrays, part: Float64Array.of(2, 3) },
    list: [Float32Array.from(shared)],
  });
});

t.test('elements are little-endian, after the number of their type', async (t) => {
  const bytes = packArrays(Uint16Array.of(1, 0x0203), 'value');
  t.same([...bytes.subarray(-5)], [6, 1, 0, 3, 2]);
});

t.test('a property that is undefined is left out, as JSON has it', async (t) => {
  t.same(unpackArrays(packArrays({ a: 1, b: undefined }, 'value')), { a: 1 });
});

t.test('anything else is refused by name', async (t) => {
  const holdsItself: { self?: unknown } = {};
  holdsItself.self = holdsItself;
  class Tree {}
  for (const [value, message] of [
    [undefined, /^`model` is undefined$/],
    [[1, undefined], /^`model\[1\]` is undefined$/],
    [{ a: { b: new Map() } }, /^`model\.a\.b` is an object of class Map$/],
    [{ root: new Tree() }, /^`model\.root` is an object of class Tree$/],
    [[() => 1], /^`model\[0\]` is a function$/],
    [2n, /^`model` is a bigint$/],
    [Symbol('x'), /^`model` is a symbol$/],
    [new Date(0), /class Date/],
    [new ArrayBuffer(4), /class ArrayBuffer/],
    [BigInt64Array.of(1n), /class BigInt64Array/],
    [holdsItself, /nests deeper than 1024/],
  ] as const) {
    t.throws(() => packArrays(value, 'model'), { message });
  }
});

t.test('a tree a thousand levels deep is plain data too', async (t) => {
  let tree: { depth: number; left?: object } = { depth: 0 };
  for (let depth = 1; depth < 1000; depth++) tree = { depth, left: tree };
  t.same(JSON.stringify(unpackArrays(packArrays(tree, 'tree'))), JSON.stringify(tree));
});

t.test('bytes that are no plain data are refused before they are decoded', async (t) => {
  const packr = new Packr({ useRecords: false, moreTypes: true });
  for (const value of [/x/, new Set([1]), new Date(0), new Error('x'), 2n ** 63n]) {
    t.throws(() => unpackArrays(packr.pack({ value })), { message: /value of type/ });
  }
  t.throws(() => unpackArrays(Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff)), { message: /cut short/ });
  t.throws(() => unpackArrays(new Uint8Array()), { message: /a value is missing/ });
  t.throws(() => unpackArrays(new Uint8Array(1e5).fill(0x91)), { message: /nested deeper than 1024/ });
  t.throws(() => unpackPlain(packArrays(new Uint8Array(3), 'x')), { message: /value of type 0xc4/ });
});

t.test('binary data that is no array of a known type is refused', async (t) => {
  const binary = (...bytes: number[]) => new Packr({ useRecords: false }).pack([Buffer.from(bytes)]);
  t.same(unpackArrays(binary(3, 7)), [Uint8Array.of(7)]);
  for (const bytes of [[], [9, 0], [0, 1, 2, 3], [255]]) {
    t.throws(() => unpackArrays(binary(...bytes)), { message: /binary data that is no array/ });
  }
});

t.test(
  'a map of more entries than 16 bits count is packed, and the names of JavaScript are names',
  async (t) => {
    const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
    t.same(unpackPlain(packPlain(wide)), wide);
    const odd = { constructor: 2, toString: null, length: 'x' };
    const back = unpackArrays(packArrays(odd, 'x')) as object;
    t.equal(JSON.stringify(back), JSON.stringify(odd));
    t.equal(Object.getPrototypeOf(back), Object.prototype);
    const proto = JSON.parse('{"a": [{"__proto__": {"x": 1}}]}');
    t.throws(() => packArrays(proto, 'x'), { message: '`x.a[0]` has a key __proto__' });
    t.throws(() => unpackPlain(packPlain(proto)), { message: 'a key is __proto__' });
    t.same(unpackPlain(packPlain({ __proto__x: 1, x__proto__: '__proto__' })), {
      __proto__x: 1,
      x__proto__: '__proto__',
    });
  },
);
