// Standardising columns one by one, or all alike as pixels want.

import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { Dataset } from '../../../src/index.js';
import { seen } from '../../support/datasets.js';

const CSV = 'a,b,c,y\n0,10,7,0\n2,10,7,1\n4,16,7,0\n6,16,7,1\n';

t.test('columns are standardised each by itself unless told otherwise', async (t) => {
  const path = `${t.testdir({ 'data.csv': CSV })}/data.csv`;
  const { preprocessing } = loadTraining(path, { target: 'y' });
  t.match(preprocessing.features, [
    { mean: 3, std: Math.sqrt(5) },
    { mean: 13, std: 3 },
    { mean: 7, std: 1 },
  ]);
});

t.test('together, every column has the mean and deviation of all numbers', async (t) => {
  const path = `${t.testdir({ 'data.csv': CSV })}/data.csv`;
  const { train, preprocessing } = loadTraining(path, { target: 'y', scaling: 'together' });
  const all = [0, 2, 4, 6, 10, 10, 16, 16, 7, 7, 7, 7];
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const std = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  for (const feature of preprocessing.features) {
    t.ok(feature.kind === 'numeric' && Math.abs(feature.mean - mean) < 1e-12);
    t.ok(feature.kind === 'numeric' && Math.abs(feature.std - std) < 1e-12);
  }
  t.ok(Math.abs(seen(train)[1]! - (10 - mean) / std) < 1e-6);
});

t.test(
  'robust scaling is by median and quartiles, half the range where those are the same, 1 of a constant',
  async (t) => {
    // numpy: median 3.5, quartiles 1.75 and 5.25; all but one alike; all alike.
    const rows = [0, 1, 2, 3, 4, 5, 6, 100].map((value, i) => `${value},${i === 0 ? 4 : 9},7,${i % 2}`);
    const path = `${t.testdir({ 'data.csv': `a,b,c,y\n${rows.join('\n')}\n` })}/data.csv`;
    const { preprocessing, train } = loadTraining(path, { target: 'y', scaling: 'robust' });
    t.match(preprocessing.features, [
      { mean: 3.5, std: 3.5 },
      { mean: 9, std: 2.5 },
      { mean: 7, std: 1, constant: true },
    ]);
    const z = (100 - 3.5) / 3.5;
    t.ok(Math.abs(seen(train)[21]! - z / Math.sqrt(1 + (z / 3) ** 2)) < 1e-6);
    const arrays = Dataset.fromArrays({
      ...{ x: train.x, rows: 8, features: 3, labels: train.labels },
      ...({ scaling: 'robust', softClip: 3, clipShape: 'smooth' } as const),
    });
    t.same(seen(arrays), seen(train), 'arrays are scaled alike');
  },
);

t.test('by quantiles members see deviates, and a constant column stays one', async (t) => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i ** 3},7,${i % 2}`);
  const path = `${t.testdir({ 'data.csv': `a,c,y\n${rows.join('\n')}\n` })}/data.csv`;
  const { train, preprocessing } = loadTraining(path, { target: 'y', scaling: 'quantile' });
  t.match(preprocessing, {
    scaling: 'quantile',
    features: [{ quantiles: { length: 10 } }, { constant: true }],
  });
  const own = Array.from({ length: 40 }, (_, row) => seen(train)[2 * row]!);
  t.ok(own.every((z, row) => row === 0 || z > own[row - 1]!));
  t.ok(Math.abs(own[13]! - -0.4307) < 1e-3, 'the 14th of 40: Φ⁻¹(13/39)');
  const arrays = Dataset.fromArrays({
    x: train.x,
    rows: 40,
    features: 2,
    labels: train.labels,
    scaling: 'quantile',
  });
  t.same(seen(arrays), seen(train), 'arrays are scaled alike');
});

t.test('another word is refused', async (t) => {
  const path = `${t.testdir({ 'data.csv': CSV })}/data.csv`;
  const scaling = 'rows' as 'columns';
  t.throws(() => loadTraining(path, { target: 'y', scaling }), { code: 'ERR_OPTION' });
});
