import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import type { Column } from '../../../src/data/table/column.js';
import { TextColumn } from '../../../src/data/table/column.js';
import { NumberColumn } from '../../../src/data/table/number-column.js';
import { parseNumber } from '../../../src/data/table/parse-number.js';

function texts(column: Column): string[] {
  return Array.from({ length: column.length }, (_, row) => column.text(row));
}

function tallied(column: Column): unknown[] {
  const all: unknown[] = [];
  column.tally((...told) => all.push(told));
  return all;
}

function table(columns: readonly Column[]) {
  return { source: 'numbers', columns, rows: columns[0]!.length, lines: new Uint32Array(0) };
}

t.test('a cell is its number, and its text the shortest that reads back as it', async (t) => {
  const doubles = new NumberColumn('d', new Float64Array([0.1, -2, 1e21, Number.NaN, 1 / 3]), { rows: 5 });
  t.strictSame(texts(doubles), ['0.1', '-2', '1e+21', '', '0.3333333333333333']);
  t.strictSame([doubles.number(0), doubles.isMissing(3), doubles.isMissing(0)], [0.1, true, false]);
  const singles = new Float32Array([
    0.1, 16777216, 3.4028234663852886e38, 1.401298464324817e-45, -0.3, 33.333332,
  ]);
  const column = new NumberColumn('s', singles, { rows: 6 });
  t.strictSame(texts(column), ['0.1', '16777216', '3.4028235e+38', '1e-45', '-0.3', '33.333332']);
  for (const [row, single] of singles.entries()) {
    t.equal(Math.fround(Number(column.text(row))), single);
    t.equal(column.number(row), single, 'the number is the float itself');
  }
});

t.test('texts of 32-bit floats are the shortest: no fewer digits read back as them', async (t) => {
  const bits = new Uint32Array(2000);
  for (let i = 0; i < bits.length; i++) bits[i] = Math.imul(i + 1, 2654435761) & 0x7f7fffff;
  const singles = new Float32Array(bits.buffer);
  const column = new NumberColumn('s', singles, { rows: singles.length });
  for (const [row, single] of singles.entries()) {
    const text = column.text(row);
    if (Math.fround(Number(text)) !== single) t.fail(`${text} is not ${single}`);
    const digits = text
      .replace(/e.*$/, '')
      .replace('.', '')
      .replace(/^0+|0+$/g, '').length;
    if (digits > 1 && Math.fround(Number(single.toPrecision(digits - 1))) === single)
      t.fail(`${text} is too long`);
  }
  t.pass();
});

t.test('integers of 64 bits keep all their digits as text', async (t) => {
  const column = new NumberColumn('i', new BigInt64Array([9007199254740993n, -5n]), { rows: 2 });
  t.strictSame(texts(column), ['9007199254740993', '-5']);
  t.strictSame([...column.values(parseNumber)], [9007199254740992, -5]);
});

t.test('a stride and a map of cells with values are looked through', async (t) => {
  const cells = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const valid = { bits: new Uint8Array([0b0101_1000]), offset: 3 };
  const column = new NumberColumn('c', cells, { rows: 4, offset: 1, stride: 2, valid });
  t.strictSame(texts(column), ['2', '4', '', '8']);
  t.strictSame([...column.values(parseNumber)], [2, 4, Number.NaN, 8]);
  t.strictSame([...column.values((text) => text.length)], [1, 1, 0, 1]);
  t.strictSame(tallied(column), [
    ['2', 1, 0],
    ['4', 1, 1],
    ['', 1, 2],
    ['8', 1, 3],
  ]);
});

t.test('few distinct numbers are tallied once each, and what is no number is odd', async (t) => {
  const cells = new Float64Array([2, 2, Number.NaN, 1, 2, Number.POSITIVE_INFINITY, Number.NaN]);
  const column = new NumberColumn('c', cells, { rows: 7 });
  t.strictSame(tallied(column), [
    ['2', 3, 0],
    ['', 2, 2],
    ['1', 1, 3],
    ['Infinity', 1, 5],
  ]);
  const odd: unknown[] = [];
  t.equal(
    column.tallyOdd((...told) => odd.push(told)),
    4,
  );
  t.strictSame(odd, [
    ['', 1, 2],
    ['Infinity', 1, 5],
    ['', 1, 6],
  ]);
  const many = new NumberColumn(
    'c',
    Float64Array.from({ length: 10_000 }, (_, i) => i / 2),
    { rows: 10_000 },
  );
  t.equal(tallied(many).length, 10_000);
});

t.test('numbers train to the bytes of the same numbers as text', async (t) => {
  const numbers = Float64Array.from({ length: 40 }, (_, i) =>
    i % 7 === 0 ? Number.NaN : ((i * 37) % 11) / 4,
  );
  const asText = (name: string, cells: Iterable<number>) => {
    const column = new TextColumn(name);
    for (const cell of cells) column.push(Number.isNaN(cell) ? '' : String(cell));
    return column;
  };
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);
  const options = { target: 'y', impute: 'mean' } as const;
  const own = loadTraining(
    table([new NumberColumn('x', numbers, { rows: 40 }), new NumberColumn('y', labels, { rows: 40 })]),
    options,
  );
  const text = loadTraining(table([asText('x', numbers), asText('y', labels)]), options);
  t.strictSame(own.train, text.train);
  t.equal(own.taskReason, text.taskReason);
});

t.test('a decimal comma of other columns, or one that is stated, changes no number', async (t) => {
  const comma = new TextColumn('a');
  for (let i = 0; i < 6; i++) comma.push(`${i},25`);
  const x = new NumberColumn('x', new Float64Array([1.234, 2.5, 3.125, 4, 5, 6]), { rows: 6 });
  const y = new NumberColumn('y', new Uint8Array([0, 1, 0, 1, 0, 1]), { rows: 6 });
  for (const stated of [{}, { decimal: ',' } as const]) {
    const { train } = loadTraining(table([comma, x, y]), { target: 'y', ...stated });
    t.strictSame([...train.x.subarray(0, 4)], [0.25, 1.234, 1.25, 2.5]);
  }
});

t.test('the words for missing values hold for numbers, and infinities are refused', async (t) => {
  const x = new NumberColumn('x', new Int16Array([-999, 2, 3, 4, 5, 6]), { rows: 6 });
  const y = new NumberColumn('y', new Uint8Array([0, 1, 0, 1, 0, 1]), { rows: 6 });
  const { train } = loadTraining(table([x, y]), { target: 'y', missing: ['-999'], impute: 'median' });
  t.equal(train.x[0], 4);
  const far = new NumberColumn('x', new Float64Array([1, 2, Number.POSITIVE_INFINITY, 4, 5, 6]), { rows: 6 });
  t.throws(() => loadTraining(table([far, y]), { target: 'y' }), {
    code: 'ERR_DATA',
    message: /`x` to be a finite number, got "Infinity" \(numbers, row 3/,
  });
});
