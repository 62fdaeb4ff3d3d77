// The nearest-neighbour member: what it stores, what it predicts, and that it is a member like any other.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { saveEnsemble } from '../../../src/bundle/save.js';
import { loadTraining } from '../../../src/data/load.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { tangentDistance } from '../../../src/entry-points/techniques.js';
import { createPool, Dataset, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { clusters, linear, seen, taught } from '../../support/datasets.js';

const dataset = clusters(90, 6, 3);
const ONE = { members: 1, engine: 'neighbours', resample: 'none', seed: 3 } as const;

/** Rows by ascending Euclidean distance from a point, found by sorting. */
function sortedByDistance(x: ArrayLike<number>, at: ArrayLike<number>, features: number) {
  return Array.from({ length: x.length / features }, (_, row) => {
    let square = 0;
    for (let f = 0; f < features; f++) square += (x[row * features + f]! - at[f]!) ** 2;
    return { row, distance: Math.sqrt(square) };
  }).sort((a, b) => a.distance - b.distance);
}

t.test('probabilities are votes of the k nearest rows, smoothed so that none is 0', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...ONE, neighbours: 4, voteSmoothing: 0.6 });
  const queries = clusters(40, 6, 3, 2).x;
  const { mean } = await predictEnsemble(ensemble, queries);
  const geometric = await predictEnsemble(ensemble, queries, { aggregator: 'geometricMean' });
  for (let row = 0; row < 40; row++) {
    const nearest = sortedByDistance(dataset.x, queries.subarray(row * 6, row * 6 + 6), 6).slice(0, 4);
    for (let c = 0; c < 3; c++) {
      const votes = nearest.filter((own) => dataset.labels[own.row] === c).length;
      const expected = (votes + 0.2) / 4.6;
      t.ok(Math.abs(mean[row * 3 + c]! - expected) < 1e-6, `row ${row}, class ${c}`);
      t.ok(Math.abs(geometric.mean[row * 3 + c]! - expected) < 1e-6, 'its logarithms say the same');
    }
  }
});

t.test('votes by inverse distance, and all of them for rows at distance 0', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...ONE, neighbours: 5, votes: 'inverseDistance' });
  const queries = clusters(10, 6, 3, 2).x;
  const { mean } = await predictEnsemble(ensemble, queries);
  for (let row = 0; row < 10; row++) {
    const nearest = sortedByDistance(dataset.x, queries.subarray(row * 6, row * 6 + 6), 6).slice(0, 5);
    const total = nearest.reduce((sum, { distance }) => sum + 1 / distance, 0);
    const own = nearest.filter((found) => dataset.labels[found.row] === 1);
    const share = own.reduce((sum, { distance }) => sum + 1 / distance, 0) / total;
    t.ok(Math.abs(mean[row * 3 + 1]! - (5 * share + 1 / 3) / 6) < 1e-6, `row ${row}`);
  }
  const seen = await predictEnsemble(ensemble, dataset.x);
  for (let row = 0; row < dataset.rows; row++) {
    t.ok(Math.abs(seen.mean[row * 3 + dataset.labels[row]!]! - (5 + 1 / 3) / 6) < 1e-6);
  }
});

t.test('numbers are averaged in the units of the user', async (t) => {
  const values = linear(60, 3, 2);
  const ensemble = await trainEnsemble(values, { ...ONE, neighbours: 3 });
  const queries = linear(20, 3, 2, 9).x;
  const { mean } = await predictEnsemble(ensemble, queries);
  const { mean: centre, std } = values.encoding.targets;
  for (let row = 0; row < 20; row++) {
    const nearest = sortedByDistance(values.x, queries.subarray(row * 3, row * 3 + 3), 3).slice(0, 3);
    for (let target = 0; target < 2; target++) {
      const sum = nearest.reduce((all, own) => all + taught(values)[own.row * 2 + target]!, 0);
      t.ok(Math.abs(mean[row * 2 + target]! - (centre[target]! + (std[target]! * sum) / 3)) < 1e-5);
    }
  }
});

