import t from 'tap';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { Ensemble, trainEnsemble } from '../../../src/index.js';
import { aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import type { Aggregator } from '../../../src/predictions/aggregate/aggregators.js';
import type { KnownRows } from '../../../src/predictions/known-rows.js';
import type { Predictions } from '../../../src/predictions/predictions.js';
import { type LeaderboardSort, leaderboardOf } from '../../../src/studies/leaderboard/leaderboard.js';
import { leaderboard } from '../../../src/studies/leaderboard/leaderboard-of-rows.js';
import { close, randomProbabilities, randomStream } from '../../measure/synthetic.js';
import { clusters, linear } from '../../support/datasets.js';

const ROWS = 90;
const PLAN = { members: 4, hidden: [4], epochs: 2, seed: 1 };
const ensemble = await trainEnsemble(clusters(60, 3, 3), PLAN);
const numbers = await trainEnsemble(linear(60, 3, 2), { ...PLAN, loss: 'gaussianNll' });

const random = randomStream(4);
const LABELS = Int32Array.from({ length: ROWS }, () => random.below(3));
const ROW_WEIGHTS = Float32Array.from({ length: ROWS }, () => random.below(3) / 2);
const MASK = Uint8Array.from({ length: 4 * ROWS }, () => Number(random.uniform() < 0.5));

function classRows(more: Partial<KnownRows> = {}): KnownRows {
  const stream = randomStream(8);
  const members = Array.from({ length: 4 }, () => ({
    ...{
      rows: ROWS,
      outputs: 3,
      mean: randomProbabilities(ROWS, 3, stream),
      logProbabilities: null,
      variance: null,
    },
  }));
  return {
    ...{
      task: ensemble.task,
      rowsFrom: 'heldOut',
      rows: ROWS,
      outputs: 3,
      index: new Uint32Array(ROWS),
      members,
    },
    truth: { rows: ROWS, labels: LABELS, targets: new Float64Array(0) },
    ...{ weights: null, mask: null, combined: aggregate('arithmeticMean', members, ensemble.task) },
    ...more,
  };
}

function numberRows(): KnownRows {
  const stream = randomStream(9);
  const targets = Float64Array.from({ length: 2 * ROWS }, () => stream.normal());
  const members = Array.from({ length: 4 }, () => ({
    ...{ rows: ROWS, outputs: 2, logProbabilities: null },
    mean: targets.map((value) => value + stream.normal()),
    variance: targets.map(() => 0.5 + stream.uniform()),
  }));
  return {
    ...{
      task: numbers.task,
      rowsFrom: 'heldOut',
      rows: ROWS,
      outputs: 2,
      index: new Uint32Array(ROWS),
      members,
    },
    truth: { rows: ROWS, labels: new Int32Array(0), targets },
    ...{ weights: null, mask: null, combined: aggregate('arithmeticMean', members, numbers.task) },
  };
}

type Loss = (mean: ArrayLike<number>, row: number, label: number) => number;

const LOSSES: Readonly<Record<string, Loss>> = {
  logLoss: (mean, row) => -Math.log(mean[row * 3 + LABELS[row]!]!),
  squaredError: (mean, row) =>
    [0, 1, 2].reduce((sum, c) => sum + (mean[row * 3 + c]! - Number(c === LABELS[row])) ** 2, 0),
  errorRate: (_, row, label) => Number(label !== LABELS[row]),
};

/** The mean loss of some of the members, combined anew, over the rows where some of `others` are left. */
function lossOf(
  known: KnownRows,
  places: readonly number[],
  others: readonly number[],
  { metric, aggregator, weights }: { metric: string; aggregator: Aggregator; weights: readonly number[] },
): number {
  const counts = (place: number, row: number) =>
    weights[place]! > 0 && (known.mask === null || known.mask[place * ROWS + row] === 1);
  let [sum, total] = [0, 0];
  for (let row = 0; row < ROWS; row++) {
    if (!others.some((place) => counts(place, row))) continue;
    const own = places.filter((place) => counts(place, row));
    const one = own.map((place): Predictions => {
      const { mean } = known.members[place]!;
      return {
        rows: 1,
        outputs: 3,
        mean: mean.slice(3 * row, 3 * row + 3),
        logProbabilities: null,
        variance: null,
      };
    });
    const { mean, labels } = aggregate(aggregator, one, known.task, {
      weights: own.map((place) => weights[place]!),
    });
    const whole = new Float64Array(3 * ROWS);
    whole.set(mean, 3 * row);
    sum += (known.weights?.[row] ?? 1) * LOSSES[metric]!(whole, row, labels![0]!);
    total += known.weights?.[row] ?? 1;
  }
  return sum / total;
}

for (const [name, more, weights] of [
  ['held out', {}, [1, 1, 1, 1]],
  ['held out, with row weights and weights of members', { weights: ROW_WEIGHTS }, [1, 0, 3, 2]],
  [
    'out of bag, with both',
    { weights: ROW_WEIGHTS, mask: MASK, rowsFrom: 'outOfBag' as const },
    [1, 2, 3, 1],
  ],
] as const) {
  for (const [aggregator, metric] of [
    ['arithmeticMean', 'logLoss'],
    ['arithmeticMean', 'squaredError'],
    ['geometricMean', 'logLoss'],
    ['majorityVote', 'errorRate'],
  ] as const) {
    t.test(
      `${name}: what the ${aggregator}’s ${metric} is without each member, as combined anew`,
      async (t) => {
        const known = classRows(more);
        const found = leaderboardOf(ensemble, known, {
          aggregator,
          metric,
          weights: [...weights],
          sort: 'member',
        });
        const all = [0, 1, 2, 3];
        const settings = { metric, aggregator, weights };
        t.ok(close(found.score, lossOf(known, all, all, settings), 1e-6));
        for (const member of found.members) {
          const others = all.filter((place) => place !== member.place);
          const without = lossOf(known, others, others, settings);
          t.ok(close(member.scoreWithout, without, 1e-6), `${member.scoreWithout} and ${without}`);
          const gain = without - lossOf(known, all, others, settings);
          t.ok(Math.abs(member.contribution! - gain) < 1e-6);
          const alone = lossOf({ ...known }, [member.place], [member.place], {
            ...settings,
            weights: [1, 1, 1, 1],
          });
          t.ok(close(member.score, alone, 1e-6), 'its own, whatever its weight');
        }
      },
    );
  }
}

t.test('ρ with the rest, from the errors themselves; of the mean of the others', async (t) => {
  const known = classRows({ weights: ROW_WEIGHTS, mask: MASK, rowsFrom: 'outOfBag' });
  const { members } = leaderboardOf(ensemble, known, { weights: [1, 2, 3, 1] });
  for (const { place, rho, squaredError, restError } of members) {
    let [own, all, ofBoth, rest, both, shared] = [0, 0, 0, 0, 0, 0];
    for (let row = 0; row < ROWS; row++) {
      if (MASK[place * ROWS + row] === 0) continue;
      const others = [0, 1, 2, 3].filter((other) => other !== place && MASK[other * ROWS + row] === 1);
      const total = others.reduce((sum, other) => sum + [1, 2, 3, 1][other]!, 0);
      all += ROW_WEIGHTS[row]!;
      if (others.length > 0) shared += ROW_WEIGHTS[row]!;
      for (let c = 0; c < 3; c++) {
        const error = (member: number) =>
          known.members[member]!.mean[3 * row + c]! - Number(c === LABELS[row]);
        own += ROW_WEIGHTS[row]! * error(place) ** 2;
        if (others.length === 0) continue;
        const mean = others.reduce((sum, other) => sum + ([1, 2, 3, 1][other]! / total) * error(other), 0);
        ofBoth += ROW_WEIGHTS[row]! * error(place) ** 2;
        rest += ROW_WEIGHTS[row]! * mean ** 2;
        both += ROW_WEIGHTS[row]! * mean * error(place);
      }
    }
    t.ok(close(rho, both / Math.sqrt(ofBoth * rest), 1e-9));
    t.ok(close(squaredError, own / all, 1e-9) && close(restError, rest / shared, 1e-9));
  }
});

t.test('the standard error of a contribution is that of a mean of paired differences', async (t) => {
  const known = classRows();
  const { members } = leaderboardOf(ensemble, known, { metric: 'squaredError', sort: 'member' });
  const loss = (mean: ArrayLike<number>, row: number) => LOSSES.squaredError!(mean, row, 0);
  for (const { place, standardError } of members) {
    const others = known.members.filter((_, at) => at !== place);
    const [all, without] = [known.members, others].map((own) => {
      const mean = new Float64Array(3 * ROWS);
      for (const { mean: one } of own)
        one.forEach((value, at) => {
          mean[at]! += value / own.length;
        });
      return mean;
    });
    const differences = Array.from({ length: ROWS }, (_, row) => loss(all!, row) - loss(without!, row));
    const centre = differences.reduce((sum, value) => sum + value, 0) / ROWS;
    const variance = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (ROWS - 1);
    t.ok(close(standardError, Math.sqrt(variance / ROWS), 1e-9));
  }
});

t.test('numbers: RMSE by default; products of Gaussians are combined anew without each member', async (t) => {
  const known = numberRows();
  for (const aggregator of ['arithmeticMean', 'geometricMean'] as const) {
    const found = leaderboardOf(numbers, known, { aggregator, sort: 'member' });
    t.equal(found.metric, 'rmse');
    for (const { place, contribution, scoreWithout } of found.members) {
      const rmse = (members: readonly Predictions[]) => {
        const { mean } = aggregate(aggregator, members, numbers.task);
        const squares = [...mean].map((value, at) => (value - known.truth.targets[at]!) ** 2);
        return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
      };
      const without = rmse(known.members.filter((_, at) => at !== place));
      t.ok(close(scoreWithout, without, 1e-9));
      t.ok(Math.abs(contribution! - (without - rmse(known.members))) < 1e-9);
    }
  }
});

t.test('metrics of all rows at once, where more is better: a contribution above 0 still helps', async (t) => {
  const known = classRows();
  const found = leaderboardOf(ensemble, known, { metric: 'auroc' });
  t.equal(found.better, 'more');
  for (const { contribution, scoreWithout, standardError } of found.members) {
    t.ok(close(contribution, found.score! - scoreWithout!));
    t.equal(standardError, null);
  }
  const scores = found.members.map(({ score }) => score!);
  t.strictSame(
    scores,
    [...scores].sort((a, b) => b - a),
    'the best first',
  );
});

t.test('in the order that is asked for', async (t) => {
  const known = classRows();
  const order = (sort: LeaderboardSort, times?: number[]) =>
    leaderboardOf(ensemble, known, { sort }, times).members;
  const rising = (values: readonly number[]) =>
    t.strictSame(
      values,
      [...values].sort((a, b) => a - b),
    );
  rising(order('score').map(({ score }) => score!));
  rising(order('contribution').map(({ contribution }) => -contribution!));
  rising(order('rho').map(({ rho }) => rho!));
  rising(order('time', [4, 1, 3, 2]).map(({ msPerRow }) => msPerRow!));
  t.strictSame(
    order('member').map(({ place }) => place),
    [0, 1, 2, 3],
  );
});

t.test('a member of weight 0 adds nothing; of one member nobody is left', async (t) => {
  const found = leaderboardOf(ensemble, classRows(), { weights: [1, 1, 0, 1], sort: 'member' });
  t.equal(found.members[2]!.contribution, 0);
  const one: TrainedEnsemble = { ...ensemble, members: [ensemble.members[1]!] };
  const known = classRows();
  const single = leaderboardOf(one, { ...known, members: [known.members[1]!] });
  const [member] = single.members;
  t.same([member!.contribution, member!.rho, member!.standardError], [null, null, null]);
  t.equal(member!.index, 1);
  t.equal(member!.score, single.score);
});

t.test('of a dataset: the figures of its known rows, and what members differ in', async (t) => {
  const dataset = clusters(200, 4, 3);
  const grown = await trainEnsemble(dataset, { ...PLAN, grid: { l2: [0, 0.01] } });
  const found = await leaderboard(grown, clusters(300, 4, 3, 1), { sort: 'member' });
  const report = await grown.evaluate(clusters(300, 4, 3, 1), { curves: false, replicates: 0 });
  t.ok(close(found.score, report.logLoss as number, 1e-6));
  found.members.forEach(({ scores, squaredError, msPerRow, epochs }, at) => {
    t.strictSame(scores, report.measurement.memberScores[at]);
    t.ok(close(squaredError, report.errorCorrelation.memberErrors[at]!, 1e-9));
    t.ok(msPerRow! > 0);
    t.equal(epochs, 2);
  });
  t.strictSame(
    found.members.map(({ options }) => options),
    [['l2 0'], ['l2 0.01'], ['l2 0'], ['l2 0.01']],
  );
  const untimed = await leaderboard(grown, dataset, { times: false });
  t.ok(untimed.members.every(({ msPerRow }) => msPerRow === null));
  t.equal(found.trainedMs, grown.wallMs);
  t.equal(untimed.trainedMs, null);
  const loaded = await Ensemble.load(await grown.toBytes());
  t.equal((await loaded.leaderboard(dataset)).trainedMs, null, 'files keep no times');
});

t.test('out of bag: its training rows, each by those that never saw it', async (t) => {
  const dataset = clusters(200, 4, 3);
  const bagged = await trainEnsemble(dataset, { ...PLAN, resample: 'bootstrap' });
  const found = await leaderboard(bagged, dataset, { outOfBag: true, metric: 'squaredError', times: false });
  const report = await bagged.evaluateOutOfBag(dataset, { replicates: 0 });
  t.equal(found.rowsFrom, 'outOfBag');
  t.ok(close(found.score, report.errorCorrelation.measured, 1e-6));
  const none = await trainEnsemble(dataset, { ...PLAN, resample: 'none' });
  await t.rejects(leaderboard(none, dataset, { outOfBag: true }), {
    code: 'ERR_DATA',
    message: /out of bag/,
  });
});

t.test('what does not fit is refused in one line', async (t) => {
  const dataset = clusters(60, 3, 3);
  await t.rejects(leaderboard(ensemble, dataset, { metric: 'rmse' }), {
    ...{ code: 'ERR_OPTION', message: /^Expected `metric` to be one of accuracy, / },
  });
  await t.rejects(leaderboard(ensemble, dataset, { aggregator: 'majorityVote', metric: 'logLoss' }), {
    code: 'ERR_OPTION',
  });
  await t.rejects(leaderboard(ensemble, dataset, { sort: 'name' as never }), {
    code: 'ERR_OPTION',
    message: /`sort`/,
  });
  await t.rejects(leaderboard(numbers, linear(30, 3, 2), { metric: 'nll' }), { code: 'ERR_OPTION' });
  await t.rejects(leaderboard(new Ensemble({ ...ensemble, members: [] }), dataset), { code: 'ERR_BUNDLE' });
  t.throws(() => leaderboardOf(ensemble, { ...classRows(), members: [] }), { code: 'ERR_SHAPE' });
});
