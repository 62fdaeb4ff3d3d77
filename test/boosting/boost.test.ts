// Boosted nets: residuals against finite differences, steps against a search, and the ensemble against the sum.

import t from 'tap';
import { boostEnsemble } from '../../src/boosting/boost.js';
import { type BoostedTruth, lineSearch, lossOf, pseudoResiduals } from '../../src/boosting/boosting-loss.js';
import type { BoostOptions, BoostProgress } from '../../src/boosting/options.js';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import { splitRows } from '../../src/data/split.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { joinRecords } from '../../src/ensemble/join-ensembles.js';
import { drawCandidates } from '../../src/ensemble/member-rows.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { pruneEnsemble } from '../../src/ensemble/select/prune-members.js';
import { selectMembers } from '../../src/ensemble/select/select-members.js';
import { createPool } from '../../src/pool/pool.js';
import { refitEnsemble } from '../../src/refitting/refit.js';
import { leaderboard } from '../../src/studies/leaderboard/leaderboard-of-rows.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import { clusters, linear, taught } from '../support/datasets.js';

const noise = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, at) => Math.sin(12.9898 * (at + 1) * seed) * 1.5);

function truthOf(dataset: Dataset, outputs: number): BoostedTruth {
  const { task, labels, rowWeights: weights } = dataset;
  const targets = task.kind === 'regression' ? taught(dataset) : new Float32Array(0);
  return { task, outputs, labels, targets, weights };
}

/** Loss of the ensemble's answers on rows, as the held-out loss is defined. */
async function lossOfAnswers(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  outputs: number,
  rows: Uint32Array,
) {
  const { mean } = await predictEnsemble(ensemble, dataset.x);
  const scale = dataset.encoding.targets;
  let loss = 0;
  for (const row of rows) {
    const own = [...mean.subarray(row * outputs, (row + 1) * outputs)];
    if (dataset.task.kind === 'classification') loss -= Math.log(own[dataset.labels[row]!]!);
    else {
      const errors = own.map((value, k) => (value - dataset.targets[row * outputs + k]!) / scale.std[k]!);
      loss += errors.reduce((all, error) => all + error ** 2, 0) / outputs;
    }
  }
  return loss / rows.length;
}

const pool = createPool({ threads: 2 });
t.teardown(() => pool[Symbol.asyncDispose]());

const CASES = [
  ['classes', clusters(90, 4, 3), 3],
  ['numbers', linear(90, 4, 2), 2],
] as const;

for (const [name, dataset, outputs] of CASES) {
  const truth = truthOf(dataset, outputs);
  const rows = Uint32Array.from({ length: dataset.rows }, (_, row) => row);

  t.test(`${name}: pseudo-residuals are the negative gradient of the loss`, async (t) => {
    const sum = noise(dataset.rows * outputs, 1);
    const residuals = pseudoResiduals(truth, sum, rows);
    for (let at = 0; at < residuals.length; at += 7) {
      const [up, down] = [Float64Array.from(sum), Float64Array.from(sum)];
      up[at]! += 1e-4;
      down[at]! -= 1e-4;
      const slope = (lossOf(truth, up, rows) - lossOf(truth, down, rows)) / 2e-4;
      // Of squared error half the gradient, of the sum and not the mean over outputs.
      const scale = dataset.rows * (name === 'numbers' ? outputs / 2 : 1);
      t.ok(Math.abs(residuals[at]! + slope * scale) < 1e-4, `${residuals[at]} for ${-slope * scale}`);
    }
  });

  t.test(`${name}: the step is the best along the net`, async (t) => {
    const [sum, f] = [noise(dataset.rows * outputs, 1), noise(dataset.rows * outputs, 3)];
    const step = lineSearch(truth, sum, f, rows);
    const at = (gamma: number) =>
      lossOf(
        truth,
        sum.map((value, i) => value + gamma * f[i]!),
        rows,
      );
    for (const off of [-0.1, -0.01, 0.01, 0.1]) t.ok(at(step) < at(step + off), `${step} and ${step + off}`);
  });

  t.test(`${name}: the ensemble is the sum, and stops where rows held out say`, async (t) => {
    const options = { rounds: 30, patience: 3, hidden: [6], epochs: 5, seed: 4 };
    const { ensemble, rounds, kept } = await boostEnsemble(dataset, options);
    t.equal(ensemble.members.length, kept);
    t.ok(kept > 1);
    const held = rounds.map(({ heldOutLoss }) => heldOutLoss);
    t.equal(Math.min(...held), held[kept - 1]);
    t.ok(rounds.length === 30 || rounds.length === kept + 3, 'patience');
    t.ok(rounds.at(-1)!.loss < rounds[0]!.loss);
    const split = splitRows({ rows: dataset.rows, labels: dataset.labels, share: 0.15, seed: 4 });
    const { mean } = await predictEnsemble(ensemble, dataset.x);
    const found = await lossOfAnswers(ensemble, dataset, outputs, split.test);
    t.ok(Math.abs(found - held[kept - 1]!) < 1e-4, `${found} for ${held[kept - 1]}`);
    t.equal(
      contentHash((await boostEnsemble(dataset, { ...options, runner: pool })).ensemble),
      contentHash(ensemble),
    );
    const path = `${t.testdir()}/boosted.tutti`;
    await saveEnsemble(ensemble, path);
    t.same((await predictEnsemble(await loadEnsemble(path), dataset.x)).mean, mean);
    await t.rejects(extendEnsemble(ensemble, dataset, { members: kept + 1 }), {
      code: 'ERR_OPTION',
      message: /boosted/,
    });
  });

  t.test(
    `${name}: nets trained together are their sum, the same on any threads, saved and stopped`,
    async (t) => {
      const options: BoostOptions = { kind: 'soft', rounds: 4, hidden: [6], patience: 5, seed: 4 };
      const { ensemble, rounds, kept, endedBy } = await boostEnsemble(dataset, options);
      t.equal(ensemble.members.length, 4);
      // Of the numbers every epoch makes it a little better.
      t.equal(endedBy, name === 'classes' ? 'patience' : 'rounds');
      t.equal(rounds.length, name === 'classes' ? kept + 5 : 200);
      const held = rounds.map(({ heldOutLoss }) => heldOutLoss);
      t.equal(Math.min(...held), held[kept - 1]);
      t.ok(held[kept - 1]! < held[0]! / 2);
      const rows = drawCandidates(ensemble.plan, dataset).validation;
      t.ok(rows.length > 10);
      t.equal((await predictEnsemble(ensemble, dataset.x)).variance, null);
      const found = await lossOfAnswers(ensemble, dataset, outputs, rows);
      t.ok(Math.abs(found - held[kept - 1]!) < 1e-4, `${found} for ${held[kept - 1]}`);
      const hash = contentHash(ensemble);
      const watched: BoostProgress[] = [];
      const again = {
        ...options,
        runner: pool,
        onProgress: (progress: BoostProgress) => watched.push(progress),
      };
      t.equal(contentHash((await boostEnsemble(dataset, again)).ensemble), hash);
      t.equal(watched.at(-1)!.best, kept);
      t.same(
        watched.map(({ heldOutLoss }) => heldOutLoss),
        held,
      );
      const path = `${t.testdir()}/soft.tutti`;
      await saveEnsemble(ensemble, path);
      const loaded = await loadEnsemble(path);
      t.same(
        (await predictEnsemble(loaded, dataset.x)).mean,
        (await predictEnsemble(ensemble, dataset.x)).mean,
      );
      await t.rejects(extendEnsemble(loaded, dataset, { members: 5 }), {
        code: 'ERR_OPTION',
        message: /boosted/,
      });
    },
  );

  for (const kind of ['gradient', 'soft'] as const) {
    t.test(`${name}, ${kind}: a signal ends it, and what is there may be kept`, async (t) => {
      const stopping = new AbortController();
      const { signal } = stopping;
      const onProgress = ({ done }: BoostProgress) => {
        if (done === 3) stopping.abort();
      };
      const options = { kind, rounds: 9, hidden: [6], epochs: 9, signal, onProgress, seed: 1 };
      const { ensemble, rounds, endedBy } = await boostEnsemble(dataset, { ...options, onInterrupt: 'keep' });
      t.equal(endedBy, 'signal');
      t.equal(rounds.length, 3);
      t.equal(ensemble.members.length, kind === 'soft' ? 9 : 3);
      await t.rejects(boostEnsemble(dataset, options), { name: 'AbortError' });
    });
  }
}

