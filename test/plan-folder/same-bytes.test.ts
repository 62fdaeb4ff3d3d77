// A plan whose members are trained in parts, by several who know nothing of each other, is the ensemble of one training: the same
// file, byte for byte, for every kind of members.

import { join } from 'node:path';
import t from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { collectPlan } from '../../src/plan-folder/collect-plan.js';
import { readPlan } from '../../src/plan-folder/read-plan.js';
import { trainPlanned } from '../../src/plan-folder/train-planned.js';
import { writePlan } from '../../src/plan-folder/write-plan.js';
import { createPool } from '../../src/pool/pool.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { CENTROIDS } from '../support/learners.js';

const modules = t.testdir({ 'centroids.mjs': CENTROIDS });
const learner = join(modules, 'centroids.mjs');

const classes = clusters(90, 5, 3);
const numbers = linear(80, 4, 2);
const { x, rows, features, labels } = classes;
const grouped = Dataset.fromArrays({
  ...{ x, rows, features, labels },
  groups: Int32Array.from({ length: rows }, (_, row) => row % 11),
  rowWeights: Float64Array.from({ length: rows }, (_, row) => 1 + (row % 4)),
});

/** Near the edge: some members diverge. */
const EDGE: TrainingOptions = {
  ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
  ...{ activation: 'relu', resample: 'bootstrap' },
  ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
};

const BASE = { seed: 5, hidden: [6], epochs: 4, batchSize: 16 } as const satisfies TrainingOptions;

const KINDS: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  plain: [classes, { ...BASE, members: 5, epochs: 12 }],
  'early stopping on a validation share': [
    numbers,
    { ...BASE, members: 3, epochs: 20, earlyStopping: 'validation', validationShare: 0.2 },
  ],
  snapshots: [classes, { ...BASE, members: 6, epochs: 9, snapshots: 3, earlyStopping: 'none' }],
  'tied in rounds': [classes, { ...BASE, members: 3, tie: 0.05, earlyStopping: 'none' }],
  'tied exactly': [classes, { ...BASE, members: 3, tie: 0.05, tyingMode: 'exact', earlyStopping: 'none' }],
  grouped: [grouped, { ...BASE, members: 4, resample: 'grouped' }],
  neighbours: [classes, { members: 3, engine: 'neighbours', featureShare: 0.8, seed: 2 }],
  learner: [classes, { members: 3, learner, seed: 2 }],
  mixed: [
    classes,
    {
      ...BASE,
      members: [
        {},
        { engine: 'neighbours' },
        { learner },
        { hidden: [4], hiddenKeep: 0.8, epochs: 7 },
        { tie: 0.1, earlyStopping: 'none' },
        { tie: 0.1, earlyStopping: 'none' },
      ],
    },
  ],
  'failing members': [linear(60, 5, 1), EDGE],
  reseed: [linear(60, 5, 1), { ...EDGE, onDivergence: 'reseed' }],
  'reseed of a tied group': [
    linear(60, 5, 1),
    { ...EDGE, members: 3, tie: 0.01, onDivergence: 'reseed', learningRate: 0.1 },
  ],
};

const bytesOf = async (ensemble: TrainedEnsemble) => Buffer.from(await ensembleToBytes(ensemble));

for (const [kind, [dataset, options]] of Object.entries(KINDS)) {
  t.test(`${kind}: trained in three parts and collected, the bytes of one training`, async (t) => {
    await using pool = createPool({ threads: 2 });
    const whole = await trainEnsemble(dataset, options, { runner: pool });
    const folder = join(t.testdir({}), 'plan');
    const { missing, strands } = await writePlan(folder, dataset, options, { test: dataset, note: { a: 1 } });
    t.strictSame(
      missing,
      whole.plan.members.map((_, index) => index),
    );
    const allowModules = kind === 'learner' || kind === 'mixed' ? [learner] : [];
    const thirds = [2, 0, 1].map((third) => missing.filter((index) => index % 3 === third));
    for (const members of thirds) await trainPlanned(folder, { members, runner: pool, allowModules });
    const standing = await readPlan(folder);
    t.strictSame([standing.settled, standing.missing], [missing, []]);
    const collected = await collectPlan(folder, { runner: pool, allowModules });
    t.ok((await bytesOf(collected.ensemble)).equals(await bytesOf(whole)), 'the same file');
    t.equal(collected.train.hash, dataset.hash);
    t.equal(collected.test?.hash, dataset.hash);
    t.strictSame(collected.note, { a: 1 });
    t.ok(strands.length > 0);
  });
}
