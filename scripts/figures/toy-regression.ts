// The toy of deep ensembles as a picture: 20 points of y = x³ + N(0, 3²), and what five networks with Gaussian heads say
// from −6 to 6, with three deviations of what is noise and of all (Lakshminarayanan, Pritzel and Blundell 2017, figure 1).
// Run: node dist/scripts/figures/toy-regression.js > docs/images/toy-regression.svg

import { Dataset, trainEnsemble } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { svgFile } from '../../src/report/charts/figure-file.js';
import { lineChart } from '../../src/report/charts/line-chart.js';
import { formerly } from '../support/former-defaults.js';

const random = new RandomStream(streamKey(3, 'noise'));
const x = Float64Array.from({ length: 20 }, () => -4 + 8 * random.uniform());
const targets = x.map((value) => value ** 3 + 3 * random.normal());
const ensemble = await trainEnsemble(Dataset.fromArrays({ x, rows: 20, features: 1, targets }), {
  ...formerly({ hidden: [100], loss: 'gaussianNll', resample: 'none', earlyStopping: 'none' }),
  ...{ members: 5, epochs: 300, batchSize: 20, learningRate: 0.02, seed: 3 },
});
const grid = Float64Array.from({ length: 121 }, (_, at) => -6 + at / 10);
const { predictions, total, epistemic } = await ensemble.uncertainty(grid, { clip: false });

/** The mean with three deviations of a variance. */
function band(variance: Float64Array) {
  return Array.from(grid, (at, point) => {
    const [y, deviation] = [predictions.mean[point]!, Math.sqrt(variance[point]!)];
    return { x: at, y, low: y - 3 * deviation, high: y + 3 * deviation };
  });
}

const svg = lineChart({
  title: 'Five networks on 20 points of x³ with noise',
  description:
    'Beyond the points, from −4 to 4, the networks differ more and more; the total variance covers x³.',
  x: { label: 'x', written: 'number', domain: [-6, 6] },
  y: { label: 'y', written: 'number', domain: [-300, 300] },
  lines: [
    { name: 'total, 3 deviations', points: band(total!), tone: 's2', width: 0.5, opacity: 0.6 },
    { name: 'mean, 3 epistemic deviations', points: band(epistemic), tone: 's1' },
    { name: 'x³', points: Array.from(grid, (at) => ({ x: at, y: at ** 3 })), tone: 'ink', dashed: true },
    {
      ...{ name: 'points', tone: 'ink', noLine: true, dots: true },
      points: Array.from(x, (at, point) => ({ x: at, y: targets[point]! })),
    },
  ],
});
console.log(svgFile(svg));