t.test(
  'a sum of classes trained together has the temperature that suits the rows held out best',
  async (t) => {
    const dataset = clusters(240, 4, 3);
    const { ensemble } = await boostEnsemble(dataset, {
      kind: 'soft',
      rounds: 3,
      hidden: [8],
      epochs: 60,
      seed: 2,
    });
    const rows = drawCandidates(ensemble.plan, dataset).validation;
    const { calibration } = ensemble;
    t.match(calibration, { method: 'temperature', aggregator: 'geometricMean', rows: rows.length });
    const temperature = calibration!.parameters[0]!;
    t.ok(temperature < 0.8, `${temperature}`);
    const loss = await lossOfAnswers(ensemble, dataset, 3, rows);
    for (const other of [1, 1.1 * temperature, 0.9 * temperature]) {
      const cooled = { ...ensemble, calibration: { ...calibration!, parameters: [other] } };
      t.ok((await lossOfAnswers(cooled, dataset, 3, rows)) > loss, `${other}`);
    }
  },
);

t.test('a sum is measured as one predictor, and refused where members are taken one by one', async (t) => {
  for (const kind of ['gradient', 'soft'] as const) {
    const [[, dataset]] = CASES;
    const { ensemble } = await boostEnsemble(dataset, { kind, rounds: 3, hidden: [4], epochs: 3 });
    const {
      errorCorrelation,
      memberScores,
      ensemble: scores,
    } = await evaluateEnsemble(ensemble, dataset, {
      replicates: 0,
      curves: false,
    });
    const { mean } = await predictEnsemble(ensemble, dataset.x);
    const right = [...dataset.labels].filter((label, row) => {
      const own = [...mean.subarray(3 * row, 3 * row + 3)];
      return own.indexOf(Math.max(...own)) === label;
    });
    t.equal(scores!.accuracy, right.length / dataset.rows);
    t.equal(memberScores.length, 1);
    t.match(errorCorrelation, { memberCount: 1, c: null, rho: null });
    const message = /boosted one, whose nets are terms of one sum/;
    const refused = { code: 'ERR_OPTION', message };
    await t.rejects(refitEnsemble(ensemble, dataset), refused);
    await t.rejects(pruneEnsemble(ensemble, dataset, { members: 2 }), refused);
    await t.rejects(selectMembers(ensemble, dataset), refused);
    await t.rejects(leaderboard(ensemble, dataset), refused);
    t.throws(() => joinRecords([ensemble, ensemble]), refused);
  }
});

t.test('what has no meaning is refused', async (t) => {
  const [, [, numbers]] = CASES;
  const refused = (options: BoostOptions, message: RegExp) =>
    t.rejects(boostEnsemble(numbers, options), { code: 'ERR_OPTION', message });
  await refused({ kind: 'soft', rounds: 1 }, /rounds/);
  await refused({ shrinkage: 2 }, /shrinkage/);
  await refused({ kind: 'hard' as 'soft' }, /kind/);
});
