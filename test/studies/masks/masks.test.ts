// Inference after dropout: exact identities of the ways, sampled masks against all of them, a net's masks as
// an ensemble. The truth is the double-precision network, one mask and one example at a time.

import t from 'tap';
import { saveEnsemble } from '../../../src/bundle/save.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { layerShapes } from '../../../src/model/network.js';
import { networkSpecs } from '../../../src/model/network-members.js';
import type { NetworkMemberSpec } from '../../../src/model/spec.js';
import { compareMasks } from '../../../src/studies/masks/compare-masks.js';
import { dropoutNet, enumerateMasks, maskEnsemble } from '../../../src/studies/masks/masks.js';
import { type MaskWay, predictWithMasks } from '../../../src/studies/masks/predict-masks.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';
import { batchGradient, layersOf } from '../../support/reference-network.js';

const BASE: TrainingOptions = { members: 1, epochs: 3, seed: 5, learningRate: 0.02 };
const classes = clusters(60, 5, 3);
const values = linear(50, 4, 2);

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

const means = async (ensemble: TrainedEnsemble, { x }: Dataset, way: MaskWay, masks: number | 'all' = 50) => {
  const over = way === 'weightScaling' ? {} : { masks };
  return (await predictWithMasks(ensemble, x, { way, ...over, ...unclipped(ensemble) })).mean;
};

// The laws of masks hold for what nets put out; answers beyond the range of the training targets are clipped.
const unclipped = ({ task }: TrainedEnsemble) => (task.kind === 'regression' ? { clip: false } : {});

for (const dropoutScaling of ['inverted', 'plain'] as const) {
  t.test(
    `${dropoutScaling}: weight scaling is the geometric mean over all masks of a softmax regression`,
    async (t) => {
      const options = { ...BASE, hidden: [], inputKeep: 0.7, dropoutScaling };
      const ensemble = await trainEnsemble(classes, options);
      const scaled = await means(ensemble, classes, 'weightScaling');
      t.ok(largestDifference(scaled, await means(ensemble, classes, 'geometricMean', 'all')) < 2e-6);
      t.ok(largestDifference(scaled, await means(ensemble, classes, 'arithmeticMean', 'all')) > 1e-3);
    },
  );

  t.test(`${dropoutScaling}: weight scaling is exact for deep linear nets`, async (t) => {
    const options = { ...BASE, hidden: [4, 3], activation: 'linear', inputKeep: 0.8 } as const;
    const ensemble = await trainEnsemble(values, { ...options, hiddenKeep: [0.5, 0.9], dropoutScaling });
    const all = await means(ensemble, values, 'arithmeticMean', 'all');
    t.ok(largestDifference(await means(ensemble, values, 'weightScaling'), all) < 1e-5);
  });

  t.test(`${dropoutScaling}: all masks are weighted by their probability`, async (t) => {
    const options = { ...BASE, hidden: [6], activation: 'tanh', inputKeep: 0.9, hiddenKeep: 0.3 } as const;
    const ensemble = await trainEnsemble(classes, { ...options, dropoutScaling });
    const expected = bruteForce(ensemble, classes, 7);
    for (const way of ['arithmeticMean', 'geometricMean'] as const) {
      const actual = await means(ensemble, classes, way, 'all');
      t.ok(largestDifference(actual.subarray(0, 21), expected[way]) < 1e-5, way);
    }
  });
}

/** Both means over all masks of the first rows: every mask, every class, one at a time. */
function bruteForce(ensemble: TrainedEnsemble, { x, features, task }: Dataset, rows: number) {
  const spec = networkSpecs(ensemble.plan)[0]!;
  const shapes = layerShapes(spec, features, task);
  const layers = layersOf(shapes, ensemble.members[0]!.parameters);
  const { factors, probabilities } = enumerateMasks(dropoutNet(ensemble)).range(0, 2 ** 11);
  const arithmeticMean: number[] = [];
  const geometricMean: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own = Array.from(x.subarray(row * features, (row + 1) * features));
    const logs = factors.map((multipliers) =>
      [0, 1, 2].map(
        (label) => -batchGradient(layers, spec.loss, [{ x: own, label, y: [], weight: 1, multipliers }]).loss,
      ),
    );
    const sums = (of: (value: number) => number) =>
      [0, 1, 2].map((c) => logs.reduce((sum, p, mask) => sum + probabilities[mask]! * of(p[c]!), 0));
    arithmeticMean.push(...sums(Math.exp));
    const powers = sums((value) => value).map(Math.exp);
    const total = powers.reduce((sum, p) => sum + p, 0);
    geometricMean.push(...powers.map((p) => p / total));
  }
  return { arithmeticMean, geometricMean };
}

