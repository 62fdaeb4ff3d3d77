// The user's units at every door of an ensemble, in doubles: whatever is trained, predicted and measured is of the
// values as given, and what is no number is refused.

import { join } from 'node:path';
import t from 'tap';
import { Dataset, type Values } from '../../../src/data/dataset/dataset.js';
import { loadTraining } from '../../../src/data/load.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { selectMembers } from '../../../src/ensemble/select/select-members.js';
import { errorCorrelation } from '../../../src/measure/foreign/error-correlation.js';
import { aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import { activeUnitShares } from '../../../src/studies/active-units.js';
import { attackEnsemble } from '../../../src/studies/attack/attack.js';
import { predictWithMasks } from '../../../src/studies/masks/predict-masks.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const BASE: TrainingOptions = { members: 3, hidden: [8], epochs: 20, seed: 3, learningRate: 0.01 };
const raw = clusters(120, 4, 3);
const { rows, labels } = raw;
/** On scales of their own, far from 0 and 1. */
const far = raw.x.map((value, at) => 100 * (1 + (at % 4)) + 10 * value);
const standardised = Dataset.fromArrays({ x: far, rows, features: 4, labels });

const rmseOf = (mean: Values, targets: Float64Array) =>
  Math.sqrt(targets.reduce((sum, target, at) => sum + (target - mean[at]!) ** 2, 0) / targets.length);

t.test('predicting the x of a dataset is what evaluating the dataset scores', async (t) => {
  const csv = Array.from(
    { length: rows },
    (_, row) => `${[...far.subarray(4 * row, 4 * row + 4)]},c${labels[row]}`,
  );
  const file = join(t.testdir({ 'd.csv': `a,b,c,d,y\n${csv.join('\n')}\n` }), 'd.csv');
  for (const dataset of [standardised, raw, loadTraining(file, { target: 'y' }).train]) {
    const ensemble = await trainEnsemble(dataset, BASE);
    const { accuracy } = (await evaluateEnsemble(ensemble, dataset, { curves: false })).ensemble!;
    for (const inputs of [dataset.x, dataset, [...dataset.x]]) {
      const { labels: said } = await predictEnsemble(ensemble, inputs);
      t.equal(said!.filter((label, row) => label === labels[row]).length / rows, accuracy);
    }
  }
});

t.test('an ensemble carries the preprocessing of its dataset; stating another is refused', async (t) => {
  const file = join(t.testdir({ 'd.csv': 'a,b,y\n1,2,u\n2,1,v\n3,5,u\n4,2,v\n5,1,u\n9,9,v\n' }), 'd.csv');
  const { train, preprocessing } = loadTraining(file, { target: 'y' });
  const other = loadTraining(file, { target: 'y', scaling: 'together' }).preprocessing;
  const options: TrainingOptions = { ...BASE, epochs: 1, earlyStopping: 'none' };
  t.same((await trainEnsemble(train, options)).preprocessing, preprocessing);
  t.same((await trainEnsemble(train, options, { preprocessing })).preprocessing, preprocessing);
  const expected = { code: 'ERR_OPTION', message: /`preprocessing`/ };
  await t.rejects(trainEnsemble(train, options, { preprocessing: other }), expected);
  await t.rejects(trainEnsemble(raw, options, { preprocessing }), expected);
});

t.test('rows of another encoding are scored in the ensemble’s', async (t) => {
  const ensemble = await trainEnsemble(standardised, BASE);
  const expected = (await evaluateEnsemble(ensemble, standardised, { curves: false })).ensemble;
  const half = { x: far.subarray(0, 240), rows: 60, features: 4, labels: labels.subarray(0, 60) };
  for (const made of [
    Dataset.fromArrays({ ...half, classes: ['0', '1', '2'] }),
    Dataset.fromArrays({ ...half, classes: ['0', '1', '2'], standardise: false }),
    Dataset.fromArrays({ ...half, like: standardised }),
  ]) {
    const { labels: said } = await predictEnsemble(ensemble, made);
    const whole = await predictEnsemble(ensemble, standardised);
    t.same(said, whole.labels!.slice(0, 60));
  }
  const again = Dataset.fromArrays({ x: far, rows, features: 4, labels, standardise: false });
  t.same((await evaluateEnsemble(ensemble, again, { curves: false })).ensemble, expected);
  t.ok(await evaluateOutOfBag(ensemble, again), 'and training rows are known again');
});

t.test('a file with other columns is refused by the first that differs', async (t) => {
  const load = (name: string, head: string) => {
    const text = `${head}\n1,2,u\n2,1,v\n3,5,u\n4,2,v\n5,1,u\n9,9,v\n`;
    return loadTraining(join(t.testdir({ [name]: text }), name), { target: 'y' }).train;
  };
  const ensemble = await trainEnsemble(load('one.csv', 'a,b,y'), {
    ...BASE,
    epochs: 1,
    earlyStopping: 'none',
  });
  const other = load('two.csv', 'a,c,y');
  const expected = { code: 'ERR_SHAPE', message: /`b`.*got `c`/ };
  await t.rejects(evaluateEnsemble(ensemble, other), expected);
  await t.rejects(predictEnsemble(ensemble, other), expected);
});

for (const offset of [0, 1e8, 1.7e9, -1e11]) {
  t.test(`targets at ${offset} give the figures of the same targets at 0`, async (t) => {
    const source = linear(150, 3, 1, 4);
    const make = (by: number) =>
      Dataset.fromArrays({ x: source.x, rows: 150, features: 3, targets: source.targets.map((y) => y + by) });
    const [near, away] = [make(0), make(offset)];
    for (const options of [
      BASE,
      { ...BASE, loss: 'gaussianNll' },
      { engine: 'neighbours', members: 3, seed: 1 },
    ] as TrainingOptions[]) {
      const both = await Promise.all([near, away].map((dataset) => trainEnsemble(dataset, options)));
      const [a, b] = await Promise.all([
        evaluateEnsemble(both[0]!, near, { replicates: 0 }),
        evaluateEnsemble(both[1]!, away, { replicates: 0 }),
      ]);
      const close = (x: number, y: number, what: string) =>
        t.ok(Math.abs(x - y) <= 2e-3 * Math.abs(x), `${what}: ${y}, not ${x}`);
      close(a.errorCorrelation.v, b.errorCorrelation.v, 'v');
      close(a.errorCorrelation.rho!, b.errorCorrelation.rho!, 'ρ');
      close(a.ensemble!.rmse![0]!, b.ensemble!.rmse![0]!, 'RMSE');
      const { mean, variance } = await predictEnsemble(both[1]!, away);
      const expected = await predictEnsemble(both[0]!, near);
      close(rmseOf(expected.mean, near.targets), rmseOf(mean, away.targets), 'of predictions');
      close(Math.max(...expected.variance!), Math.max(...variance!), 'variance');
      const bags = await Promise.all([evaluateOutOfBag(both[0]!, near), evaluateOutOfBag(both[1]!, away)]);
      close(bags[0]!.errorCorrelation.v, bags[1]!.errorCorrelation.v, 'v out of bag');
      const chosen = await Promise.all([selectMembers(both[0]!, near), selectMembers(both[1]!, away)]);
      close(chosen[0].score, chosen[1].score, 'selection');
    }
  });
}

t.test('features far from zero, in doubles, are predicted as they are evaluated', async (t) => {
  const x = Float64Array.from({ length: 200 }, (_, i) => 1.7e9 + ((i * 37) % 200));
  const targets = Array.from(x, (value) => (value - 1.7e9) / 10);
  const dataset = Dataset.fromArrays({ x, rows: 200, features: 1, targets });
  const ensemble = await trainEnsemble(dataset, { ...BASE, epochs: 60 });
  const evaluated = (await evaluateEnsemble(ensemble, dataset, { curves: false })).ensemble!.rmse![0]!;
  t.ok(
    Math.abs(rmseOf((await predictEnsemble(ensemble, x)).mean, Float64Array.from(targets)) - evaluated) <
      1e-9,
  );
  t.ok(evaluated < 1);
});

t.test('a regression stays within the range of its training targets unless told not to', async (t) => {
  const x = Float64Array.from({ length: 60 }, (_, i) => i / 10);
  const dataset = Dataset.fromArrays({ x, rows: 60, features: 1, targets: x.map((value) => 3 * value) });
  for (const loss of ['squaredError', 'gaussianNll'] as const) {
    const ensemble = await trainEnsemble(dataset, { ...BASE, epochs: 80, loss });
    t.same(ensemble.trainedOn!.targetRange, { low: [0], high: [3 * 5.9] });
    const beyond = Float64Array.of(-40, 60);
    const free = await predictEnsemble(ensemble, beyond, { clip: false });
    const clipped = await predictEnsemble(ensemble, beyond);
    t.ok(free.mean[0]! < -1 && free.mean[1]! > 25, `${free.mean}`);
    t.ok(clipped.mean[0]! >= 0 && clipped.mean[1]! === 3 * 5.9);
    const probe = Dataset.fromArrays({ x: beyond, rows: 2, features: 1, targets: [0, 1], like: dataset });
    const { errorCorrelation: e, ensemble: scores } = await evaluateEnsemble(ensemble, probe, {
      replicates: 0,
    });
    t.ok(Math.abs(e.predicted - e.measured) < 1e-9 * e.measured, 'the identity holds for what is reported');
    t.ok(Math.abs(scores!.squaredError - e.measured) < 1e-9 * e.measured);
    const former: TrainedEnsemble = { ...ensemble, trainedOn: null };
    t.same((await predictEnsemble(former, beyond)).mean, free.mean, 'no range, no clip');
    await t.rejects(predictEnsemble(former, beyond, { clip: true }), { code: 'ERR_OPTION' });
  }
  const classes = await trainEnsemble(raw, { ...BASE, epochs: 1 });
  await t.rejects(predictEnsemble(classes, raw, { clip: false }), {
    code: 'ERR_OPTION',
    message: /classification/,
  });
});

t.test('NaN and infinity are refused at every door, with row and column', async (t) => {
  const networks = await trainEnsemble(raw, { ...BASE, epochs: 1, hiddenKeep: 0.5 });
  const neighbours = await trainEnsemble(raw, { members: 2, engine: 'neighbours', seed: 1 });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const x = raw.x.slice();
    x[4 * 7 + 2] = bad;
    const expected = { code: 'ERR_DATA', message: /row 7, column 2/, details: { row: 7, column: 2 } };
    for (const aggregator of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
      await t.rejects(predictEnsemble(networks, x, { aggregator }), expected);
      await t.rejects(predictEnsemble(neighbours, Float64Array.from(x), { aggregator }), expected);
    }
    for (const options of [{}, { way: 'arithmeticMean', masks: 2 }] as const) {
      await t.rejects(predictWithMasks(networks, x, options), expected);
    }
    t.throws(() => activeUnitShares(networks, x), expected);
    const forged = { ...raw, x };
    for (const run of [
      () => trainEnsemble(forged, BASE),
      () => evaluateEnsemble(networks, forged),
      () => evaluateOutOfBag(networks, forged),
      () => selectMembers(networks, forged),
      () => attackEnsemble(networks, forged, { epsilons: [0.1] }),
    ]) {
      await t.rejects(run() as Promise<unknown>, { code: 'ERR_DATA', message: /row 7, column 2/ });
    }
  }
});

