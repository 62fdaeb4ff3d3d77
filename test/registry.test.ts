// Records by name: found, listed, added, and refused by a message that says which there are.

import t from 'tap';
import { checkOptions, option } from '../src/option-names.js';
import { createRegistry } from '../src/registry.js';

interface Shape {
  readonly name: string;
  readonly corners: number;
}

function shapes() {
  return createRegistry<Shape, 'triangle' | 'square'>('shape', [
    { name: 'triangle', corners: 3 },
    { name: 'square', corners: 4 },
  ]);
}

t.test('entries are found by name, in the order in which they were added', async (t) => {
  const registry = shapes();
  t.strictSame(registry.names, ['triangle', 'square']);
  t.strictSame(
    registry.entries.map(({ corners }) => corners),
    [3, 4],
  );
  t.equal(registry.get('square').corners, 4);
  t.ok(registry.has('square'));
  for (const other of ['circle', 'toString', 3, null]) t.notOk(registry.has(other));
});

t.test('a name that there is not is an error that lists those there are', async (t) => {
  t.throws(() => shapes().get('sqare'), {
    code: 'ERR_OPTION',
    message: 'Expected `shape` to be triangle or square, got "sqare" (did you mean "square"?)',
    details: { option: 'shape' },
  });
});

t.test('an added entry is like those that were there, for options too', async (t) => {
  const registry = shapes();
  const table = { shape: option.named(registry) };
  const options = { shape: 'circle' };
  t.throws(() => checkOptions('draw', options, table), { message: /be triangle or square, got "circle"/ });
  t.equal(registry.add({ name: 'circle', corners: 0 }), 'circle');
  t.equal(registry.get('circle').corners, 0);
  t.doesNotThrow(() => checkOptions('draw', options, table));
  t.throws(() => registry.add({ name: 'square', corners: 5 }), {
    code: 'ERR_OPTION',
    message: /square again/,
  });
});
