// The files of fixtures/, which pyarrow wrote, and the texts that Python gives for what is in them.

import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { openTable } from '../../../src/data/readers/open-table.js';
import type { Table } from '../../../src/data/table/table.js';

export function fixture(name: string): Buffer {
  return readFileSync(`test/data/columnar/fixtures/${name}`);
}

const [HEAD = [], ...CELLS] = fixture('typed.csv')
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(','));

export const ROWS = CELLS.length;

/** As numbers where Python writes another spelling of the same: 1e-05, and zeros behind the seconds. */
const FLOATS: ReadonlySet<string> = new Set(['f64', 'f32', 'half']);
const INSTANTS: ReadonlySet<string> = new Set(['us', 'ns', 'ms', 'time']);

/** Holds every cell of a table against the texts of typed.csv. */
export async function holdsTheValues(t: Test, file: string, bytes: Buffer = fixture(file)): Promise<Table> {
  const table = await openTable(bytes);
  t.same(
    table.columns.map(({ name }) => name),
    HEAD,
    `${file}: names`,
  );
  t.equal(table.rows, ROWS, `${file}: rows`);
  for (const column of table.columns) {
    const at = HEAD.indexOf(column.name);
    const texts = CELLS.map((_, row) => column.text(row));
    const expected = CELLS.map((cells, row) => expectedText(column.name, cells[at]!, texts[row]!));
    t.same(texts, expected, `${file}: texts of ${column.name}`);
    const missing = CELLS.map((_, row) => column.isMissing(row));
    t.same(
      missing,
      expected.map((text) => text === ''),
      `${file}: gaps of ${column.name}`,
    );
  }
  return table;
}

function expectedText(name: string, text: string, got: string): string {
  // Of two decimals that are as short and as near, 0.7812 and 0.7813 for 0.78125, Python takes the even one.
  if (name === 'half' && got.length === text.length && Math.abs(Number(got) - Number(text)) < 1.01e-4)
    return got;
  if (text !== '' && FLOATS.has(name)) return String(Number(text));
  if (!INSTANTS.has(name) || !text.includes('.')) return text;
  return text.replace(/\.?0+$/, '');
}