t.test('a bootstrap stores its distinct rows, with their labels, in the order of the dataset', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...ONE, resample: 'bootstrap' });
  const { parameters: weights, inBagRows, history, epoch } = ensemble.members[0]!;
  t.equal(weights.length, inBagRows * 7);
  t.strictSame([history.length, epoch], [0, 0]);
  let previous = -1;
  for (let at = 0; at < weights.length; at += 7) {
    const row = sortedByDistance(dataset.x, weights.subarray(at, at + 6), 6)[0]!;
    t.equal(row.distance, 0);
    t.ok(row.row > previous);
    t.equal(weights[at + 6], dataset.labels[row.row]);
    previous = row.row;
  }
});

t.test('a random subspace looks at its own columns only', async (t) => {
  const options = { ...ONE, featureShare: 0.5, neighbours: 1 } as const;
  const ensemble = await trainEnsemble(dataset, options);
  t.equal(ensemble.members[0]!.parameters.length, 90 * 4);
  const { mean } = await predictEnsemble(ensemble, dataset.x);
  t.ok(dataset.labels.every((label, row) => mean[row * 3 + label]! > 0.5));
});

/** 8 × 8 images of two kinds of strokes at random places. */
function strokes(rows: number, seed: number): Dataset {
  const places = clusters(rows, 2, 2, seed).x;
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const x = Float32Array.from({ length: rows * 64 }, (_, at) => {
    const row = Math.floor(at / 64);
    const [column, line] = [at % 8, Math.floor((at % 64) / 8)];
    const across = column - 3.5 - 0.4 * places[row * 2]!;
    const down = line - 3.5 - 0.4 * places[row * 2 + 1]!;
    return (
      10 *
      Math.exp(
        -(labels[row] === 0 ? across * across + (down * down) / 9 : down * down + (across * across) / 9),
      )
    );
  });
  return Dataset.fromArrays({ x, rows, features: 64, labels, standardise: true });
}

t.test('the tangent distance of a member is that of the images in their own units', async (t) => {
  const images = strokes(30, 1);
  const { mean, std } = images.encoding.features!;
  const raw = (x: Float32Array, row: number) =>
    x.slice(row * 64, row * 64 + 64).map((value, i) => mean[i]! + std[i]! * value);
  const queries = strokes(12, 5);
  const pixels = Float32Array.from(queries.x);
  for (const distance of ['euclidean', 'tangentOneSided', 'tangentTwoSided'] as const) {
    const options: TrainingOptions = { ...ONE, distance, neighbours: 1, votes: 'equal', image: [8, 8] };
    const ensemble = await trainEnsemble(images, options);
    const predicted = await predictEnsemble(ensemble, pixels);
    const image = { channels: 1, height: 8, width: 8 };
    for (let row = 0; row < 12; row++) {
      const query = pixels.slice(row * 64, row * 64 + 64);
      const far = (other: number) => {
        const stored = raw(seen(images), other);
        if (distance !== 'euclidean') {
          return tangentDistance(query, stored, image, {
            sides: distance === 'tangentOneSided' ? 'one' : 'two',
          });
        }
        return Math.hypot(...query.map((value, i) => value - stored[i]!));
      };
      const all = Array.from({ length: 30 }, (_, other) => far(other));
      const label = images.labels[all.indexOf(Math.min(...all))]!;
      t.equal(predicted.labels![row], label, `${distance}, row ${row}`);
    }
  }
});