t.test('an answer that is no number is refused with its member and row', async (t) => {
  const ensemble = await trainEnsemble(raw, { ...BASE, epochs: 1 });
  const weights = new Float32Array(new SharedArrayBuffer(ensemble.members[1]!.parameters.byteLength)).fill(
    Number.NaN,
  );
  const broken = {
    ...ensemble,
    members: ensemble.members.map((own, at) => (at === 1 ? { ...own, parameters: weights } : own)),
  };
  const expected = { code: 'ERR_DATA', message: /member 1 .*row 0/ };
  await t.rejects(predictEnsemble(broken, raw), expected);
  await t.rejects(evaluateEnsemble(broken, raw), expected);
  const task = { kind: 'classification', classes: ['a', 'b'] } as const;
  const member = (...mean: number[]) => ({
    ...{ rows: 2, outputs: 2, mean: Float32Array.from(mean), logProbabilities: null, variance: null },
  });
  const both = [member(0.5, 0.5, 1, 0), member(0.5, 0.5, Number.NaN, 0)];
  for (const kind of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
    t.throws(() => aggregate(kind, both, task), { code: 'ERR_DATA', details: { member: 1, row: 1 } });
    t.doesNotThrow(
      () => aggregate(kind, both, task, { mask: Uint8Array.of(1, 1, 1, 0) }),
      'it does not count there',
    );
  }
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => errorCorrelation([[1, wrong, 2]], [1, 2, 3], { task: 'regression' }), {
      code: 'ERR_DATA',
    });
    t.throws(() => errorCorrelation([[1, 2, 2]], [1, wrong, 3], { task: 'regression' }), {
      code: 'ERR_DATA',
    });
  }
});

