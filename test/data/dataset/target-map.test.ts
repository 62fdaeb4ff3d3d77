// Targets that members learn as logarithms or quantiles: what they are taught, what comes back, what is refused.

import t from 'tap';
import { decodeTarget, encodeTargets } from '../../../src/data/dataset/encoding.js';
import { datasetBytes, datasetFrom } from '../../../src/data/dataset-bytes.js';
import {
  Dataset,
  Ensemble,
  evaluateEnsemble,
  loadTraining,
  predictEnsemble,
  type TargetScaling,
  tableFromRecords,
  trainEnsemble,
} from '../../../src/index.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';

const ROWS = 300;
const random = new RandomStream(streamKey(5, 'noise'));
const x = Float64Array.from({ length: 2 * ROWS }, () => random.normal());
/** e to the power of a line: what logarithms are for. */
const skewed = Float64Array.from({ length: ROWS }, (_, row) =>
  Math.exp(x[2 * row]! - 0.5 * x[2 * row + 1]! + 0.1 * random.normal()),
);

function made(targetScaling: TargetScaling, targets = skewed) {
  return Dataset.fromArrays({ x, rows: ROWS, features: 2, targets, targetScaling });
}

function close(a: number, b: number, within: number): boolean {
  return Math.abs(a - b) <= within * Math.max(1, Math.abs(b));
}

t.test(
  'members are taught standardised logarithms, or deviates by quantiles, and both come back',
  async (t) => {
    const logs = Array.from(skewed, Math.log);
    const mean = logs.reduce((sum, value) => sum + value, 0) / ROWS;
    const std = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ROWS);
    const { targets: scale } = made('log').encoding;
    const taught = encodeTargets(skewed, scale);
    t.ok(taught.every((z, row) => close(z, (logs[row]! - mean) / std, 1e-6)));
    t.match(scale.map, { kind: 'log', shift: [0] });
    const ranked = made('quantile').encoding.targets;
    const deviates = encodeTargets(skewed, ranked);
    t.ok(Math.max(...deviates) < 5.2 && Math.min(...deviates) > -5.2);
    for (const [own, encoded] of [
      [scale, taught],
      [ranked, deviates],
    ] as const) {
      t.ok(encoded.every((z, row) => close(decodeTarget(own, 0, z), skewed[row]!, 1e-4)));
    }
  },
);

t.test('counts are shifted by 1, and numbers below 0 are refused by name', async (t) => {
  const counts = Float64Array.from(skewed, Math.floor);
  const { targets: scale } = made('log', counts).encoding;
  t.match(scale.map, { shift: [1] });
  t.ok(close(decodeTarget(scale, 0, encodeTargets(Float64Array.of(41), scale)[0]!), 41, 1e-5));
  const below = counts.map((value, row) => (row === 7 ? -0.5 : value));
  t.throws(() => made('log', below), { code: 'ERR_DATA', message: /`target0` to be ≥ 0 .*got -0\.5/ });
  t.ok(encodeTargets(Float64Array.of(-3), scale).every(Number.isFinite), 'rows to be tested on may be');
});

t.test('a line through logarithms is learned better than its exponential, in the user’s units', async (t) => {
  const rmse = async (scaling: TargetScaling) => {
    const train = made(scaling);
    const ensemble = await trainEnsemble(train, {
      ...{
        members: 2,
        hidden: [],
        epochs: 60,
        learningRate: 0.02,
        resample: 'none',
        earlyStopping: 'none',
        seed: 1,
      },
    });
    return (await evaluateEnsemble(ensemble, train, { curves: false })).ensemble!.rmse![0]!;
  };
  const [standard, log, quantile] = [await rmse('standard'), await rmse('log'), await rmse('quantile')];
  t.ok(log < 0.5 * standard, `${log} where the numbers themselves give ${standard}`);
  t.ok(quantile < standard, `${quantile} of quantiles`);
});

t.test('members’ means are turned back one by one and then averaged', async (t) => {
  const ensemble = await trainEnsemble(made('log'), { members: 3, hidden: [4], epochs: 2, seed: 1 });
  const alone = await Promise.all(
    [0, 1, 2].map(async (at) => {
      const members = ensemble.members.slice(at, at + 1);
      return (await predictEnsemble({ ...ensemble, members }, x, { clip: false })).mean;
    }),
  );
  const { mean } = await predictEnsemble(ensemble, x, { clip: false });
  const own = Array.from(mean, (_, row) => (alone[0]![row]! + alone[1]![row]! + alone[2]![row]!) / 3);
  t.ok(own.every((value, row) => close(mean[row]!, value, 1e-9)));
  t.ok(
    own.some(
      (value, row) => !close(Math.cbrt(alone[0]![row]! * alone[1]![row]! * alone[2]![row]!), value, 1e-3),
    ),
  );
});

t.test('it is kept with the ensemble and with the dataset', async (t) => {
  const records = Array.from({ length: 60 }, (_, row) => ({
    a: x[2 * row]!,
    b: x[2 * row + 1]!,
    y: skewed[row]!,
  }));
  for (const targetScaling of ['log', 'quantile'] as const) {
    const { train } = loadTraining(tableFromRecords(records), { target: 'y', targetScaling });
    t.strictSame(await datasetFrom(datasetBytes(train)), train);
    const ensemble = new Ensemble(
      await trainEnsemble(train, { members: 2, hidden: [3], epochs: 2, seed: 1 }),
    );
    const path = `${t.testdir()}/${targetScaling}.tutti`;
    await ensemble.save(path);
    const loaded = await Ensemble.load(path);
    const rows = records.slice(0, 9).map(({ a, b }) => ({ a, b }));
    t.strictSame(await loaded.predict(rows), await ensemble.predict(rows));
  }
});

t.test('variances and classes have no such scaling', async (t) => {
  await t.rejects(trainEnsemble(made('log'), { loss: 'gaussianNll', members: 1, epochs: 1, seed: 1 }), {
    code: 'ERR_OPTION',
    message: /^Expected `targetScaling` to be standard for members of `loss` gaussianNll/,
  });
  const records = Array.from({ length: 20 }, (_, row) => ({ a: row, y: row % 2 === 0 ? 'no' : 'yes' }));
  t.throws(() => loadTraining(tableFromRecords(records), { target: 'y', targetScaling: 'log' }), {
    code: 'ERR_OPTION',
    message: /^Expected `targetScaling` to be absent for classification/,
  });
});