t.test('the probabilities of all masks sum to 1, and each keeps its share', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, hidden: [3], inputKeep: 0.8, hiddenKeep: 0.25 });
  const all = enumerateMasks(dropoutNet(ensemble));
  t.equal(all.count, 256);
  const { factors, probabilities } = all.range(0, 256);
  t.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
  const expectation = (layer: number, unit: number) =>
    probabilities.reduce((sum, p, mask) => sum + p * factors[mask]![layer]![unit]!, 0);
  for (const [layer, unit] of [
    [0, 0],
    [0, 4],
    [1, 2],
  ] as const) {
    // Inverted masks have mean 1.
    t.ok(Math.abs(expectation(layer, unit) - 1) < 1e-6);
  }
});

t.test('plain and inverted dropout are the same nets with scaled weights, mask by mask', async (t) => {
  const options = {
    ...BASE,
    hidden: [6, 4],
    activation: 'tanh',
    inputKeep: 0.8,
    hiddenKeep: [0.5, 0.75],
  } as const;
  const plain = await trainEnsemble(classes, { ...options, dropoutScaling: 'plain' });
  const spec = networkSpecs(plain.plan)[0]!;
  const [member] = plain.members;
  const scaled = new Float32Array(new SharedArrayBuffer(member!.parameters.byteLength));
  let at = 0;
  layerShapes(spec, plain.features, plain.task).forEach(({ inputs, units }, layer) => {
    const keep = [0.8, 0.5, 0.75][layer]!;
    for (let i = 0; i < inputs * units; i++, at++) scaled[at] = member!.parameters[at]! * keep;
    for (let o = 0; o < units; o++, at++) scaled[at] = member!.parameters[at]!;
  });
  const invertedSpec: NetworkMemberSpec = { ...spec, dropout: { ...spec.dropout!, scaling: 'inverted' } };
  const inverted: TrainedEnsemble = {
    ...plain,
    plan: { ...plain.plan, members: [invertedSpec] },
    members: [{ ...member!, parameters: scaled }],
  };
  for (const way of ['weightScaling', 'arithmeticMean', 'geometricMean'] as const) {
    const [a, b] = [await means(plain, classes, way), await means(inverted, classes, way)];
    t.ok(largestDifference(a, b) < 1e-5, way);
  }
});

t.test('a mean over sampled masks nears the mean over all', async (t) => {
  const options = { ...BASE, hidden: [8], activation: 'tanh', hiddenKeep: 0.5 } as const;
  const ensemble = await trainEnsemble(classes, options);
  for (const way of ['arithmeticMean', 'geometricMean'] as const) {
    const all = await means(ensemble, classes, way, 'all');
    const few = largestDifference(await means(ensemble, classes, way, 20), all);
    const many = largestDifference(await means(ensemble, classes, way, 3000), all);
    t.ok(many < 0.03 && many < few, `${way}: off by ${few} with 20 masks, ${many} with 3000`);
  }
});

