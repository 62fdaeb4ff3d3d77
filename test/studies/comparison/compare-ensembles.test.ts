import t from 'tap';
import { compareEnsembles as compareRows } from '../../../src/api/comparisons.js';
import { loadData } from '../../../src/api/load-data.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { type Ensemble, trainEnsemble } from '../../../src/index.js';
import { compareEnsembles } from '../../../src/studies/comparison/compare-ensembles.js';
import { close } from '../../measure/synthetic.js';
import { clusters, linear } from '../../support/datasets.js';

const PLAN = { members: 3, hidden: [6], epochs: 4, seed: 1 };
const train = clusters(200, 4, 3);
/** Other rows of the same clusters: those after the first 200. */
const test = laterRows(clusters(700, 4, 3), 200);
const good = await trainEnsemble(train, { ...PLAN, epochs: 30 });
const poor = await trainEnsemble(train, { ...PLAN, epochs: 1, seed: 2 });

function laterRows(
  { x, rows, features, labels, task }: Dataset,
  start: number,
  rowWeights?: readonly number[],
): Dataset {
  return Dataset.fromArrays({
    ...{
      x: x.slice(start * features),
      rows: rows - start,
      features,
      labels: labels.slice(start),
      standardise: false,
    },
    ...(task.kind === 'classification' ? { classes: task.classes } : {}),
    ...(rowWeights === undefined ? {} : { rowWeights }),
  });
}

t.test(
  'each has the scores that evaluate gives, and differences are the second’s less the first’s',
  async (t) => {
    const found = await compareEnsembles([good, poor], test, { replicates: 200 });
    t.same([found.rows, found.level, found.replicates, found.weighted], [500, 0.95, 200, false]);
    t.strictSame(
      found.ensembles.map(({ name, members, aggregator }) => [name, members, aggregator]),
      [
        ['A', 3, 'arithmeticMean'],
        ['B', 3, 'arithmeticMean'],
      ],
    );
    for (const [at, ensemble] of [good, poor].entries()) {
      const { measurement } = await ensemble.evaluate(test, { curves: false, replicates: 200 });
      t.strictSame(found.ensembles[at]!.scores, measurement.scores);
    }
    const [{ scores }] = found.comparisons as [(typeof found.comparisons)[number]];
    const logLoss = scores.find(({ metric }) => metric === 'logLoss')!;
    t.equal(logLoss.difference, logLoss.second - logLoss.first);
    t.equal(logLoss.better, 'first', 'thirty epochs are better than one');
  },
);

t.test(
  'the interval is that of a mean of paired differences, much narrower than that of unpaired ones',
  async (t) => {
    const other = await trainEnsemble(train, { ...PLAN, epochs: 30, members: 4 });
    const found = await compareEnsembles([good, other], test, { replicates: 2000 });
    const loss = async (ensemble: Ensemble) => {
      const { mean } = (await ensemble.predict(test)) as { mean: Float32Array };
      return Float64Array.from({ length: 500 }, (_, row) => -Math.log(mean[3 * row + test.labels[row]!]!));
    };
    const [first, second] = [await loss(good), await loss(other)];
    const half = (values: Float64Array) => {
      const centre = values.reduce((sum, value) => sum + value, 0) / 500;
      return 1.96 * Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 499 / 500);
    };
    const paired = half(second.map((value, row) => value - first[row]!));
    const { interval, difference } = found.comparisons[0]!.scores.find(({ metric }) => metric === 'logLoss')!;
    t.ok(Math.abs((interval!.high - interval!.low) / 2 / paired - 1) < 0.15, `${interval!.low} ${paired}`);
    t.ok(interval!.low < difference && difference < interval!.high);
    t.ok(paired < 0.7 * Math.sqrt(half(first) ** 2 + half(second) ** 2));
  },
);

t.test('an ensemble beside itself: no difference, whatever is resampled', async (t) => {
  const { comparisons } = await compareEnsembles([good, good, poor], test, {
    replicates: 50,
    names: ['a', 'b', 'c'],
  });
  t.equal(comparisons.length, 2);
  t.ok(comparisons[0]!.scores.every(({ difference, better }) => difference === 0 && better === null));
  t.same([comparisons[0]!.mcNemar!.firstAlone, comparisons[0]!.mcNemar!.pValue], [0, 1]);
  const { firstAlone, secondAlone, both, neither } = comparisons[1]!.mcNemar!;
  t.equal(firstAlone + secondAlone + both + neither, 500);
  const accuracy = comparisons[1]!.scores.find(({ metric }) => metric === 'accuracy')!;
  t.ok(close(accuracy.difference, (secondAlone - firstAlone) / 500, 1e-9));
});

