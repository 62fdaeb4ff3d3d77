// Members of different engines, losses and feature subsets in one ensemble: averaged, measured kind by kind, saved.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import type { Values } from '../../src/data/dataset/dataset.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { selectMembers } from '../../src/ensemble/select/select-members.js';
import { errorCorrelation } from '../../src/entry-points/measure.js';
import { createPool, type TrainedEnsemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters, linear } from '../support/datasets.js';
import { CENTROIDS, learnerOf } from '../support/learners.js';

const learners = fileURLToPath(new URL('../../../scripts/examples/learners/', import.meta.url));
const dataset = clusters(120, 6, 2);
const fresh = clusters(200, 6, 2, 5);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });

const OPTIONS = {
  ...{ seed: 4, epochs: 12, hidden: [8], learnerOptions: { k: 3 } },
  members: [
    {},
    { loss: 'binaryCrossEntropy', activation: 'tanh', featureShare: 0.5 },
    { engine: 'neighbours', resample: 'none' },
    { learner: join(learners, 'tree.mjs'), resample: 'subsample', resampleShare: 0.6 },
    { learner: join(learners, 'nearest.mjs'), featureShare: 0.7 },
    { learner: join(learners, 'linear.mjs') },
    { learner: join(folder, 'centroids.mjs') },
    { learner: join(folder, 'centroids.mjs') },
  ],
} as const satisfies TrainingOptions;

let ensemble: TrainedEnsemble;
t.before(async () => {
  await using pool = createPool({ threads: 2 });
  ensemble = await trainEnsemble(dataset, OPTIONS, { runner: pool });
});

/** What a loader has to allow. */
const modulePaths = OPTIONS.members.flatMap((own) => ('learner' in own ? [own.learner] : []));

/** The ensemble with these members alone. */
const only = (...places: number[]): TrainedEnsemble => ({
  ...ensemble,
  members: places.map((at) => ensemble.members[at]!),
  complete: false,
});

t.test('every one is trained, and predicts alone what it adds to the mean', async (t) => {
  t.same(ensemble.failures, []);
  const { mean } = await predictEnsemble(ensemble, fresh.x);
  const sums = new Float64Array(mean.length);
  for (const at of OPTIONS.members.keys()) {
    const alone = await predictEnsemble(only(at), fresh.x);
    alone.mean.forEach((value, i) => {
      sums[i]! += value / OPTIONS.members.length;
    });
  }
  t.ok(mean.every((value, i) => Math.abs(value - sums[i]!) < 1e-6));
});

t.test('v, c and ρ are measured kind by kind, as of the kind alone', async (t) => {
  const { kinds, errorCorrelation: all } = await evaluateEnsemble(ensemble, fresh);
  t.same(
    kinds.map(({ kind, memberIndices: members }) => [kind, members]),
    [
      ['network (8 gelu; loss softmaxCrossEntropy; featureShare 1)', [0]],
      ['network (8 tanh; loss binaryCrossEntropy; featureShare 0.5)', [1]],
      ['neighbours', [2]],
      ['learner tree.mjs', [3]],
      ['learner nearest.mjs', [4]],
      ['learner linear.mjs', [5]],
      ['learner centroids.mjs', [6, 7]],
    ],
  );
  t.equal(all.memberCount, 8);
  for (const { memberIndices: members, errorCorrelation: own, meanMember } of kinds) {
    const predictions: Values[] = [];
    for (const at of members) predictions.push((await predictEnsemble(only(at), fresh.x)).mean);
    const columns = predictions.map((mean) => Array.from({ length: 200 }, (_, row) => mean[2 * row + 1]!));
    const labels = Array.from(fresh.labels, (label) => String(label));
    const expected = errorCorrelation(columns, labels, { task: 'classification', replicates: 0 });
    t.ok(Math.abs(own!.v - expected.v) < 1e-5);
    t.equal(own!.c === null, expected.c === null);
    if (expected.c !== null) t.ok(Math.abs(own!.c! - expected.c) < 1e-5);
    const right = (mean: Values) =>
      fresh.labels.filter((label, row) => label === (mean[2 * row + 1]! > mean[2 * row]! ? 1 : 0)).length /
      200;
    const accuracies = predictions.map(right);
    const mean = accuracies.reduce((sum, share) => sum + share) / accuracies.length;
    t.ok(Math.abs(meanMember!.accuracy! - mean) < 1e-12);
  }
  t.same((await evaluateEnsemble(only(6, 7), fresh)).kinds, [], 'one kind is the whole ensemble');
});

t.test('out of bag too; a kind that saw every row has no figures there', async (t) => {
  const measured = (await evaluateOutOfBag(ensemble, dataset))!;
  const byName = new Map(measured.kinds.map((kind) => [kind.kind, kind]));
  t.same([byName.get('neighbours')!.errorCorrelation, byName.get('neighbours')!.meanMember], [null, null]);
  const own = byName.get('learner centroids.mjs')!;
  const alone = (await evaluateOutOfBag(only(6, 7), dataset))!;
  t.same(own.meanMember, alone.meanMember);
  const { covariance: _, ...figures } = alone.errorCorrelation;
  t.match(own.errorCorrelation, figures);
});