t.test('the masks of a net are an ensemble: v/k + (k − 1)c/k is its measured error', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, members: 2, hidden: [20], hiddenKeep: 0.5 });
  const masks = maskEnsemble(ensemble, 30, { member: 1 });
  t.equal(masks.members.length, 30);
  for (const measured of [
    await evaluateEnsemble(masks, classes, { curves: false }),
    (await evaluateOutOfBag(masks, classes))!,
  ]) {
    const { v, c, rho, memberCount: members } = measured.errorCorrelation;
    t.equal(members, 30);
    t.ok(c !== null && c > 0 && c < v && Math.abs(rho! - c / v) < 1e-12);
  }
  const { predicted, measured } = (await evaluateEnsemble(masks, classes, { curves: false }))
    .errorCorrelation;
  t.ok(Math.abs(predicted - measured) < 1e-6 * measured);
  const sampled = await means(
    { ...ensemble, members: ensemble.members.slice(1) },
    classes,
    'arithmeticMean',
    30,
  );
  const combined = await predictEnsemble(masks, classes.x);
  t.ok(largestDifference(combined.mean, sampled) < 1e-6);
});

t.test('a mask is the same however many are drawn, and another with another seed', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, hidden: [9], inputKeep: 0.8, featureShare: 0.6 });
  const factors = (masks: number, seed?: number) =>
    maskEnsemble(ensemble, masks, seed === undefined ? {} : { seed }).members.map((m) => m.unitFactors);
  t.same(factors(3), factors(10).slice(0, 3));
  t.notSame(factors(3), factors(3, 99));
  t.equal(factors(1)[0]![0]!.length, 3, 'the random subspace has its own inputs');
});

t.test('compareMasks has every way, with all masks where they are few', async (t) => {
  const ensemble = await trainEnsemble(classes, { ...BASE, hidden: [6], hiddenKeep: 0.5 });
  const { ways, overMasks, droppable, member } = await compareMasks(ensemble, classes, { masks: 8 });
  t.same([droppable, member], [6, 0]);
  t.same(
    ways.map(({ way, masks, enumerated }) => [way, masks, enumerated]),
    [
      ['weightScaling', 1, false],
      ['arithmeticMean', 8, false],
      ['geometricMean', 8, false],
      ['arithmeticMean', 64, true],
      ['geometricMean', 64, true],
    ],
  );
  for (const { scores, logLikelihood } of ways) t.equal(logLikelihood, -scores.logLoss!);
  t.equal(overMasks.errorCorrelation.memberCount, 8);
  const point = await trainEnsemble(values, { ...BASE, hidden: [20], hiddenKeep: 0.5 });
  const regression = await compareMasks(point, values, { masks: 4 });
  t.same(
    regression.ways.map(({ way, logLikelihood }) => [way, logLikelihood]),
    [
      ['weightScaling', null],
      ['arithmeticMean', null],
    ],
  );
  const gaussian = await trainEnsemble(values, {
    ...BASE,
    loss: 'gaussianNll',
    hidden: [5],
    hiddenKeep: 0.5,
  });
  for (const { logLikelihood } of (await compareMasks(gaussian, values, { masks: 4 })).ways) {
    t.ok(Number.isFinite(logLikelihood));
  }
});

t.test('what cannot be done is refused with the figures', async (t) => {
  const wide = await trainEnsemble(classes, { ...BASE, hidden: [40], hiddenKeep: 0.5 });
  await t.rejects(predictWithMasks(wide, classes.x, { way: 'geometricMean', masks: 'all' }), {
    code: 'ERR_OPTION',
    message:
      /^Expected `masks` to be a number when 40 units can be dropped: .* 16 units \(65536 masks\), not for 2\^40/,
  });
  await t.rejects(compareMasks(wide, classes, { enumerate: true }), { code: 'ERR_OPTION' });
  t.throws(() => maskEnsemble(wide, 0), { message: /^Expected `masks` to be an integer ≥ 1, got 0/ });
  t.throws(() => maskEnsemble(wide, 5, { member: 3 }), {
    message: /^Expected `member` to be a trained member/,
  });
  const whole = await trainEnsemble(classes, BASE);
  t.throws(() => maskEnsemble(whole, 5), { code: 'ERR_OPTION', message: /member with dropout/ });
  t.throws(() => maskEnsemble(whole, 5, { member: 0 }), { code: 'ERR_OPTION', message: /got 0/ });
  await t.rejects(saveEnsemble(maskEnsemble(wide, 2), `${t.testdirName}.tutti`), { code: 'ERR_BUNDLE' });
});