t.test('what is no dataset is refused by name', async (t) => {
  for (const wrong of ['digits.csv', null, 3, [], {}, { x: [1] }, loadedShape()]) {
    await t.rejects(trainEnsemble(wrong as unknown as Dataset, BASE), {
      code: 'ERR_OPTION',
      message: /`dataset`/,
    });
  }
  await t.rejects(trainEnsemble(loadedShape() as unknown as Dataset, BASE), { message: /`train`/ });
  const ensemble = await trainEnsemble(raw, { ...BASE, epochs: 1 });
  await t.rejects(predictEnsemble(ensemble, 'x' as unknown as Values), { code: 'ERR_OPTION' });
});

function loadedShape() {
  return { train: raw, test: null };
}

t.test('a dataset put together elsewhere is refused when its parts do not fit', async (t) => {
  const values = linear(20, 3);
  const forgeries: Record<string, [Dataset, object, RegExp]> = {
    'a label that is no class': [raw, { labels: labels.map(() => 9) }, /`labels`.*got 9 in row 0/],
    'a negative label': [raw, { labels: labels.map(() => -1) }, /`labels`.*got -1/],
    'a plain array of labels': [raw, { labels: [...labels] }, /`labels`.*Int32Array, got a plain array/],
    'a plain x': [raw, { x: [...raw.x] }, /`x`.*Float32Array or Float64Array/],
    'no rows': [raw, { rows: 0 }, /`rows`/],
    'too many features': [raw, { features: 2 ** 31 }, /`x`.*to have/],
    'groups out of range': [raw, { groups: Int32Array.from(labels, () => -5) }, /`groups`/],
    'groups of another length': [raw, { groups: Int32Array.of(1) }, /`groups`/],
    'a negative weight': [raw, { rowWeights: new Float32Array(rows).fill(-1) }, /`rowWeights`/],
    'an infinite target': [values, { targets: values.targets.map(() => Infinity) }, /`targets`/],
    'single-precision targets': [
      values,
      { targets: Float32Array.from(values.targets) },
      /`targets`.*Float64Array/,
    ],
    'a deviation of 0': [
      values,
      { encoding: { features: null, targets: { mean: [0], std: [0] } } },
      /above 0/,
    ],
    'scales of another length': [
      raw,
      { encoding: { features: { mean: [0], std: [1], softClip: null }, targets: { mean: [], std: [] } } },
      /encoding/,
    ],
    'no task': [raw, { task: { kind: 'magic' } }, /task/],
  };
  for (const [name, [dataset, change, message]] of Object.entries(forgeries)) {
    await t.rejects(trainEnsemble({ ...dataset, ...change }, { ...BASE, epochs: 1 }), { message }, name);
  }
  const copied = await trainEnsemble(structuredClone(raw), { ...BASE, epochs: 1 });
  t.same(
    copied.members[0]!.parameters,
    (await trainEnsemble(raw, { ...BASE, epochs: 1 })).members[0]!.parameters,
  );
});

