// The place among quantiles as a normal deviate: scikit-learn's figures, ties, the way back, the slope.

import t from 'tap';
import { decodeRows, encodeChange, encodeRows, encodeValue } from '../../../src/data/dataset/encoding.js';
import { normalFromQuantiles, quantilesOf } from '../../../src/data/dataset/quantile-map.js';

const column = Float64Array.from({ length: 150 }, (_, i) => ((i * i * 7919) % 1009) / 100 + (i % 5) ** 3);

// scikit-learn 1.9.1: QuantileTransformer(n_quantiles=10, output_distribution='normal', subsample=None) fitted on `column`:
// its quantiles_, and what it makes of the values below.
const QUANTILES = [
  0, 3.3688888888888884, 5.865555555555555, 8.473333333333333, 10.687777777777777, 16.58777777777779,
  30.806666666666665, 35.778888888888886, 68.68444444444444, 73.32,
];
const DEVIATES = [
  [0, -5.199337582605575],
  [1, -1.8386746055711607],
  [2.5, -1.3887537229890012],
  [5, -0.9013477526727807],
  [7.77, -0.5147438911789667],
  [9, -0.35910263013658344],
  [10, -0.2277127710369933],
  [12, -0.07738980021498706],
  [20, 0.20757552310673844],
  [33.3, 0.5899371677689431],
  [60, 1.0783643719840115],
  [70, 1.407914868006175],
  [73.5, 5.19933758270342],
  [90, 5.19933758270342],
  [-100, -5.199337582605575],
] as const;

t.test('quantiles and deviates are those of scikit-learn', async (t) => {
  const own = quantilesOf(column);
  t.equal(own.length, 10);
  for (const [at, value] of own.entries()) t.ok(Math.abs(value - QUANTILES[at]!) < 1e-12, `quantile ${at}`);
  for (const [value, z] of DEVIATES)
    t.ok(Math.abs(normalFromQuantiles(value, own) - z) < 1e-8, `of ${value}`);
});

// The same transformer with n_quantiles=30 on these 30 values. Of 0, which it takes for −5.2, see the test below.
const tied = [...new Array<number>(20).fill(0), 1, 2, 3, 3, 3, 3, 4, 5, 8, 13];
const TIED = [
  [3, 0.87916771844457],
  [2.5, 0.647603582924978],
  [4, 1.2621451766228082],
  [1, 0.49487316356862393],
  [6, 1.5763614436960824],
] as const;

t.test(
  'a value that is several quantiles stands in the middle of their levels, also at the ends',
  async (t) => {
    for (const [value, z] of TIED) t.ok(Math.abs(normalFromQuantiles(value, tied) - z) < 1e-8, `of ${value}`);
    // Φ⁻¹ of the mean of the levels 0 … 19 of 29: 9.5/29.
    t.ok(Math.abs(normalFromQuantiles(0, tied) - -0.4465882045) < 1e-6);
    t.ok(normalFromQuantiles(-1e-9, tied) < -5, 'what is below all of them is');
  },
);

t.test(
  'as many quantiles as a thirtieth of the rows, from 10 to 1000, and no more than the rows',
  async (t) => {
    const counts = [4, 10, 299, 600, 40_000].map((rows) => quantilesOf(new Float64Array(rows)).length);
    t.same(counts, [4, 10, 10, 20, 1000]);
  },
);

t.test(
  'what is encoded can be decoded, and a small change has the slope there, with a clip too',
  async (t) => {
    for (const softClip of [null, [2]]) {
      for (const clipShape of ['kneed', 'smooth'] as const) {
        const scale = {
          ...({ mean: [20], std: [25], softClip, scaling: 'quantile', quantiles: [QUANTILES] } as const),
          ...(clipShape === 'smooth' ? { clipShape } : {}),
        };
        const x = Float64Array.from({ length: 71 }, (_, i) => 1 + i);
        const encoded = encodeRows(x, 1, scale, { start: 0, end: x.length });
        const decoded = decodeRows(encoded, scale);
        for (const [row, value] of x.entries()) {
          t.ok(Math.abs(decoded[row]! - value) < 1e-3, `${value} came back as ${decoded[row]}`);
          const h = 1e-5;
          const slope = (encodeValue(scale, 0, value + h) - encodeValue(scale, 0, value - h)) / (2 * h);
          const stated = encodeChange(scale, 0, 1, encodeValue(scale, 0, value));
          t.ok(Math.abs(stated - slope) < 1e-4 * slope, `slope ${stated} where differences say ${slope}`);
        }
      }
    }
  },
);
