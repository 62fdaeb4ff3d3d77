import t from 'tap';
import { EXTENTS } from '../../src/kernels/extents.js';
import { OPERATIONS, type Operation } from '../../src/kernels/operations.js';
import { windowGeometry } from '../../src/model/windows.js';

const geometry = windowGeometry({ channels: 2, height: 5, width: 5 }, [3, 3], [1, 1], 'same');

t.test('every operation says of all addresses it is given what it touches there', (t) => {
  for (const [name, { args }] of Object.entries<Operation>(OPERATIONS)) {
    const touched = new Set<string>();
    const note = (argument: string, address: number, bytes: number) => {
      t.equal(args[address - 100]?.[0], argument, `${name}: ${argument} by its own address`);
      t.ok(bytes > 0, `${name}: ${argument} has a length`);
      touched.add(argument);
    };
    // In place of an address its place among the arguments.
    const values = args.map(([, kind], place) => {
      if (kind === 'windows') return geometry;
      return kind.includes('[]') || kind === 'update' ? 100 + place : 16;
    });
    EXTENTS[name]!(
      {
        reads: note,
        writes: note,
        updates(address, bytes, update, argument = 'w') {
          note(argument, address, bytes);
          note('update', update, 64);
        },
      },
      ...values,
    );
    const expected = args
      .filter(([, kind]) => kind.includes('[]') || kind === 'update')
      .map(([argument]) => argument);
    t.same([...touched].sort(), expected.sort(), `${name}: all of them`);
  }
  t.end();
});
