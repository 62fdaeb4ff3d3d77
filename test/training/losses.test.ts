// Whole trainings by losses other than the usual: what they predict, on threads and without, saved and loaded.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { predictMembers } from '../../src/ensemble/predict/predict-members.js';
import { ensembleColumns } from '../../src/ensemble/predict/prediction-columns.js';
import { writeExport } from '../../src/exports/formats.js';
import { Ensemble, trainEnsemble as trainOnThreads } from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { attackEnsemble } from '../../src/studies/attack/attack.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

const ROWS = 600;
const random = new RandomStream(streamKey(9, 'noise'));
const x = Float64Array.from({ length: ROWS }, () => 2 * random.uniform() - 1);
const rateAt = (value: number) => Math.exp(1 + value);
/** Knuth's: how many uniform numbers until their product is below e^−rate. */
const counts = Float64Array.from(x, (value) => {
  let [count, product] = [-1, 1];
  while (product > Math.exp(-rateAt(value))) {
    product *= random.uniform();
    count++;
  }
  return count;
});
const spreadAt = (value: number) => 3 + 2 * value;
const wide = Float64Array.from(x, (value) => 100 + 10 * value + spreadAt(value) * random.normal());
const of = (targets: Float64Array) => Dataset.fromArrays({ x, rows: ROWS, features: 1, targets });
const averageOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length;
const OPTIONS = {
  members: 3,
  hidden: [12],
  epochs: 25,
  seed: 4,
  resample: 'none',
  earlyStopping: 'none',
} as const;

t.test('the Poisson loss finds rates, which are above 0', async (t) => {
  const ensemble = await trainEnsemble(of(counts), { ...OPTIONS, loss: 'poisson' });
  const members = await predictMembers(ensemble, x, { clip: false });
  const off = members.map(({ mean }) =>
    averageOf(Float64Array.from(mean, (own, row) => Math.abs(own / rateAt(x[row]!) - 1))),
  );
  t.ok(averageOf(off) < 0.14, `${off} off`);
  t.ok(members.every(({ mean }) => mean.every((value) => value > 0)));
});

t.test('the Poisson loss is for numbers that are not negative', async (t) => {
  const dataset = of(counts.map((count) => count - 1));
  const message = /`loss`.*other than poisson.*≥ 0.*target0: -1 to/;
  await t.rejects(trainEnsemble(dataset, { ...OPTIONS, loss: 'poisson' }), { code: 'ERR_OPTION', message });
});

t.test('quantiles do not cross, hold as many rows as they say, and stand beside the median', async (t) => {
  const options = { ...OPTIONS, loss: 'quantile', quantiles: [0.1, 0.5, 0.9], epochs: 60 } as const;
  const ensemble = await trainOnThreads(of(wide), options);
  const inline = await trainEnsemble(of(wide), options);
  const weights = ({ members }: typeof inline) => members.map(({ parameters }) => parameters);
  t.same(weights(ensemble), weights(inline), 'the same bytes on threads');
  const predictions = await ensemble.predict(x);
  const { levels, values } = predictions.quantiles!;
  t.same(levels, [0.1, 0.5, 0.9]);
  const below = levels.map((_, at) => wide.filter((y, row) => y <= values[3 * row + at]!).length / ROWS);
  for (const [at, level] of levels.entries()) t.ok(Math.abs(below[at]! - level) < 0.05, `${below[at]}`);
  t.ok(
    x.every(
      (_, row) => values[3 * row]! <= values[3 * row + 1]! && values[3 * row + 1]! <= values[3 * row + 2]!,
    ),
  );
  t.same(
    predictions.mean,
    values.filter((_, at) => at % 3 === 1),
  );
  const width = (row: number) => values[3 * row + 2]! - values[3 * row]!;
  const rows = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
  t.ok(width(rows.at(-1)!) > 2 * width(rows[0]!), 'wider where the noise is');
});

t.test('quantiles go wherever predictions go', async (t) => {
  const dataset = of(wide);
  const ensemble = await trainOnThreads(dataset, { ...OPTIONS, loss: 'quantile', epochs: 10 });
  const predictions = await ensemble.predict(x);
  const loaded = await Ensemble.load(await ensemble.toBytes());
  t.same(await loaded.predict(x), predictions, 'saved and loaded');
  const columns = ensembleColumns(ensemble, predictions);
  t.same(
    columns.map(({ name }) => name),
    ['prediction', 'q0.05', 'q0.5', 'q0.95', 'spread'],
  );
  t.equal(columns[1]!.at(7), Number(predictions.quantiles!.values[21]!.toFixed(8)));
  const members = await predictMembers(ensemble, x);
  const mean = members[0]!.quantiles!.values.map((_, at) => {
    return members.reduce((sum, { quantiles }) => sum + quantiles!.values[at]! / 3, 0);
  });
  t.ok(mean.every((value, at) => Math.abs(value - predictions.quantiles!.values[at]!) < 1e-9));
  const report = await ensemble.evaluate(dataset);
  const score = (name: string) => report.scores.find((own) => own.name === name)?.value ?? Number.NaN;
  const [low, , high] = [0, 1, 2].map((at) => (row: number) => predictions.quantiles!.values[3 * row + at]!);
  const held = wide.filter((y, row) => low!(row) <= y && y <= high!(row)).length / ROWS;
  t.ok(Math.abs(score('quantileCoverage') - held) < 1e-12);
  const costs = wide.map((y, row) => {
    const of = (q: number, level: number) => Math.max(level * (y - q), (level - 1) * (y - q));
    return predictions.quantiles!.levels.reduce(
      (sum, level, at) => sum + of(predictions.quantiles!.values[3 * row + at]!, level) / 3,
      0,
    );
  });
  t.ok(Math.abs(score('quantileLoss') - averageOf(costs)) < 1e-9);
});

