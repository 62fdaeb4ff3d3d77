// Standardising columns one by one, or all alike as pixels want.

import t from 'tap';
import { loadTraining } from '../../../src/data/load.js';
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

t.test('another word is refused', async (t) => {
  const path = `${t.testdir({ 'data.csv': CSV })}/data.csv`;
  const scaling = 'rows' as 'columns';
  t.throws(() => loadTraining(path, { target: 'y', scaling }), { code: 'ERR_OPTION' });
});
