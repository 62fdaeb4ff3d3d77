import t from 'tap';
import { npzTable } from '../../../src/data/readers/npz.js';
import type { Table } from '../../../src/data/table/table.js';
import { type NumpyFile, numpyFile } from '../../support/numpy-files.js';

const read = (name: NumpyFile): Table => npzTable(numpyFile(name), 'a.npz');
const names = ({ columns }: Table) => columns.map(({ name }) => name);
const numbers = ({ columns, rows }: Table) =>
  Array.from({ length: rows }, (_, row) => columns.map((column) => column.number(row)));

t.test('rows and labels are told by the names of their arrays', async (t) => {
  const plain = read('npzPlain');
  t.strictSame(names(plain), ['x0', 'x1', 'x2', 'x3', 'y']);
  t.strictSame(numbers(plain), [
    [0, 1, 2, 3, 0],
    [4, 5, 6, 7, 1],
    [8, 9, 10, 11, 0],
  ]);
  const packed = read('npzPacked');
  t.strictSame(
    [packed.columns.length, packed.columns.at(-1)!.name, packed.columns.at(-1)!.text(1)],
    [21, 'labels', 'b'],
  );
  t.strictSame(packed.image, { channels: 1, height: 4, width: 5 });
  t.strictSame(packed.remarks, ['of a.npz the arrays `X` and `labels` are read, and not `extra`']);
});

t.test('rows to test on are left alone and said', async (t) => {
  const table = read('npzKeras');
  t.strictSame([table.rows, table.columns.length, names(table).at(-1)], [2, 17, 'y_train']);
  t.match(table.remarks![0]!, /and not `x_test`, `y_test`$/);
});

t.test('arrays of equally many rows are columns of their names', async (t) => {
  const table = read('npzColumns');
  t.strictSame(names(table), ['age', 'place0', 'place1', 'kind']);
  t.strictSame(numbers(table)[1], [40, 3, 4, Number.NaN]);
});

t.test('arrays that nobody can put together are listed', async (t) => {
  t.throws(() => read('npzStrange'), {
    code: 'ERR_DATA',
    message:
      'Expected a.npz to have an array of rows called x, X or data, with labels called y, labels or target, got `a` of 3 × 2 cells, `b` of 4 cells',
  });
});

t.test('a flipped bit anywhere is an error or changes nothing that is read', async (t) => {
  for (const name of ['npzPlain', 'npzPacked'] as const) {
    const file = numpyFile(name);
    const right = JSON.stringify(numbers(read(name)));
    const own = names(read(name)).join();
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at]! ^= 1 << (at % 8);
      try {
        // Names, times and notes of entries have no checksum: a name that is another makes columns of another name.
        const table = npzTable(damaged, 'a.npz');
        if (names(table).join() !== own) continue;
        if (JSON.stringify(numbers(table)) !== right) t.fail(`${name}, byte ${at}`);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_DATA') throw error;
      }
    }
  }
});

t.test('a cut archive, and one that claims more than it has, is refused', async (t) => {
  const file = numpyFile('npzPacked');
  for (let length = 0; length < file.length; length += 7) {
    t.throws(() => npzTable(file.subarray(0, length), 'a.npz'), { code: 'ERR_DATA' });
  }
  const claims = Buffer.from(file);
  const entry = claims.indexOf('PK\x01\x02', 'latin1');
  claims.writeUInt32LE(0xfffffff0, entry + 24);
  t.throws(() => npzTable(claims, 'a.npz'), { code: /ERR_DATA|ERR_MEMORY/ });
});