t.test('a probability of 0 is floored in a geometric mean, and counted', async (t) => {
  const sure = join(
    t.testdir({
      'sure.mjs': learnerOf({
        fit: '() => null',
        predict: '(model, x, rows) => Float32Array.from({ length: 2 * rows }, (_, at) => at % 2)',
      }),
    }),
    'sure.mjs',
  );
  const { members } = OPTIONS;
  const both = await trainEnsemble(dataset, {
    seed: 4,
    epochs: 12,
    members: [members[0], { learner: sure }],
  });
  const { mean, flooredCount } = await predictEnsemble(both, fresh.x, { aggregator: 'geometricMean' });
  t.equal(flooredCount, 200);
  const network = (await predictEnsemble({ ...both, members: both.members.slice(0, 1) }, fresh.x)).mean;
  for (let row = 0; row < 200; row++) {
    const [no, yes] = [Math.sqrt(network[2 * row]! * 1e-6), Math.sqrt(network[2 * row + 1]!)];
    t.ok(Math.abs(mean[2 * row + 1]! - yes / (no + yes)) < 1e-5);
  }
});

t.test('weights chosen on other rows make the best of them', async (t) => {
  const { weights, score, equalWeights, bestMember } = await selectMembers(ensemble, fresh, {
    always: true,
  });
  t.equal(weights.length, 8);
  t.ok(score <= equalWeights && score <= bestMember.score);
  const weighted = withAveragingWeights(ensemble, weights);
  const measured = await evaluateEnsemble(weighted, fresh);
  t.ok(Math.abs(measured.ensemble!.logLoss! - score) < 1e-5);
});

t.test('a mixed ensemble of numbers averages in the units of the user', async (t) => {
  const values = linear(80, 4, 2);
  const members = ['tree.mjs', 'nearest.mjs', 'linear.mjs'].map((name) => ({
    learner: join(learners, name),
  }));
  const both = await trainEnsemble(values, { seed: 2, members: [{ hidden: [8], epochs: 60 }, ...members] });
  t.same(both.failures, []);
  const measured = await evaluateEnsemble(both, linear(200, 4, 2));
  const named = Object.fromEntries(measured.kinds.map(({ kind, errorCorrelation: own }) => [kind, own!.v]));
  t.ok(named['learner linear.mjs']! < 0.3, 'what is linear is learnt but for its noise of 2 × 0.09');
  t.ok(named['learner linear.mjs']! < named['learner tree.mjs']!);
  t.ok(measured.errorCorrelation.measured < measured.errorCorrelation.meanMember);
});

t.test('saved, it predicts the same in a process of its own', async (t) => {
  const path = join(t.testdir(), 'mixed.tutti');
  await saveEnsemble(ensemble, path);
  t.same((await loadEnsemble(path)).members, ensemble.members);
  const script = `
    import { Ensemble } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
    const ensemble = await Ensemble.load(${JSON.stringify(path)}, { allowModules: ${JSON.stringify(modulePaths)} });
    const { mean } = await ensemble.predict(new Float32Array(60).fill(0.5));
    console.log(JSON.stringify([...mean]));
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { mean } = await predictEnsemble(ensemble, new Float32Array(60).fill(0.5));
  t.same(JSON.parse(stdout), [...mean]);
});

t.test('prediction loads the engines that members need, and no other', async (t) => {
  const path = join(t.testdir(), 'some.tutti');
  const script = (bundle: string, allowModules: readonly string[]) => `
    import { register } from 'node:module';
    const seen = 'data:text/javascript,' + encodeURIComponent(
      "import { writeSync } from 'node:fs'; export async function load(url, context, next) { " +
      "if (url.includes('/engines/')) writeSync(1, url + ' '); return next(url, context); }");
    register(seen);
    const { Ensemble } = await import(${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)});
    const allowModules = ${JSON.stringify(allowModules)};
    await (await Ensemble.load(${JSON.stringify(bundle)}, { allowModules })).predict(new Float32Array(6));
  `;
  const loadedFor = async (...places: number[]) => {
    await saveEnsemble(only(...places), path);
    const args = ['--input-type=module', '--eval', script(path, modulePaths)];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return stdout;
  };
  const ofNetworks = await loadedFor(0, 1);
  t.notMatch(ofNetworks, /engines\/(learner|tfjs|neighbours)\/predictor/);
  const ofLearners = await loadedFor(5, 6);
  t.match(ofLearners, /engines\/learner\/predictor/);
  t.notMatch(ofLearners, /engines\/(tfjs|neighbours)\/predictor/);
});
