// The toy of deep ensembles: 20 points of y = x³ + N(0, 3²) on [−4, 4], and what five networks with Gaussian heads say
// from −6 to 6.
//
// Source: Lakshminarayanan, Pritzel and Blundell 2017, section 3.2 (after Hernández-Lobato and Adams 2015).

import t from 'tap';
import { Dataset, trainEnsemble } from '../../../src/index.js';
import { randomStream } from '../../measure/synthetic.js';

const SEEDS = [1, 2, 3, 4, 5];
/** −6, −5.5, … 6. */
const GRID = Float64Array.from({ length: 25 }, (_, at) => -6 + at / 2);

async function fit(seed: number) {
  const random = randomStream(seed);
  const x = Float64Array.from({ length: 20 }, () => -4 + 8 * random.uniform());
  const targets = x.map((value) => value ** 3 + 3 * random.normal());
  const dataset = Dataset.fromArrays({ x, rows: 20, features: 1, targets });
  const ensemble = await trainEnsemble(dataset, {
    ...{ members: 5, hidden: [100], loss: 'gaussianNll', resample: 'none', earlyStopping: 'none' },
    ...{ activation: 'relu', optimizer: 'adam', epochs: 300, batchSize: 20, learningRate: 0.02, seed },
  });
  // Beyond the data the truth is beyond the targets that were seen, which predictions are clipped to by default.
  return ensemble.uncertainty(GRID, { clip: false });
}

const fits = await Promise.all(SEEDS.map(fit));
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** The mean over grid points with these |x|, and over the data sets. */
const around = (values: (at: number) => Float64Array, least: number, most: number) =>
  average(
    fits.flatMap((_, fit) =>
      [...values(fit)].filter((_, at) => Math.abs(GRID[at]!) >= least && Math.abs(GRID[at]!) <= most),
    ),
  );

t.test('epistemic variance grows away from the data', async (t) => {
  const epistemic = (fit: number) => fits[fit]!.epistemic;
  const rings = [
    around(epistemic, 0, 3),
    around(epistemic, 4.5, 4.5),
    around(epistemic, 5, 5),
    around(epistemic, 5.5, 5.5),
    around(epistemic, 6, 6),
  ];
  for (let ring = 1; ring < rings.length; ring++) t.ok(rings[ring]! > rings[ring - 1]!, `${rings}`);
  t.ok(rings.at(-1)! > 8 * rings[0]!, 'at 6 by far');
  for (const [at, { epistemic: own }] of fits.entries()) {
    const inside = average([...own].filter((_, i) => Math.abs(GRID[i]!) <= 3));
    t.ok((own[0]! + own.at(-1)!) / 2 > 2 * inside, `in every data set: ${SEEDS[at]}`);
  }
});

t.test('the total covers the truth within three deviations, where members alone would not', async (t) => {
  const share = (variance: (fit: number) => Float64Array) =>
    average(
      fits.flatMap(({ predictions: { mean } }, fit) =>
        [...mean].map(
          (value, at) => +(Math.abs(value - GRID[at]! ** 3) <= 3 * Math.sqrt(variance(fit)[at]!)),
        ),
      ),
    );
  const total = share((fit) => fits[fit]!.total!);
  t.ok(total >= 0.95, `${total}`);
  t.ok(share((fit) => fits[fit]!.epistemic) < total);
  for (const { total: all, aleatoric, epistemic } of fits) {
    t.ok(all!.every((value, at) => Math.abs(value - aleatoric![at]! - epistemic[at]!) <= 1e-12 * value));
  }
});
