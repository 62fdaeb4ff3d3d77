// Categories beyond the most frequent share a feature, at training and at prediction alike.

import t from 'tap';
import { describeTable } from '../../../src/data/columns/describe.js';
import { loadTraining } from '../../../src/data/load.js';
import { featureNames, transformFeatures } from '../../../src/data/preprocessing/preprocessing.js';
import { preprocessingSchema } from '../../../src/data/preprocessing/preprocessing-schema.js';
import { tableFromRecords } from '../../../src/data/table/record-table.js';

const CITIES = ['b', 'b', 'b', 'e', 'e', 'a', 'd', 'c', 'a', 'd', null, 'f'];
const table = (cities: readonly (string | null)[]) =>
  tableFromRecords(cities.map((city, row) => ({ city, y: row % 2 })));
const load = (maxCategories?: number) =>
  loadTraining(table(CITIES), { target: 'y', impute: 'mean', categorical: ['city'], maxCategories });

t.test(
  'the most frequent have a feature each, ties by what comes first, and the others share one',
  async (t) => {
    const { preprocessing, train, notes } = load(2);
    const [city] = preprocessing.features;
    t.match(city, { categories: ['b', 'e'], fill: 'b', others: 4 });
    t.strictSame(featureNames(preprocessing.features), ['city=b', 'city=e', 'city=(others)']);
    const rows = Array.from({ length: 12 }, (_, row) => [...train.x.subarray(row * 3, row * 3 + 3)].join(''));
    t.strictSame(rows, ['100', '100', '100', '010', '010', '001', '001', '001', '001', '001', '100', '001']);
    t.equal(train.encoding.features?.mean.length, 3);
    const said =
      '`city`: the 2 most frequent of 6 categories have a feature each, the others (50 % of the rows) share one';
    t.ok(
      notes.some((note) => note.startsWith(said)),
      notes.join('\n'),
    );
    t.match(load(3).preprocessing.features[0], { categories: ['a', 'b', 'e'], others: 3 }, 'a before d');
  },
);

t.test('categories never seen are among the others, whatever the policy', async (t) => {
  const { preprocessing } = load(2);
  t.equal(preprocessing.unseen, 'error');
  t.strictSame(
    [...transformFeatures(preprocessing, table(['z', 'e', null, 'f']))],
    [0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1],
  );
});

t.test('where there are no more, nothing changes and the unseen are refused', async (t) => {
  const { preprocessing } = load(6);
  t.strictSame(preprocessing.features, load().preprocessing.features);
  t.equal('others' in preprocessing.features[0]!, false);
  t.throws(() => transformFeatures(preprocessing, table(['z'])), { code: 'ERR_DATA' });
});

t.test('what is saved says so, and reads what was saved before', async (t) => {
  const { preprocessing } = load(2);
  t.strictSame(preprocessingSchema.parse(preprocessing), preprocessing);
  t.strictSame(preprocessingSchema.parse(load().preprocessing), load().preprocessing);
  const none = { ...preprocessing, features: [{ ...preprocessing.features[0]!, others: 0 }] };
  t.notOk(preprocessingSchema.safeParse(none).success);
});

t.test('a hundred is the default, and a description counts the features that there will be', async (t) => {
  const many = tableFromRecords(
    Array.from({ length: 1000 }, (_, row) => ({ city: `c${row % 130}`, y: row % 2, size: row % 7 })),
  );
  const { train } = loadTraining(many, { target: 'y' });
  t.equal(train.features, 102);
  const described = describeTable(many, { target: 'y' });
  t.equal(described.features, 102);
  t.match(described.columns[0]!.notes, [
    /^`city`: 100 of 130 categories have a feature each, the others share one/,
  ]);
  t.equal(describeTable(many, { target: 'y', maxCategories: 5 }).features, 7);
});

t.test('a wrong number of categories is refused', async (t) => {
  for (const wrong of [0, 1.5, 10_001, '5', Number.NaN]) {
    t.throws(() => load(wrong as number), {
      code: 'ERR_OPTION',
      message: /`maxCategories` to be an integer from 1 to 10000/,
    });
  }
});