t.test('attacks move one row as far as they move it among all others', async (t) => {
  const ensemble = await trainEnsemble(standardised, { ...BASE, epochs: 40 });
  const scoreOf = async (data: Dataset) => {
    const { points, rangesFrom } = await attackEnsemble(ensemble, data, {
      epsilons: [0.3],
      on: 'ensemble',
    });
    t.equal(rangesFrom, 'training');
    return points[0]!.onEnsemble!.ensemble;
  };
  let alone = 0;
  for (let row = 0; row < 30; row++) {
    const x = far.subarray(4 * row, 4 * row + 4);
    alone += await scoreOf(
      Dataset.fromArrays({ x, rows: 1, features: 4, labels: [labels[row]!], like: standardised }),
    );
  }
  const [x, own] = [far.subarray(0, 120), labels.subarray(0, 30)];
  const together = await scoreOf(
    Dataset.fromArrays({ x, rows: 30, features: 4, labels: own, like: standardised }),
  );
  t.ok(Math.abs(alone / 30 - together) < 1e-9, `${alone / 30} alone, ${together} together`);
  t.ok(together < 0.9, 'and the attack does something');
  const former = { ...ensemble, trainedOn: null };
  t.equal((await attackEnsemble(former, standardised, { epsilons: [0] })).rangesFrom, 'attacked');
});