t.test(
  'row weights: whole ones are rows that are there so often, even where one dataset lacks them',
  async (t) => {
    const weights = Array.from({ length: 500 }, (_, row) => row % 3);
    const weighted = laterRows(clusters(700, 4, 3), 200, weights);
    const copies = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
    const repeated = Dataset.fromArrays({
      x: Float32Array.from(copies.flatMap((row) => [...test.x.subarray(4 * row, 4 * row + 4)])),
      ...{
        rows: copies.length,
        features: 4,
        labels: copies.map((row) => test.labels[row]!),
        standardise: false,
      },
      classes: ['0', '1', '2'],
    });
    const [byWeight, byCopies, mixed] = [
      await compareEnsembles([good, poor], weighted, { replicates: 0 }),
      await compareEnsembles([good, poor], repeated, { replicates: 0 }),
      await compareEnsembles([good, poor], [test, weighted], { replicates: 0 }),
    ];
    t.ok(byWeight.weighted && byWeight.rows === weights.filter((weight) => weight > 0).length);
    for (const [at, { metric, difference, interval }] of byWeight.comparisons[0]!.scores.entries()) {
      t.equal(interval, null);
      if (metric === 'adaptiveEce') continue;
      t.ok(close(difference, byCopies.comparisons[0]!.scores[at]!.difference, 1e-6), metric);
    }
    t.equal(byWeight.comparisons[0]!.mcNemar!.exact, false);
    t.strictSame(mixed, byWeight);
  },
);

t.test('ensembles of other columns of the same rows, each by its own', async (t) => {
  const rows = Array.from({ length: 120 }, (_, i) => ({
    ...{ a: i % 7, b: (i * i) % 11, c: i % 5, kind: (i % 7) + (i % 5) > 5 ? 'big' : 'small' },
  }));
  const load = (drop: string[]) => loadData(rows, { target: 'kind', drop });
  const [some, others] = [await load(['b']), await load(['c'])];
  const ensembles = [await trainEnsemble(some.train, PLAN), await trainEnsemble(others.train, PLAN)];
  const found = await compareRows(ensembles, rows, { replicates: 20 });
  t.equal(found.rows, 120);
  const own = await ensembles[1]!.evaluate(rows, { curves: false, replicates: 20 });
  t.strictSame(found.ensembles[1]!.scores, own.measurement.scores);
});

t.test('numbers have no test of classes', async (t) => {
  const numbers = linear(150, 3);
  const [one, two] = [await trainEnsemble(numbers, PLAN), await trainEnsemble(numbers, { ...PLAN, seed: 2 })];
  const { comparisons } = await compareEnsembles([one, two], numbers, { replicates: 30 });
  t.equal(comparisons[0]!.mcNemar, null);
  t.ok(comparisons[0]!.scores.some(({ metric }) => metric === 'rmse'));
});

t.test('the same on any number of draws of the machine: seeded', async (t) => {
  const of = (seed: number) => compareEnsembles([good, poor], test, { replicates: 40, seed });
  t.strictSame(await of(3), await of(3));
  t.notSame(await of(3), await of(4));
});

t.test('other tasks, other rows, too few: one line each, by name', async (t) => {
  const names = ['a.tutti', 'b.tutti'];
  const two = await trainEnsemble(clusters(60, 4, 2), PLAN);
  await t.rejects(compareEnsembles([good, two], test, { names }), {
    code: 'ERR_SHAPE',
    message: 'Expected b.tutti to predict the classes of a.tutti ("0", "1", "2"), got the classes "0", "1"',
  });
  const numbers = await trainEnsemble(linear(60, 4), PLAN);
  await t.rejects(compareEnsembles([good, numbers], test, { names }), {
    ...{
      code: 'ERR_SHAPE',
      message: /^Expected b\.tutti to predict the classes of a\.tutti .*, got the targets "target0"$/,
    },
  });
  await t.rejects(compareEnsembles([good, poor], [test, train], { names }), {
    code: 'ERR_SHAPE',
    message: 'Expected the 500 rows of a.tutti for b.tutti too, got 200 rows',
  });
  const turned = Dataset.fromArrays({
    ...{ x: test.x, rows: 500, features: 4, standardise: false, classes: ['0', '1', '2'] },
    labels: test.labels.map((label, row) => (row < 7 ? label : (label + 1) % 3)),
  });
  await t.rejects(compareEnsembles([good, poor], [test, turned], { names }), {
    message: /got another target in row 7$/,
  });
  await t.rejects(compareEnsembles([good], test), {
    code: 'ERR_OPTION',
    message: /`ensembles` to be a list of at least two/,
  });
  await t.rejects(compareEnsembles([good, poor], [test]), { code: 'ERR_SHAPE' });
  await t.rejects(compareEnsembles([good, poor], test, { names: ['a'] }), { code: 'ERR_OPTION' });
  await t.rejects(compareEnsembles([good, poor], test, { level: 1.2 }), {
    code: 'ERR_OPTION',
    message: /`level`/,
  });
});
