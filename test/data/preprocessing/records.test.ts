// Records are read as the cells of a file are, and what is wrong with one names its row and column.

import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { transformFeatures } from '../../../src/data/preprocessing/preprocessing.js';
import { featureTable } from '../../../src/data/preprocessing/records.js';
import { type DataRecord, tableFromRecords } from '../../../src/data/table/record-table.js';
import type { TuttiError } from '../../../src/errors.js';

const HOUSES: readonly DataRecord[] = Array.from({ length: 40 }, (_, i) => ({
  sqm: 40 + 3 * i + 0.25,
  rooms: 1 + (i % 4),
  city: ['Berlin', 'Bonn', 'Bremen'][i % 3]!,
  garden: i % 2 === 0,
  price: 1000 * (40 + 3 * i) + 17.5 * i,
}));

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as TuttiError).code} ${(error as TuttiError).message}`;
  }
  return 'nothing thrown';
}

t.test('a table of records trains as the file of the same cells does', async (t) => {
  const names = Object.keys(HOUSES[0]!);
  const lines = HOUSES.map((house) => names.map((name) => String(house[name])).join(','));
  const folder = t.testdir({ 'houses.csv': `${[names.join(','), ...lines].join('\n')}\n` });
  const fromFile = loadTraining(`${folder}/houses.csv`, { target: 'price' });
  const fromRecords = loadTraining(tableFromRecords(HOUSES), { target: 'price' });
  t.equal(fromRecords.train.hash, fromFile.train.hash);
  t.same(fromRecords.preprocessing, fromFile.preprocessing);
});

t.test(
  'records of a fitted preprocessing become its features, whatever the order of their keys',
  async (t) => {
    const { preprocessing, train } = loadTraining(tableFromRecords(HOUSES), { target: 'price' });
    const turned = HOUSES.map(({ sqm, rooms, city, garden }) => ({ garden, city, rooms, sqm }));
    t.same(transformFeatures(preprocessing, featureTable(preprocessing, turned)), train.x);
  },
);

t.test('null, undefined and the usual words are missing', async (t) => {
  const some = HOUSES.map((house, i) => (i === 3 ? { ...house, sqm: null } : house));
  const { preprocessing } = loadTraining(tableFromRecords(some), { target: 'price', impute: 'median' });
  const gaps = [null, undefined, '', 'NA'].map((sqm) => ({ ...HOUSES[0]!, sqm }));
  const x = transformFeatures(preprocessing, featureTable(preprocessing, gaps));
  const width = x.length / 4;
  for (const row of [1, 2, 3]) t.same(x.slice(row * width, (row + 1) * width), x.slice(0, width));
});

t.test('a number is itself in a column that the training file wrote in another way', async (t) => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},5;${10 + i} %;${i % 2 === 0 ? 'a' : 'b'}`);
  const folder = t.testdir({ 'commas.csv': `length;share;kind\n${rows.join('\n')}\n` });
  const { preprocessing } = loadTraining(`${folder}/commas.csv`, {
    target: 'kind',
    delimiter: ';',
    decimal: ',',
  });
  const records = [
    { length: 4.5, share: 14 },
    { length: '4,5', share: '14 %' },
  ];
  const x = transformFeatures(preprocessing, featureTable(preprocessing, records));
  t.same(x.slice(0, 2), x.slice(2));
});

t.test('columns of the training file without features may be there; others are refused', async (t) => {
  const { preprocessing } = loadTraining(tableFromRecords(HOUSES), { target: 'price' });
  t.equal(featureTable(preprocessing, [HOUSES[0]!]).columns.length, 4);
  const refused = [{ ...HOUSES[0]! }, { ...HOUSES[0]!, sqn: 3 }];
  t.match(
    messageOf(() => featureTable(preprocessing, refused)),
    /^ERR_DATA Expected row 2 of records to have no columns but those known, got `sqn` \(did you mean `sqm`\?\)/,
  );
});

t.test('names are the same composed or not', async (t) => {
  const composed = HOUSES.map(({ sqm, price }) => ({ größe: sqm!, price: price! }));
  const { preprocessing } = loadTraining(tableFromRecords(composed), { target: 'price' });
  t.equal(featureTable(preprocessing, [{ ['größe'.normalize('NFD')]: 50 }]).rows, 1);
});

for (const [what, record, expected] of [
  [
    'an absent key',
    { rooms: 2, city: 'Bonn', garden: true },
    '`sqm` to be there, null if missing, got no such key',
  ],
  ['NaN', { ...HOUSES[0], sqm: Number.NaN }, '`sqm` to be a finite number, got NaN'],
  ['infinity', { ...HOUSES[0], sqm: Number.POSITIVE_INFINITY }, '`sqm` to be a finite number, got Infinity'],
  [
    'an object',
    { ...HOUSES[0], city: {} },
    '`city` to be a number, a text, true, false or null, got an object',
  ],
  [
    'a list',
    { ...HOUSES[0], city: ['Bonn'] },
    '`city` to be a number, a text, true, false or null, got a list',
  ],
  [
    'a Date',
    { ...HOUSES[0], city: new Date(0) },
    '`city` to be a number, a text, true, false or null, got a Date',
  ],
] as const) {
  t.test(`${what} is refused by row and column`, async (t) => {
    const { preprocessing } = loadTraining(tableFromRecords(HOUSES), { target: 'price' });
    const records = [HOUSES[0]!, record as unknown as DataRecord];
    const message = messageOf(() => featureTable(preprocessing, records));
    t.ok(message.startsWith(`ERR_DATA Expected ${expected}`), message);
    t.match(message, /\(records, row 2, column `\w+`\)$/);
  });
}

t.test('what is no list of records is refused', async (t) => {
  for (const [value, got] of [
    [[], 'none'],
    [{ sqm: 1 }, 'an object'],
    [null, 'null'],
    ['sqm', '"sqm"'],
  ] as const) {
    const message = messageOf(() => tableFromRecords(value as unknown as DataRecord[]));
    t.equal(message, `ERR_OPTION Expected records to be a list of at least one record, got ${got}`);
  }
  t.match(
    messageOf(() => tableFromRecords([{ a: 1 }, 3 as unknown as DataRecord])),
    /^ERR_DATA Expected row 2 of records to be an object with a value for each column, got 3/,
  );
  t.match(
    messageOf(() => tableFromRecords([{ a: 1 }, { a: 1, b: 2 }], { source: 'orders' })),
    /^ERR_DATA Expected row 2 of orders to have no columns but those known, got `b`/,
  );
});

t.test('a cell that a column cannot read names its row, and no line', async (t) => {
  const { preprocessing } = loadTraining(tableFromRecords(HOUSES), { target: 'price' });
  const records = [{ ...HOUSES[0]!, sqm: 'large' }];
  t.match(
    messageOf(() => transformFeatures(preprocessing, featureTable(preprocessing, records))),
    /^ERR_DATA Expected `sqm` to be a number, got "large" \(records, row 1, column `sqm`\)/,
  );
});
