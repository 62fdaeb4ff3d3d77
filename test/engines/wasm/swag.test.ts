// Members drawn from the Gaussian of a run's last weights: its moments against those of the weights themselves, and the draws
// against its variances.

import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { Swag } from '../../../src/engines/wasm/swag.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { createPool } from '../../../src/pool/pool.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { optionsOfPlan } from '../../../src/training/options/options-of-plan.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';
import { messageRunner } from '../../support/message-runner.js';

t.test('draws have the mean and the covariance that the weights have', async (t) => {
  const [length, epochs, rank, before] = [5, 12, 4, 3];
  const region = () => new Float32Array(length);
  const regions = { mean: region(), squares: region(), deviations: Array.from({ length: rank }, region) };
  const swag = new Swag({ trajectoryStart: before / epochs, rank }, epochs, regions);
  const random = new RandomStream(streamKey(5, 'noise'));
  const seen: number[][] = [];
  const means: number[][] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const common = random.normal();
    const weights = Float32Array.from({ length }, (_, i) => i + 0.3 * common + 0.1 * random.normal());
    swag.afterEpoch(epoch, weights);
    if (epoch <= before) continue;
    seen.push(Array.from(weights));
    means.push(weights.map((_, i) => seen.reduce((sum, one) => sum + one[i]!, 0) / seen.length) as never);
  }
  const mean = means.at(-1)!;
  const kept = seen.map((one, n) => one.map((w, i) => w - means[n]![i]!)).slice(-rank);
  const covariance = (i: number, j: number) => {
    const own = seen.reduce((sum, one) => sum + (one[i]! - mean[i]!) ** 2, 0) / seen.length;
    const low = kept.reduce((sum, one) => sum + one[i]! * one[j]!, 0) / (rank - 1);
    return (low + (i === j ? own : 0)) / 2;
  };
  const draws = 40_000;
  const sums = new Float64Array(length);
  const products = new Float64Array(length * length);
  const into = region();
  for (let draw = 0; draw < draws; draw++) {
    swag.draw(streamKey(2, 'swag', 0, draw), epochs, (own) => own, into);
    for (let i = 0; i < length; i++) {
      sums[i]! += (into[i]! - mean[i]!) / draws;
      for (let j = 0; j < length; j++) {
        products[i * length + j]! += ((into[i]! - mean[i]!) * (into[j]! - mean[j]!)) / draws;
      }
    }
  }
  for (let i = 0; i < length; i++) {
    const deviation = Math.sqrt(covariance(i, i));
    t.ok(Math.abs(sums[i]!) < (5 * deviation) / Math.sqrt(draws), `mean of ${i} is off by ${sums[i]}`);
    for (let j = 0; j < length; j++) {
      const off = products[i * length + j]! - covariance(i, j);
      const error = Math.sqrt((covariance(i, i) * covariance(j, j) + covariance(i, j) ** 2) / draws);
      t.ok(Math.abs(off) < 5 * error, `covariance ${i}, ${j} is off by ${off} of ${error}`);
    }
  }
});

const dataset = clusters(70, 10, 3);
const BASE: TrainingOptions = { members: 2, hidden: [9], epochs: 9, batchSize: 16, seed: 3 };

t.test(
  'members of swag, and of fast geometric ensembling, are the same on threads and on other hosts',
  async (t) => {
    await using pool = createPool({ threads: 2 });
    for (const snapshotMode of ['swag', 'fastGeometric'] as const) {
      const options: TrainingOptions = { ...BASE, snapshots: 2, snapshotMode, trajectoryStart: 0.4 };
      const ensemble = await trainEnsemble(dataset, options);
      const { members, plan } = ensemble;
      t.equal(members.length, 4);
      t.notSame(members[0]!.parameters, members[1]!.parameters);
      t.strictSame(
        members.map(({ history }) => history.length),
        snapshotMode === 'swag' ? [9, 9, 9, 9] : [5, 4, 5, 4],
      );
      for (const runner of [pool, messageRunner(snapshotMode === 'swag' ? 5 : null)]) {
        t.equal(contentHash(await trainEnsemble(dataset, options, { runner })), contentHash(ensemble));
      }
      const said = optionsOfPlan(plan, dataset);
      t.match(said, { snapshots: 2, snapshotMode, trajectoryStart: 0.4 });
    }
  },
);

t.test(
  'averages are judged by the rows that stop a member, and the same wherever it is trained',
  async (t) => {
    const options: TrainingOptions = {
      ...BASE,
      epochs: 30,
      weightAverage: 'ema',
      averageDecay: 0.95,
      patience: 2,
    };
    const ensemble = await trainEnsemble(dataset, options);
    t.ok(
      ensemble.members.every(({ epoch, history }) => epoch === history.length - 2 || history.length === 30),
    );
    const elsewhere = await trainEnsemble(dataset, options, { runner: messageRunner(3) });
    t.equal(contentHash(elsewhere), contentHash(ensemble));
    t.match(optionsOfPlan(ensemble.plan, dataset), { weightAverage: 'ema', averageDecay: 0.95 });
  },
);

t.test('what makes no sense beside snapshots is refused', async (t) => {
  const refuse = (options: TrainingOptions, message: RegExp) =>
    t.rejects(trainEnsemble(dataset, { ...BASE, snapshots: 3, ...options }), { code: 'ERR_OPTION', message });
  await refuse({ weightAverage: 'swa' }, /`weightAverage` to be none with `snapshots`/);
  await refuse({ snapshotMode: 'swag', earlyStopping: 'outOfBag' }, /`earlyStopping` to be none/);
  await refuse({ snapshotMode: 'fastGeometric', schedule: 'cosine' }, /`schedule` to be absent/);
  await refuse({ snapshotMode: 'fastGeometric' }, /`epochs` to be at least 5 after `trajectoryStart`/);
  await refuse({ snapshots: 1, mixup: 0.2, adversarialEpsilon: 0.1 }, /`mixup` to be 0 with/);
});
