// Greedy selection and the weights that members carry: against a selection written anew from its definition,
// and as everything that averages uses them.

import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { saveEnsemble } from '../../../src/bundle/save.js';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../../src/ensemble/predict/averaging-weights.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { selectMembers } from '../../../src/ensemble/select/select-members.js';
import type { SelectionMetric } from '../../../src/measure/metrics/metrics.js';
import type { Aggregator } from '../../../src/predictions/aggregate/aggregators.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const all = clusters(240, 6, 3);
const part = (from: number, to: number) => {
  const { features } = all;
  const [x, labels] = [all.x.slice(from * features, to * features), all.labels.slice(from, to)];
  return Dataset.fromArrays({ x, rows: to - from, features, labels });
};
const [train, validation] = [part(0, 120), part(120, 240)];
const ensemble = await trainEnsemble(train, {
  ...{ members: 6, epochs: 4, seed: 2, earlyStopping: 'none' },
  grid: { hidden: [[2], [8], [3]], learningRate: [0.001, 0.02] },
});

/** The score of the weighted average, by the aggregators and scores that prediction uses. */
async function scoreOf(weights: readonly number[], aggregator: Aggregator, metric: SelectionMetric) {
  const only = { curves: false, replicates: 0 };
  const measured = await evaluateEnsemble(ensemble, validation, { weights, aggregator, ...only });
  return measured.ensemble![metric]!;
}

const PAIRS: readonly [Aggregator, SelectionMetric][] = [
  ['arithmeticMean', 'logLoss'],
  ['arithmeticMean', 'errorRate'],
  ['arithmeticMean', 'squaredError'],
  ['geometricMean', 'logLoss'],
  ['geometricMean', 'squaredError'],
  ['majorityVote', 'errorRate'],
];

for (const [aggregator, metric] of PAIRS) {
  t.test(
    `${aggregator} by ${metric}: every addition is the best, and the figures are those of the weights`,
    async (t) => {
      const size = 5;
      const selection = await selectMembers(ensemble, validation, { aggregator, metric, size, always: true });
      const counts = new Array<number>(6).fill(0);
      for (const { index, score } of selection.path) {
        const scores: number[] = [];
        for (let member = 0; member < 6; member++) {
          const more = counts.map((count, at) => count + (at === member ? 1 : 0));
          scores.push(await scoreOf(more, aggregator, metric));
        }
        t.ok(Math.abs(score - scores[index]!) < 1e-6, 'the score is what measuring gives');
        t.ok(score <= Math.min(...scores) + 1e-6, 'no other member would have done better');
        counts[index]!++;
      }
      t.equal(selection.path.length, size);
      t.equal(
        selection.counts.reduce((sum, count) => sum + count, 0),
        bestLength(selection.path),
      );
      t.ok(Math.abs(selection.score - (await scoreOf(selection.weights, aggregator, metric))) < 1e-6);
      t.ok(Math.abs(selection.equalWeights - (await scoreOf([1, 1, 1, 1, 1, 1], aggregator, metric))) < 1e-6);
      t.ok(selection.score <= selection.bestMember.score);
    },
  );
}

function bestLength(path: readonly { readonly score: number }[]): number {
  return path.findIndex(({ score }) => score === Math.min(...path.map((step) => step.score))) + 1;
}

t.test('of members that do equally well the first is chosen', async (t) => {
  const twins = { ...ensemble, members: [0, 1, 2].map((index) => ({ ...ensemble.members[1]!, index })) };
  const plan = { ...ensemble.plan, members: ensemble.plan.members.map(() => ensemble.plan.members[1]!) };
  const selection = await selectMembers({ ...twins, plan }, validation, { always: true });
  t.strictSame(selection.counts, [1, 0, 0]);
});

t.test('where selecting does not pay on rows it was not made on, equal weights are kept', async (t) => {
  const [usual, always] = [
    await selectMembers(ensemble, validation, { metric: 'squaredError' }),
    await selectMembers(ensemble, validation, { metric: 'squaredError', always: true }),
  ];
  const pays = usual.check!.gain > 2 * usual.check!.standardError;
  t.equal(usual.selected, pays);
  t.same(usual.counts, pays ? always.counts : [1, 1, 1, 1, 1, 1]);
  t.equal(always.selected, true);
  t.same(usual.check, always.check);
});

t.test('the best member is told by its place too, where an earlier one failed', async (t) => {
  const [, , ...rest] = ensemble.members;
  const { bestMember, path } = await selectMembers({ ...ensemble, members: rest }, validation);
  t.equal(rest[bestMember.place]!.index, bestMember.index);
  t.ok(bestMember.place < rest.length);
  for (const { place, index } of path) t.equal(rest[place]!.index, index);
});