t.test(
  'Huber gives less way to outliers than the squared error, and focal weighs what is wrong',
  async (t) => {
    const outliers = wide.map((y, row) => (row % 20 === 0 ? y + 400 : y));
    const off = async (options: object) => {
      const ensemble = await trainEnsemble(of(outliers), { ...OPTIONS, epochs: 40, ...options });
      const [{ mean } = { mean: x }] = await predictMembers(ensemble, x);
      return averageOf(Float64Array.from(mean, (value, row) => Math.abs(value - 100 - 10 * x[row]!)));
    };
    const [squared, huber] = [await off({}), await off({ loss: 'huber', huberDelta: 0.1 })];
    t.ok(huber < squared / 3, `${huber} for ${squared}`);
    const rare = Dataset.fromArrays({
      ...{ x, rows: ROWS, features: 1 },
      labels: Int32Array.from(x, (value) => (value > 0.8 ? 1 : 0)),
    });
    const plain = await trainEnsemble(rare, { ...OPTIONS, loss: 'focal', focalGamma: 0 });
    const usual = await trainEnsemble(rare, OPTIONS);
    const [zero, one] = [plain, usual].map(({ members }) => members[0]!.parameters);
    const gap = Math.max(...zero!.map((value, at) => Math.abs(value - one![at]!)));
    t.ok(gap < 1e-3, `focal at γ = 0 is the cross-entropy, to rounding: ${gap}`);
  },
);

t.test('what a loss cannot do with another option is refused', async (t) => {
  const classes = Dataset.fromArrays({
    x,
    rows: ROWS,
    features: 1,
    labels: new Int32Array(ROWS).map((_, i) => i % 2),
  });
  const focal = trainEnsemble(classes, { ...OPTIONS, loss: 'focal', labelSmoothing: 0.1 });
  await t.rejects(focal, { code: 'ERR_OPTION', message: /`labelSmoothing`.*0 for loss focal/ });
  const own = await trainEnsemble(of(wide), { ...OPTIONS, epochs: 1, loss: 'quantile' });
  await t.rejects(writeExport(own, { format: 'tfjs' }), { code: 'ERR_OPTION', message: /quantile/ });
  const attack = attackEnsemble(own, of(wide), { epsilons: [0.1] });
  await t.rejects(attack, { code: 'ERR_OPTION', message: /loss quantile/ });
  const crossed = trainEnsemble(of(wide), { ...OPTIONS, loss: 'quantile', quantiles: [0.5, 0.1] });
  await t.rejects(crossed, { code: 'ERR_OPTION', message: /`quantiles`.*ascend/ });
});

t.test('labels are learned as probabilities of each, and scored one by one', async (t) => {
  const both = new Float64Array(2 * ROWS);
  x.forEach((value, row) => {
    both[2 * row] = random.uniform() < 1 / (1 + Math.exp(-3 * value)) ? 1 : 0;
    both[2 * row + 1] = value > 0 === (row % 10 !== 0) ? 1 : 0;
  });
  const dataset = Dataset.fromArrays({
    x,
    rows: ROWS,
    features: 1,
    targets: both,
    targetNames: ['soft', 'hard'],
  });
  const options = { ...OPTIONS, loss: 'multilabel' } as const;
  const ensemble = await trainOnThreads(dataset, options);
  const { mean } = await ensemble.predict(x);
  const off = averageOf(x.map((value, row) => Math.abs(mean[2 * row]! - 1 / (1 + Math.exp(-3 * value)))));
  t.ok(off < 0.08, `${off} off`);
  const report = await ensemble.evaluate(dataset);
  const own = report.scores.find(({ name }) => name === 'labelAccuracy');
  const right = [0, 1].map((label) =>
    averageOf(x.map((_, row) => (mean[2 * row + label]! >= 0.5 === (both[2 * row + label] === 1) ? 1 : 0))),
  );
  t.ok(Math.abs(own!.value! - averageOf(right)) < 1e-12);
  const loss = averageOf(both.map((y, at) => -Math.log(y === 1 ? mean[at]! : 1 - mean[at]!)));
  t.ok(Math.abs(report.scores.find(({ name }) => name === 'labelLogLoss')!.value! - loss) < 1e-12);
  const [hits, said, are] = [
    averageOf(
      both.filter((_, at) => at % 2 === 1).map((y, row) => (y === 1 && mean[2 * row + 1]! >= 0.5 ? 1 : 0)),
    ),
    averageOf(x.map((_, row) => (mean[2 * row + 1]! >= 0.5 ? 1 : 0))),
    averageOf(both.filter((_, at) => at % 2 === 1)),
  ];
  const f1 = report.scores.find(({ name }) => name === 'labelF1')!;
  t.ok(Math.abs(f1.perTarget![1]! - (2 * hits) / (said + are)) < 1e-12);
  await t.rejects(trainEnsemble(of(wide), options), { code: 'ERR_OPTION', message: /multilabel.*0 and 1/ });
});