t.test('beside networks it is measured, out of bag too, saved and loaded', async (t) => {
  const options: TrainingOptions = {
    seed: 5,
    epochs: 3,
    members: [
      { engine: 'neighbours', neighbours: 3 },
      { hidden: [8] },
      { engine: 'neighbours', votes: 'inverseDistance', featureShare: 0.5 },
      { hidden: [4] },
    ],
  };
  const ensemble = await trainEnsemble(dataset, options);
  t.equal(ensemble.complete, true);
  const test = clusters(50, 6, 3, 1);
  const alone = await Promise.all(
    ensemble.members.map((member) => predictEnsemble({ ...ensemble, members: [member] }, test.x)),
  );
  const together = await predictEnsemble(ensemble, test.x);
  together.mean.forEach((value, at) => {
    const expected = alone.reduce((sum, { mean }) => sum + mean[at]! / 4, 0);
    t.ok(Math.abs(value - expected) < 1e-6);
  });
  const measured = await evaluateEnsemble(ensemble, test);
  t.equal(measured.memberScores.length, 4);
  t.ok(Number.isFinite(measured.meanMember.logLoss), 'log-probabilities are finite');
  const outOfBag = await evaluateOutOfBag(ensemble, dataset);
  t.ok(outOfBag!.ensemble!.accuracy! > 0.4);
  const path = join(t.testdir(), 'mixed.tutti');
  const { contentHash: saved } = await saveEnsemble(ensemble, path);
  const loaded = await loadEnsemble(path);
  t.equal(contentHash(loaded), saved);
  t.strictSame((await predictEnsemble(loaded, test.x)).mean, together.mean);
});

t.test('an ensemble of nothing else works, and any number of threads gives the same bytes', async (t) => {
  const options = { members: 5, engine: 'neighbours', seed: 2 } as const;
  const inline = await trainEnsemble(dataset, options);
  t.ok((await evaluateOutOfBag(inline, dataset))!.ensemble!.accuracy! > 0.4);
  await using pool = createPool({ threads: 2 });
  t.equal(contentHash(await trainEnsemble(dataset, options, { runner: pool })), contentHash(inline));
});

t.test('images of a file are compared in pixels, though the file is standardised', async (t) => {
  const { train, test, preprocessing } = loadTraining('data/digits.csv', {
    target: 'digit',
    testShare: 0.9,
    seed: 1,
  });
  const accuracy = async (options: TrainingOptions) => {
    const ensemble = await trainEnsemble(train, { ...ONE, neighbours: 1, ...options }, { preprocessing });
    return (await evaluateEnsemble(ensemble, test!, { curves: false })).meanMember.accuracy!;
  };
  const plain = await accuracy({});
  const pixels = await accuracy({ image: '8x8' });
  const tangents = await accuracy({ image: '8x8', distance: 'tangentTwoSided' });
  t.ok(plain < pixels && pixels < tangents, `${plain} < ${pixels} < ${tangents}`);
});

t.test('stored rows whose labels are no classes are refused', async (t) => {
  const ensemble = await trainEnsemble(dataset, ONE);
  ensemble.members[0]!.parameters[6] = 3;
  await t.rejects(predictEnsemble(ensemble, dataset.x), {
    code: 'ERR_BUNDLE',
    message: /labels below 3, got 3/,
  });
});

const refused: readonly [options: TrainingOptions, message: RegExp][] = [
  [
    { engine: 'neighbours', distance: 'tangentOneSided' },
    /`image` to be given when `distance` is "tangentOneSided", got nothing/,
  ],
  [
    { engine: 'neighbours', distance: 'tangentOneSided', image: [2, 4] },
    /`image` to be channels × height × width of the 6/,
  ],
  [
    { engine: 'neighbours', image: [2, 3], featureShare: 0.5 },
    /`featureShare` to be 1 when `image` is given/,
  ],
  [{ engine: 'neighbours', neighbours: 0 }, /`neighbours` to be an integer ≥ 1, got 0/],
  [{ engine: 'neighbours', voteSmoothing: 0 }, /`voteSmoothing` to be a number > 0, got 0/],
  [{ distance: 'euclidean' }, /`engine` to be neighbours for a member when `distance` is given, got "wasm"/],
  [
    { engine: 'neighbours', members: 1, neighbours: 91 },
    /`neighbours` to be at most the \d+ distinct rows of member 0, got 91/,
  ],
];

t.test('each wrong option is named', async (t) => {
  for (const [options, message] of refused) {
    await t.rejects(trainEnsemble(dataset, options), { message }, JSON.stringify(options));
  }
});
