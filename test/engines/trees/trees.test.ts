// Boosted trees: exact against a scalar reference, and members like any others.

import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { saveEnsemble } from '../../../src/bundle/save.js';
import type { TreesMemberSpec } from '../../../src/engines/trees/spec.js';
import { readTrees } from '../../../src/engines/trees/stored-trees.js';
import { evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool, Dataset, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { clusters, linear, taught } from '../../support/datasets.js';
import { referenceAnswer, referenceNumbers, referenceTree } from '../../support/reference-trees.js';

const ONE = { members: 1, engine: 'trees', resample: 'none', earlyStopping: 'none', seed: 3 } as const;
const REFERENCE = { rate: 0.3, maxLeaves: 6, maxDepth: 4, minLeafRows: 5, l2: 0.5 };
const SAME = { treeRate: 0.3, maxLeaves: 6, maxDepth: 4, minLeafRows: 5, leafL2: 0.5 };

function columnsOf({ x, rows, features }: Dataset): number[][] {
  return Array.from({ length: features }, (_, f) =>
    Array.from({ length: rows }, (_, row) => x[row * features + f]!),
  );
}

t.test(
  'trees of a regression are those of a scalar reference to the bit, with rows that weigh more',
  async (t) => {
    const given = linear(80, 4);
    const rowWeights = Float32Array.from({ length: 80 }, (_, row) => 0.5 + (row % 3));
    const dataset = Dataset.fromArrays({
      ...{ x: given.x, rows: 80, features: 4, targets: given.targets, standardise: false, rowWeights },
    });
    const { members } = await trainEnsemble(dataset, { ...ONE, ...SAME, rounds: 6 });
    const numbers = [...members[0]!.parameters];
    const columns = columnsOf(dataset);
    const y = taught(dataset);
    const weights = Array.from(dataset.rowWeights!);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const start = Math.fround(weights.reduce((sum, weight, row) => sum + weight * y[row]!, 0) / total);
    const sums = Array.from({ length: 80 }, () => start);
    const expected = [start];
    for (let round = 0; round < 6; round++) {
      const g = sums.map((sum, row) => weights[row]! * (sum - y[row]!));
      const tree = referenceTree(columns, g, weights, REFERENCE);
      for (let row = 0; row < 80; row++)
        sums[row]! += referenceAnswer(
          tree,
          columns.map((column) => column[row]!),
        );
      expected.push(...referenceNumbers(tree));
    }
    t.strictSame(numbers, expected);
  },
);

for (const classes of [2, 3]) {
  t.test(
    `trees of ${classes} classes are those of a scalar reference, and probabilities are their softmax`,
    async (t) => {
      const dataset = clusters(90, 3, classes);
      const rounds = 4;
      const ensemble = await trainEnsemble(dataset, { ...ONE, ...SAME, rounds });
      const outputs = classes === 2 ? 1 : classes;
      const columns = columnsOf(dataset);
      const rowAt = (row: number) => columns.map((column) => column[row]!);
      // All classes are of one size.
      const start = outputs === 1 ? 0 : Math.fround(Math.log(1 / classes));
      const raw = Array.from({ length: 90 }, () => Array.from({ length: outputs }, () => start));
      const softmax = (z: readonly number[]) => {
        const all = outputs === 1 ? [0, z[0]!] : z;
        const sum = all.reduce((total, value) => total + Math.exp(value), 0);
        return all.map((value) => Math.exp(value) / sum);
      };
      const expected: number[] = Array.from({ length: outputs }, () => start);
      for (let round = 0; round < rounds; round++) {
        const before = raw.map(softmax);
        for (let k = 0; k < outputs; k++) {
          const c = outputs === 1 ? 1 : k;
          const g = before.map((p, row) => p[c]! - (dataset.labels[row] === c ? 1 : 0));
          const h = before.map((p) => p[c]! * (1 - p[c]!));
          const tree = referenceTree(columns, g, h, REFERENCE);
          for (const [row, z] of raw.entries()) z[k]! += referenceAnswer(tree, rowAt(row));
          expected.push(...referenceNumbers(tree));
        }
      }
      const numbers = ensemble.members[0]!.parameters;
      t.equal(numbers.length, expected.length);
      t.ok(
        numbers.every(
          (number, at) => Math.abs(number - expected[at]!) <= 1e-6 * Math.max(1, Math.abs(number)),
        ),
      );
      const { mean } = await predictEnsemble(ensemble, dataset.x);
      const probabilities = raw.flatMap(softmax);
      t.ok(mean.every((p, at) => Math.abs(p - probabilities[at]!) < 1e-6));
      const geometric = await predictEnsemble(ensemble, dataset.x, { aggregator: 'geometricMean' });
      t.ok(geometric.mean.every((p, at) => Math.abs(p - probabilities[at]!) < 1e-6));
      const last = ensemble.members[0]!.history.at(-1)!;
      const loss = raw.reduce((sum, z, row) => sum - Math.log(softmax(z)[dataset.labels[row]!]!), 0) / 90;
      t.ok(Math.abs(last.loss - loss) < 1e-6);
    },
  );
}

t.test('columns that exclude each other, as those of a category, are split like any others', async (t) => {
  const given = linear(120, 2, 1, 8);
  const category = (row: number) => (7 * row) % 5;
  const features = 8;
  // Two numbers, five columns of a category, and one that another excludes in all rows but the last.
  const x = Float32Array.from({ length: 120 * features }, (_, at) => {
    const [row, f] = [Math.floor(at / features), at % features];
    if (f < 2) return given.x[row * 2 + f]!;
    return f < 7 ? Number(category(row) === f - 2) * 3 - 1 : Number(row % 40 === 39);
  });
  const targets = Float32Array.from(given.targets, (y, row) => y + [0, 2, -1, 3, 0.5][category(row)]!);
  const dataset = Dataset.fromArrays({ x, rows: 120, features, targets, standardise: false });
  const options = { ...ONE, ...SAME, rounds: 4, minLeafRows: 2 };
  const numbers = [...(await trainEnsemble(dataset, options)).members[0]!.parameters];
  const columns = columnsOf(dataset);
  const y = taught(dataset);
  const start = Math.fround(y.reduce((sum, value) => sum + value, 0) / 120);
  const sums = Array.from({ length: 120 }, () => start);
  const expected = [start];
  for (let round = 0; round < 4; round++) {
    const g = sums.map((sum, row) => sum - y[row]!);
    const tree = referenceTree(
      columns,
      g,
      g.map(() => 1),
      { ...REFERENCE, minLeafRows: 2 },
    );
    for (const [row, sum] of sums.entries())
      sums[row] =
        sum +
        referenceAnswer(
          tree,
          columns.map((column) => column[row]!),
        );
    expected.push(...referenceNumbers(tree));
  }
  t.strictSame(numbers, expected);
  t.ok(
    numbers.filter((_, at) => at % 2 === 1).some((code) => code >= 3 && code <= 8),
    'by a category',
  );
});

t.test('a member of fewer bins splits between quantiles, and of its own columns alone', async (t) => {
  const dataset = clusters(300, 6, 3);
  const options = { ...ONE, members: 4, treeBins: 8, featureShare: 0.5, rounds: 5, seed: 1 };
  const { members, plan } = await trainEnsemble(dataset, options);
  const columns = columnsOf(dataset).map((column) => column.toSorted((a, b) => a - b));
  const used = members.map(({ parameters, index }) => {
    const { epochs, trees } = plan.members[index] as TreesMemberSpec;
    const bounds = { outputs: 3, features: 6, rounds: epochs, maxLeaves: trees.maxLeaves, member: index };
    const { features, values } = readTrees(parameters, bounds);
    for (const [node, feature] of features.entries()) {
      if (feature < 0) continue;
      const below = columns[feature]!.filter((value) => value <= values[node]!).length;
      // 300 rows in 8 bins: cut at 37.5, rounded half up, 75, 112.5, …
      t.ok([38, 75, 113, 150, 188, 225, 263].includes(below), `${below} rows below`);
    }
    return new Set(features.filter((feature) => feature >= 0));
  });
  t.ok(used.every((own) => own.size <= 3));
  t.ok(new Set(used.flatMap((own) => [...own])).size > 3, 'members see different columns');
});

t.test(
  'thresholds lie between a value and the next, just above the middle, however many rows have the value',
  async (t) => {
    // Twenty-five values, more than bins, a third of the rows at one of them.
    const value = (row: number) => (row % 3 === 0 ? 7 : (row % 50) / 2);
    const x = Float32Array.from({ length: 300 }, (_, row) => value(row));
    const targets = Float32Array.from({ length: 300 }, (_, row) => Math.sin(value(row)));
    const dataset = Dataset.fromArrays({ x, rows: 300, features: 1, targets, standardise: false });
    const options = { ...ONE, ...SAME, treeBins: 12, rounds: 3, minLeafRows: 1 };
    const { members } = await trainEnsemble(dataset, options);
    const bounds = { outputs: 1, features: 1, rounds: 3, maxLeaves: 31, member: 0 };
    const { features, values } = readTrees(members[0]!.parameters, bounds);
    const used = new Set([...features.keys()].filter((at) => features[at]! >= 0).map((at) => values[at]!));
    t.ok(used.size > 5, `${used.size} thresholds`);
    // Values are halves: a quarter behind one is the middle, where a value may come to lie.
    const rest = [...used].map((threshold) => (threshold % 0.5) - 0.25);
    t.same(
      rest.filter((beyond) => !(beyond > 0 && beyond < 0.001)),
      [],
    );
  },
);

t.test(
  'the same bytes inline, on one and two threads, saved and loaded, and over the limit of bins of two bytes',
  async (t) => {
    const pools = [1, 2].map((threads) => createPool({ threads }));
    t.teardown(() => Promise.all(pools.map((pool) => pool.close())));
    const options: TrainingOptions = { engine: 'trees', members: 3, rounds: 12, patience: 3, seed: 4 };
    for (const dataset of [clusters(200, 5, 2), linear(150, 3, 2), clusters(258, 258, 3)]) {
      const own =
        dataset.features < 100 ? options : { ...options, members: 2, rounds: 1, resample: 'none' as const };
      const inline = await trainEnsemble(dataset, own);
      const hash = contentHash(inline);
      for (const [number, pool] of pools.entries()) {
        const trained = await trainEnsemble(dataset, own, { runner: pool });
        t.equal(contentHash(trained), hash, `${number + 1} threads`);
      }
      const file = join(t.testdir(), 'e.tutti');
      await saveEnsemble(inline, file);
      const loaded = await loadEnsemble(file);
      t.equal(contentHash(loaded), hash);
      const x = dataset.x.subarray(0, 20 * dataset.features);
      t.strictSame((await predictEnsemble(loaded, x)).mean, (await predictEnsemble(inline, x)).mean);
    }
  },
);

t.test('a member keeps the rounds up to its best, and is measured out of bag', async (t) => {
  const dataset = clusters(300, 4, 2);
  const ensemble = await trainEnsemble(dataset, { engine: 'trees', members: 4, seed: 2, minLeafRows: 5 });
  for (const { index, parameters, epoch, history } of ensemble.members) {
    const losses = history.map(({ validationLoss }) => validationLoss!);
    t.equal(losses.indexOf(Math.min(...losses)) + 1, epoch);
    const { epochs, trees } = ensemble.plan.members[index] as TreesMemberSpec;
    t.equal(history.length, Math.min(epochs, epoch + 30), 'patience');
    const bounds = { outputs: 1, features: 4, rounds: epochs, maxLeaves: trees.maxLeaves, member: index };
    t.equal(readTrees(parameters, bounds).roots.length, epoch);
  }
  const outOfBag = await evaluateOutOfBag(ensemble, dataset);
  t.ok(outOfBag!.ensemble!.accuracy! > 0.8);
});

t.test('numbers that are no trees are refused by name', async (t) => {
  const bounds = { outputs: 1, features: 3, rounds: 2, maxLeaves: 4, member: 5 };
  const read =
    (...numbers: number[]) =>
    () =>
      readTrees(Float32Array.from([0.5, ...numbers]), bounds);
  const leaf = [0, 1];
  t.doesNotThrow(read(...leaf, 2, 0.5, ...leaf, ...leaf));
  t.doesNotThrow(read(1, 0, 3, 0, ...leaf, 2, 1, ...leaf, ...leaf, ...leaf));
  const bad: Readonly<Record<string, () => unknown>> = {
    'half a node': read(0),
    'a tree that does not end': read(1, 0.5, ...leaf),
    'a feature that is not there': read(4, 0, ...leaf, ...leaf),
    'a feature below the first': read(-1, 0, ...leaf, ...leaf),
    'a place between features': read(1.5, 0, ...leaf, ...leaf),
    'a threshold that is none': read(1, Number.NaN, ...leaf, ...leaf),
    'a value without end': read(0, Number.POSITIVE_INFINITY),
    'more rounds than planned': read(...leaf, ...leaf, ...leaf),
    'more leaves than planned': read(1, 0, ...leaf, 1, 0, ...leaf, 1, 0, ...leaf, 1, 0, ...leaf, ...leaf),
  };
  for (const [what, call] of Object.entries(bad))
    t.throws(call, { code: 'ERR_BUNDLE', message: /boosted-tree member 5/, details: { member: 5 } }, what);
  t.throws(() => readTrees(Float32Array.of(0, 0, ...leaf), { ...bounds, outputs: 2 }), {
    code: 'ERR_BUNDLE',
  });
});
