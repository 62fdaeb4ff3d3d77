// The soft clip of standardised values: what it leaves, where it ends, its inverse and its slope.

import t from 'tap';
import { decodeRows, encodeChange, encodeRows, softClip } from '../../../src/data/dataset/encoding.js';
import { loadTraining } from '../../../src/data/load.js';

const C = 2;
const values = Array.from({ length: 401 }, (_, i) => (i - 200) / 10);
const scale = { mean: [5], std: [4], softClip: [C] };

t.test('values within c standard deviations are left as they are, beyond they rise towards 2c', async (t) => {
  for (const z of values.filter((z) => Math.abs(z) <= C)) t.equal(softClip(z, C), z);
  const clipped = values.map((z) => softClip(z, C));
  t.ok(
    clipped.every((y, i) => i === 0 || y > clipped[i - 1]!),
    'monotone',
  );
  for (const z of [3, 7.5, 20]) {
    const d = z - C;
    t.ok(Math.abs(softClip(z, C) - (C + d / Math.sqrt(1 + (d / C) ** 2))) < 1e-12);
    t.equal(softClip(-z, C), -softClip(z, C));
  }
  t.same(
    [1e300, -1e300].map((z) => softClip(z, C)),
    [2 * C, -2 * C],
    'also where squares overflow',
  );
  t.same(
    values.map((z) => softClip(z, null)),
    values,
    'none clips nothing',
  );
});

t.test('what is encoded can be decoded, and a small change has the slope of the clip', async (t) => {
  const x = Float64Array.from(values, (z) => 5 + 4 * z);
  const encoded = encodeRows(x, 1, scale, { start: 0, end: x.length });
  const decoded = decodeRows(encoded, scale);
  const at = (value: number) => softClip((value - 5) / 4, C);
  for (let i = 0; i < x.length; i++) {
    const z = Math.abs(values[i]!);
    // Single precision near the bound stands for ever more of the line.
    t.ok(Math.abs(decoded[i]! - x[i]!) < 1e-5 * (1 + z) ** 3, `${x[i]} came back as ${decoded[i]}`);
    const h = 1e-4;
    const slope = (at(x[i]! + h) - at(x[i]! - h)) / (2 * h);
    const stated = encodeChange(scale, 0, 1, softClip(values[i]!, C));
    t.ok(Math.abs(stated - slope) < 1e-4, `slope ${stated} where differences say ${slope}`);
  }
});

t.test('a smooth clip bends from 0 on, never goes beyond c, and has an inverse and a slope', async (t) => {
  const smooth = { mean: [0], std: [1], softClip: [3], clipShape: 'smooth' } as const;
  for (const z of values) {
    const y = softClip(z, 3, 'smooth');
    t.ok(Math.abs(y - z / Math.sqrt(1 + (z / 3) ** 2)) < 1e-12);
    const [back] = decodeRows(encodeRows(Float64Array.of(z), 1, smooth, { start: 0, end: 1 }), smooth);
    t.ok(Math.abs(back! - z) < 1e-6 * (1 + Math.abs(z)) ** 3, `${z} came back as ${back}`);
    const h = 1e-4;
    const slope = (softClip(z + h, 3, 'smooth') - softClip(z - h, 3, 'smooth')) / (2 * h);
    t.ok(Math.abs(encodeChange(smooth, 0, 1, y) - slope) < 1e-6);
  }
  t.same(
    [1e300, -1e300].map((z) => softClip(z, 3, 'smooth')),
    [3, -3],
    'also where squares overflow',
  );
});

t.test(
  'columns of a file are clipped at 2 unless said otherwise, pixels scaled together are not',
  async (t) => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i === 0 ? 1000 : i % 7},${i % 2 ? 'a' : 'b'}`);
    const folder = t.testdir({ 'data.csv': `x,y\n${rows.join('\n')}\n` });
    const clipOf = (options: object) =>
      loadTraining(`${folder}/data.csv`, { target: 'y', ...options }).train.encoding.features?.softClip ??
      null;
    t.same(clipOf({}), [2]);
    t.same(clipOf({ softClip: 3 }), [3]);
    t.equal(clipOf({ softClip: null }), null);
    t.equal(clipOf({ scaling: 'together' }), null);
    t.equal(clipOf({ scaling: 'quantile' }), null);
    t.same(clipOf({ scaling: 'robust' }), [3]);
    const shapeOf = (options: object) =>
      loadTraining(`${folder}/data.csv`, { target: 'y', ...options }).train.encoding.features?.clipShape;
    t.same(
      [{}, { scaling: 'robust' }, { scaling: 'robust', clipShape: 'kneed' }, { clipShape: 'smooth' }].map(
        shapeOf,
      ),
      [undefined, 'smooth', undefined, 'smooth'],
    );
    t.throws(() => clipOf({ softClip: null, clipShape: 'smooth' }), { code: 'ERR_OPTION' });
  },
);
