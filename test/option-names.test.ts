// The checks at the public doors: what is no object of options, no known name or no value of its kind is refused.

import { runInNewContext } from 'node:vm';
import t from 'tap';
import { describe } from '../src/errors.js';
import {
  checkNames,
  checkOptions,
  isPlainObject,
  type OptionCheck,
  type OptionTable,
  option,
  pickOptions,
  suggest,
} from '../src/option-names.js';

interface Sizes {
  readonly width: number;
  readonly height?: number;
  readonly colour?: 'red' | 'blue' | null;
}

const TABLE = {
  width: option.required(option.integer(1)),
  height: option.integer(0),
  colour: option.orNull(option.oneOf('red', 'blue')),
} satisfies OptionTable<Sizes>;

t.test('options of the right names and kinds pass', async (t) => {
  for (const options of [
    { width: 1 },
    { width: 2, height: 0, colour: null },
    { width: 2, height: undefined, colour: 'red' },
    Object.assign(Object.create(null), { width: 3 }),
    runInNewContext('({ width: 3 })'),
  ]) {
    t.doesNotThrow(() => checkOptions('draw', options, TABLE));
  }
});

t.test('what is no plain object is refused, saying what it is', async (t) => {
  class Box {
    width = 1;
  }
  const refused: readonly [value: unknown, got: string][] = [
    [null, 'null'],
    [undefined, 'nothing'],
    ['width', '"width"'],
    [3, '3'],
    [[{ width: 1 }], '\\[{"width":1}\\]'],
    [new Box(), 'an instance of Box'],
    [new Map(), 'an instance of Map'],
    [Object.create({ width: 1 }), ''],
    [() => 1, 'a function'],
  ];
  for (const [value, got] of refused) {
    const message = new RegExp(`^Expected the options of \`draw\` to be an object, got ${got}`);
    t.throws(() => checkOptions('draw', value, TABLE), { code: 'ERR_OPTION', message });
  }
});

t.test('an unknown name is refused with the nearest known one, or with all of them', async (t) => {
  const names = (options: object) => () => checkOptions('draw', options, TABLE);
  t.throws(names({ width: 1, heigth: 2 }), {
    code: 'ERR_OPTION',
    message: 'Unknown option `heigth` of `draw` (did you mean `height`?)',
    details: { option: 'heigth' },
  });
  t.throws(names({ width: 1, zzzzzz: 2 }), {
    message: 'Unknown option `zzzzzz` of `draw`; it has width, height, colour',
  });
  t.throws(names({ width: 1, unknown: undefined }), { code: 'ERR_OPTION' }, 'even without a value');
  t.throws(names(JSON.parse('{ "width": 1, "__proto__": 2 }')), { message: /Unknown option `__proto__`/ });
  t.throws(names({ width: 1, toString: 2 }), { message: /Unknown option `toString`/ });
});

t.test('a missing option that must be there is named', async (t) => {
  const message = 'Expected `width` to be an integer ≥ 1, got nothing';
  t.throws(() => checkOptions('draw', {}, TABLE), { code: 'ERR_OPTION', message });
  t.throws(() => checkOptions('draw', { width: undefined }, TABLE), { code: 'ERR_OPTION', message });
});

t.test('values of another kind are refused', async (t) => {
  const kinds: Record<string, { check: OptionCheck; right: readonly unknown[]; wrong: readonly unknown[] }> =
    {
      integer: {
        check: option.integer(1),
        right: [1, 7],
        wrong: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, 1n, [1]],
      },
      number: {
        check: option.number('a number above 0', (value) => value > 0),
        right: [0.1, 5],
        wrong: [0, Number.NaN, Number.POSITIVE_INFINITY, '1', null, {}],
      },
      seed: { check: option.seed, right: [0, 2 ** 32], wrong: [-1, 1.5, Number.NaN, '1'] },
      flag: { check: option.flag, right: [true, false], wrong: [0, 'true', null] },
      text: { check: option.text, right: ['', 'a'], wrong: [1, null, new Date()] },
      texts: { check: option.texts, right: [[], ['a']], wrong: ['a', [1], new Set(['a'])] },
      function: { check: option.function, right: [() => 1], wrong: [{}, 'f', null] },
      object: { check: option.object, right: [{}, []], wrong: [null, 'a', 1] },
      numbers: {
        check: option.numbers,
        right: [[1], new Float32Array(2)],
        wrong: [1, '12', { length: 2 }, new DataView(new ArrayBuffer(8))],
      },
      signal: {
        check: option.signal,
        right: [new AbortController().signal],
        wrong: [{ aborted: false }, new AbortController(), null, 5, 'abort'],
      },
      oneOf: { check: option.oneOf('a', 'b'), right: ['a'], wrong: ['c', ['a'], 0, ''] },
      either: { check: option.either(option.flag, option.text), right: [true, 'x'], wrong: [1, null] },
    };
  for (const [name, { check, right, wrong }] of Object.entries(kinds)) {
    for (const value of right) t.ok(check.holds(value), `${name} ${String(value)}`);
    for (const value of wrong) t.notOk(check.holds(value), `${name} ${describe(value)}`);
  }
});

t.test('names can be checked alone, and picked for another function', async (t) => {
  t.throws(() => checkNames('draw', { a: 1 }, ['b']), {
    message: 'Unknown option `a` of `draw` (did you mean `b`?)',
  });
  t.same(pickOptions({ width: 1, other: 2 }, TABLE), { width: 1 });
});

t.test('a suggestion is near, whatever the case', async (t) => {
  t.equal(suggest('TESTSHARE', ['testShare', 'seed']), ' (did you mean `testShare`?)');
  t.equal(suggest('x'.repeat(1_000_000), ['testShare']), '');
});

t.test('any value can be described', async (t) => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const hostile = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
  t.equal(describe(circle), 'an object');
  t.equal(describe(hostile), 'an object');
  t.equal(describe([1n]), 'a list');
  t.equal(describe({ a: [0, Number.NaN, -Infinity, 'NaN'] }), '{"a":[0,NaN,-Infinity,"NaN"]}');
  t.equal(describe(new Float32Array(5)), 'Float32Array of length 5');
  t.equal(describe(new AbortController()), 'an instance of AbortController');
  t.equal(describe(Symbol('s')), 'Symbol(s)');
  t.equal(describe('y'.repeat(1000)).length, 80);
  t.notOk(isPlainObject(new Date()));
});