t.test(
  'a soft clip leaves what outliers say bounded, and is attacked in the data’s units but not trained so',
  async (t) => {
    const x = far.slice();
    const clipped = Dataset.fromArrays({ x, rows, features: 4, labels, softClip: 3 });
    const ensemble = await trainEnsemble(clipped, { ...BASE, adversarialEpsilon: 0.05 });
    t.same(ensemble.encoding.features!.softClip, [3, 3, 3, 3]);
    const outlier = Float64Array.of(1e12, 1e12, 1e12, 1e12);
    const further = outlier.map((value) => 10 * value);
    t.same((await predictEnsemble(ensemble, outlier)).mean, (await predictEnsemble(ensemble, further)).mean);
    const bounds = [0, 1000] as const;
    const { points } = await attackEnsemble(ensemble, clipped, {
      epsilons: [0, 0.2],
      bounds,
      on: 'ensemble',
    });
    t.ok(points[1]!.onEnsemble!.ensemble < points[0]!.onEnsemble!.ensemble);
    const inUnits = await attackEnsemble(ensemble, clipped, {
      epsilons: [0, 0.2 * ensemble.encoding.features!.std[0]!],
      ...{ scale: 'absolute', on: 'ensemble' },
    });
    t.ok(inUnits.points[1]!.onEnsemble!.ensemble < inUnits.points[0]!.onEnsemble!.ensemble);
    const absolute: TrainingOptions = { ...BASE, adversarialEpsilon: 1, adversarialScale: 'absolute' };
    await t.rejects(trainEnsemble(clipped, absolute), { code: 'ERR_OPTION', message: /soft clip/ });
    const ranked = Dataset.fromArrays({ x, rows, features: 4, labels, scaling: 'quantile' });
    const attacked = { ...BASE, adversarialEpsilon: 0.05 };
    for (const [own, message] of [
      [absolute, /adversarialScale.*quantile/],
      [{ ...attacked, adversarialBounds: [0, 1000] as const }, /adversarialBounds.*quantile/],
    ] as const) {
      await t.rejects(trainEnsemble(ranked, own), { code: 'ERR_OPTION', message });
    }
    const byRank = await trainEnsemble(ranked, attacked);
    const asked = { epsilons: [0, 250], scale: 'absolute', on: 'ensemble' } as const;
    const moved = await attackEnsemble(byRank, ranked, asked);
    t.ok(moved.points[1]!.onEnsemble!.ensemble < moved.points[0]!.onEnsemble!.ensemble, 'through quantiles');
    t.throws(() => Dataset.fromArrays({ x, rows, features: 4, labels, softClip: 3, standardise: false }), {
      code: 'ERR_OPTION',
    });
  },
);
