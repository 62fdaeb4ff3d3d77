// Out-of-bag figures never count a row that a member has seen, not even to stop early.

import t from 'tap';
import { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const BASE: TrainingOptions = { members: 6, hidden: [8], epochs: 4, seed: 5 };
const dataset = clusters(150, 5, 3);

/** The rows of each trained member's draw. */
function drawsOf({ plan, members, features }: TrainedEnsemble) {
  const rows = drawCandidates(plan, dataset);
  return members.map(({ index }) => drawMember(plan.seed, plan.members[index]!, dataset, features, rows));
}

/** Out-of-bag accuracy, squared error and coverage, recomputed row by row from single members. */
async function byHand(ensemble: TrainedEnsemble) {
  const draws = drawsOf(ensemble);
  const alone = await Promise.all(
    ensemble.members.map((member) => predictEnsemble({ ...ensemble, members: [member] }, dataset.x)),
  );
  let [right, squares, covered] = [0, 0, 0];
  for (let row = 0; row < dataset.rows; row++) {
    const own = alone.filter((_, at) => draws[at]!.outOfBag.includes(row));
    if (own.length === 0) continue;
    covered++;
    const p = [0, 1, 2].map((c) => own.reduce((sum, { mean }) => sum + mean[row * 3 + c]!, 0) / own.length);
    if (p.indexOf(Math.max(...p)) === dataset.labels[row]) right++;
    squares += p.reduce((sum, value, c) => sum + (value - (c === dataset.labels[row] ? 1 : 0)) ** 2, 0);
  }
  return { rows: covered, accuracy: right / covered, squaredError: squares / covered };
}

for (const earlyStopping of ['none', 'outOfBag', 'validation'] as const) {
  t.test(
    `figures are those of members that never saw the row (early stopping: ${earlyStopping})`,
    async (t) => {
      const ensemble = await trainEnsemble(dataset, { ...BASE, earlyStopping });
      const measured = await evaluateOutOfBag(ensemble, dataset);
      const expected = await byHand(ensemble);
      t.equal(measured!.ensemble!.rows, expected.rows);
      t.equal(measured!.ensemble!.accuracy, expected.accuracy);
      t.ok(Math.abs(measured!.ensemble!.squaredError - expected.squaredError) < 1e-5);
      const { predicted, measured: identity, outOfBag } = measured!.errorCorrelation;
      t.ok(Math.abs(predicted - identity) < 1e-5 * identity, 'the identity holds per row');
      const { candidates } = drawCandidates(ensemble.plan, dataset);
      t.equal(outOfBag!.neverOutOfBag, candidates.length - expected.rows, 'rows left out are counted');
      t.equal(outOfBag!.coverage, expected.rows / candidates.length);
    },
  );
}

t.test('rows that decide when to stop are in no figure, and no row is lost or in two places', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...BASE, earlyStopping: 'outOfBag' });
  for (const { inBag, stopping, outOfBag } of drawsOf(ensemble)) {
    const seen = new Set([...inBag, ...stopping]);
    t.ok(stopping.length > 0 && outOfBag.length > 0);
    t.notOk(outOfBag.some((row) => seen.has(row)));
    t.equal(seen.size + outOfBag.length, dataset.rows);
  }
});

t.test('validation rows are in no bag and in no figure', async (t) => {
  const ensemble = await trainEnsemble(dataset, {
    ...BASE,
    earlyStopping: 'validation',
    validationShare: 0.2,
  });
  const { validation } = drawCandidates(ensemble.plan, dataset);
  t.equal(validation.length, 30);
  for (const { inBag, outOfBag, stopping } of drawsOf(ensemble)) {
    const held = new Set(validation);
    t.notOk(inBag.some((row) => held.has(row)) || outOfBag.some((row) => held.has(row)));
    t.same(stopping, validation);
  }
});

t.test('groups are never split between a bag and its out-of-bag rows', async (t) => {
  const groups = Int32Array.from({ length: dataset.rows }, (_, row) => row % 20);
  const { x, rows, features, labels } = dataset;
  const grouped = Dataset.fromArrays({ x, rows, features, labels, groups });
  const { plan } = await trainEnsemble(grouped, { ...BASE, resample: 'grouped', earlyStopping: 'outOfBag' });
  const candidates = drawCandidates(plan, grouped);
  for (const spec of plan.members) {
    const { inBag, stopping, outOfBag } = drawMember(plan.seed, spec, grouped, features, candidates);
    const groupsIn = (of: Uint32Array) => new Set(Array.from(of, (row) => groups[row]!));
    const [bag, stops, figures] = [inBag, stopping, outOfBag].map(groupsIn);
    t.equal(bag!.size + stops!.size + figures!.size, 20);
  }
});

t.test(
  'on coin-flip labels the out-of-bag error is about one half, however well the bag is learnt',
  async (t) => {
    const random = new RandomStream(streamKey(7, 'noise'));
    const rows = 600;
    const x = Float32Array.from({ length: rows * 10 }, () => random.normal());
    const labels = Int32Array.from({ length: rows }, () => random.below(2));
    const coins = Dataset.fromArrays({ x, rows, features: 10, labels });
    for (const earlyStopping of ['none', 'outOfBag'] as const) {
      const options: TrainingOptions = {
        ...{ members: 10, hidden: [64], activation: 'relu', epochs: 100, learningRate: 5e-3 },
        ...{ resample: 'bootstrap', seed: 1, earlyStopping },
      };
      const ensemble = await trainEnsemble(coins, options);
      const { ensemble: scores } = (await evaluateOutOfBag(ensemble, coins))!;
      // Four standard deviations of a fair coin over that many rows.
      t.ok(
        Math.abs(scores!.errorRate! - 0.5) < 4 * Math.sqrt(0.25 / scores!.rows),
        `error ${scores!.errorRate}`,
      );
      const seen = await evaluateEnsemble(ensemble, coins, { curves: false });
      if (earlyStopping === 'none')
        t.ok(seen.ensemble!.errorRate! < 0.1, `${seen.ensemble!.errorRate} of the rows seen`);
    }
  },
);

t.test('without resampling there is nothing out of bag', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...BASE, resample: 'none' });
  t.equal(await evaluateOutOfBag(ensemble, dataset), null);
});

t.test('another dataset is refused', async (t) => {
  const ensemble = await trainEnsemble(dataset, BASE);
  await t.rejects(evaluateOutOfBag(ensemble, clusters(150, 5, 3, 2)), { code: 'ERR_DATA' });
  await t.rejects(evaluateEnsemble(ensemble, clusters(150, 4, 3)), { code: 'ERR_SHAPE' });
  await t.rejects(evaluateEnsemble(ensemble, clusters(150, 5, 2)), { code: 'ERR_SHAPE' });
});