t.test('out of bag, an average is judged by what its members’ error correlations foretell', async (t) => {
  const selection = await selectMembers(ensemble, train, { outOfBag: true });
  const { errorCorrelation } = (await evaluateOutOfBag(ensemble, train))!;
  t.equal(selection.rows, errorCorrelation.rows);
  t.equal(selection.metric, 'squaredError');
  // The same estimate from v and c, which weigh pairs by their rows and do not allow for easy ones.
  const estimate = errorCorrelation.outOfBag!.estimateForAllMembers!;
  t.ok(
    Math.abs(selection.equalWeights - estimate) < 0.1 * estimate,
    `${selection.equalWeights}, ${estimate}`,
  );
  t.ok(selection.score <= selection.bestMember.score && selection.score <= selection.equalWeights);
  const heldOut = await evaluateEnsemble(ensemble, validation, { weights: selection.weights, curves: false });
  t.ok(heldOut.ensemble!.squaredError < heldOut.meanMember.squaredError);
});

t.test('out of bag, rows and options must allow it', async (t) => {
  const outOfBag = true;
  await t.rejects(selectMembers(ensemble, validation, { outOfBag }), { code: 'ERR_DATA' });
  await t.rejects(selectMembers(ensemble, train, { outOfBag, metric: 'logLoss' }), {
    code: 'ERR_OPTION',
    message: /`metric` to be one of squaredError out of bag/,
  });
  await t.rejects(selectMembers(ensemble, train, { outOfBag, aggregator: 'geometricMean' }), {
    code: 'ERR_OPTION',
  });
  const whole = await trainEnsemble(train, { members: 2, epochs: 1, seed: 1, resample: 'none' });
  await t.rejects(selectMembers(whole, train, { outOfBag }), {
    code: 'ERR_DATA',
    message: /rows out of bag/,
  });
});

t.test('regressions are selected by squared error', async (t) => {
  const values = linear(80, 4, 2);
  const fitted = await trainEnsemble(values, { members: 4, epochs: 3, seed: 1, hidden: [6] });
  const selection = await selectMembers(fitted, values, { always: true });
  const { weights } = selection;
  const measured = await evaluateEnsemble(fitted, values, { weights, curves: false });
  t.ok(Math.abs(selection.score - measured.ensemble!.squaredError) < 1e-6 * selection.score);
  await t.rejects(selectMembers(fitted, values, { aggregator: 'geometricMean' }), { code: 'ERR_OPTION' });
  await t.rejects(selectMembers(fitted, values, { metric: 'logLoss' }), { code: 'ERR_OPTION' });
});

t.test('options that make no sense are refused', async (t) => {
  const refuse = (options: object, message: RegExp) =>
    t.rejects(selectMembers(ensemble, validation, options), { code: 'ERR_OPTION', message });
  await refuse({ size: 0 }, /`size` to be an integer ≥ 1, got 0/);
  await refuse(
    { aggregator: 'majorityVote', metric: 'logLoss' },
    /`metric` to be one of errorRate for classification/,
  );
  await refuse({ aggregator: 'median' }, /`aggregator` to be one of/);
});

t.test('weights that members carry count in every average, and others may overrule them', async (t) => {
  const weights = [3, 0, 1, 0, 0, 2];
  const carried = withAveragingWeights(ensemble, weights);
  const stated = await predictEnsemble(ensemble, validation.x, { weights });
  t.same((await predictEnsemble(carried, validation.x)).mean, stated.mean);
  const equal = await predictEnsemble(ensemble, validation.x);
  t.notSame(stated.mean, equal.mean);
  t.same((await predictEnsemble(carried, validation.x, { weights: [1, 1, 1, 1, 1, 1] })).mean, equal.mean);
  t.same((await predictEnsemble(withAveragingWeights(carried, null), validation.x)).mean, equal.mean);
  const measured = await evaluateEnsemble(carried, validation, { curves: false });
  t.same(
    measured.ensemble,
    (await evaluateEnsemble(ensemble, validation, { weights, curves: false })).ensemble,
  );
  t.same(
    (await evaluateOutOfBag(carried, train))!.ensemble,
    (await evaluateOutOfBag(ensemble, train, { weights }))!.ensemble,
  );
});

t.test('they are saved with the ensemble and part of its content hash', async (t) => {
  const path = `${t.testdir()}/selected.tutti`;
  const carried = withAveragingWeights(ensemble, [3, 0, 1, 0, 0, 2]);
  t.not(contentHash(carried), contentHash(ensemble));
  t.equal(contentHash(withAveragingWeights(ensemble, [1, 1, 1, 1, 1, 1])), contentHash(ensemble));
  await saveEnsemble(carried, path);
  const loaded = await loadEnsemble(path);
  t.equal(contentHash(loaded), contentHash(carried));
  t.strictSame(
    loaded.members.map(({ averagingWeight = 1 }) => averagingWeight),
    [3, 0, 1, 0, 0, 2],
  );
});

t.test('weights that do not fit are refused', async (t) => {
  for (const weights of [
    [1, 2],
    [0, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1, -1],
    [1, 1, 1, 1, 1, Number.NaN],
  ]) {
    t.throws(() => withAveragingWeights(ensemble, weights), { code: 'ERR_OPTION' });
  }
});
