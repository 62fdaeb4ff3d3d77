// Records whose values need no reading are the same numbers, to the bit, as by the table of their texts; all others go there.

import t from 'tap';
import { transformFeatures } from '../../../src/data/preprocessing/preprocessing.js';
import { quickRecords } from '../../../src/data/preprocessing/quick-records.js';
import { featureTable, transformRecords } from '../../../src/data/preprocessing/records.js';
import type { DataRecord, RecordValue } from '../../../src/data/table/record-table.js';
import { type LoadDataOptions, loadData } from '../../../src/index.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';

const random = new RandomStream(streamKey(5, 'init', 0));
const below = (count: number) => Math.floor(random.uniform() * count);
const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]!;

const ROWS = Array.from({ length: 60 }, (_, i) => ({
  plain: Math.sin(i) * 10 ** ((i % 9) - 4),
  whole: (i * 7) % 13,
  filled: i % 5 === 0 ? null : i / 7,
  word: pick(['red', 'blue', 'grün', 'a b', 'NaN']),
  code: pick([1, 2, 30]),
  flag: i % 3 === 0,
  still: 4,
  day: `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`,
  euro: `${(i % 17) + 1},5 €`,
  id: i % 2 ? 'u' : 'v',
  y: i % 2 ? 'p' : 'q',
}));

async function fitted(columns: readonly string[], options: Partial<LoadDataOptions> = {}) {
  const rows = ROWS.map((row) =>
    Object.fromEntries([...columns, 'y'].map((name) => [name, (row as DataRecord)[name]!])),
  );
  const given = { target: 'y', ...options };
  return (await loadData(rows as readonly DataRecord[], given)).preprocessing!;
}

const slowly = (preprocessing: Parameters<typeof transformRecords>[0], records: readonly DataRecord[]) =>
  transformFeatures(preprocessing, featureTable(preprocessing, records));

/** What either way comes to. */
function outcome(run: () => Float64Array): readonly unknown[] {
  try {
    return [...new Uint8Array(run().buffer)];
  } catch (error) {
    return [(error as Error).message];
  }
}

const NUMBERS: readonly RecordValue[] = [
  ...[0, -0, 1, -3.5, 0.1, 1 / 3, 1e21, 1.7976931348623157e308, 5e-324, 123456789.12345679, 2 ** 53, -1e-7],
  ...[
    null,
    undefined,
    '',
    '7',
    ' 7 ',
    '7,5',
    'NA',
    'x',
    '1e3',
    true,
    12n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ],
];
const WORDS: readonly RecordValue[] = [
  ...[
    'red',
    'blue',
    'grün',
    'gru\u0308n',
    ' red',
    'a b',
    'a  b',
    'NaN',
    'NA',
    '',
    'mauve',
    '1',
    '1.0',
    '01',
    '30',
  ],
  ...[1, 2, 30, 1.0, -0, true, false, null, undefined, '\ud800', 'constructor', '__proto__'],
];

const COLUMNS = ['plain', 'whole', 'filled', 'word', 'code', 'flag', 'still'] as const;
const valuesOf = (name: string) => (['word', 'code', 'flag'].includes(name) ? WORDS : NUMBERS);

const CASES: readonly (readonly [
  what: string,
  columns: readonly string[],
  options: Partial<LoadDataOptions>,
])[] = [
  ['numbers and categories', COLUMNS, { impute: 'mean', categorical: ['code', 'flag'] }],
  ['missing cells that are errors', ['plain', 'whole', 'code', 'flag', 'still'], { categorical: ['code'] }],
  ['unseen categories that pass', COLUMNS, { impute: 'mean', unseen: 'ignore', categorical: ['code'] }],
  ['words for missing values', COLUMNS, { impute: 'mean', missing: ['0', 'blue'] }],
  ['a format that has to be read', ['plain', 'euro'], { impute: 'mean' }],
  ['dates', ['plain', 'day'], {}],
];

for (const [what, columns, options] of CASES) {
  t.test(`the same bits, or the same error: ${what}`, async (t) => {
    const preprocessing = await fitted(columns, options);
    for (let round = 0; round < 1500; round++) {
      const records = Array.from({ length: 1 + below(3) }, () => {
        // Mostly rows as they are, with a value or two that may be anything.
        const row = ROWS[below(ROWS.length)] as DataRecord;
        const record: Record<string, RecordValue> = Object.fromEntries(
          columns.map((name) => [name, row[name]]),
        );
        for (let changes = below(3); changes > 0; changes--) {
          const name = pick(columns);
          record[name] = pick(valuesOf(name));
        }
        if (below(12) === 0) record.y = 'p';
        if (below(20) === 0) record[pick(['other', '__proto__x', 'Plain'])] = 1;
        if (below(20) === 0) delete record[pick(columns)];
        return record;
      });
      const expected = outcome(() => slowly(preprocessing, records));
      const got = outcome(() => transformRecords(preprocessing, records));
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        t.strictSame(got, expected, JSON.stringify(records));
        return;
      }
    }
    t.pass();
  });
}

t.test('records as they mostly are need no table', async (t) => {
  const preprocessing = await fitted(['plain', 'filled', 'word', 'still'], { impute: 'mean' });
  const record = { plain: 1.5, filled: null, word: 'red', still: 4 };
  const quick = quickRecords(preprocessing, ['y']);
  t.ok(quick([record, { ...record, y: 'p' }]));
  for (const other of [
    { ...record, z: 1 },
    { ...record, plain: '1.5' },
    { ...record, word: 'mauve' },
    null,
    [1],
  ])
    t.equal(quick([record, other]), null);
  t.equal(quickRecords(await fitted(['plain', 'euro']), ['y'])([{ plain: 1, euro: 2 }]), null);
});
