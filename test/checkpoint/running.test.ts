// Members in training are kept too, and go on from where they were last kept to the same bytes, whatever their techniques.

import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { readCheckpoint } from '../../src/checkpoint/read-checkpoint.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../src/model/options/training-options.js';
import { createPool } from '../../src/pool/pool.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { CENTROIDS } from '../support/learners.js';
import { trainInPieces } from '../support/pauses.js';

const classes = clusters(90, 6, 3);
const values = linear(70, 5, 2);
const images = clusters(64, 16, 2);
const BASE: TrainingOptions = { members: 3, hidden: [9, 5], epochs: 7, batchSize: 8, seed: 4 };

const CASES: Readonly<Record<string, readonly [Dataset, TrainingOptions]>> = {
  adam: [classes, {}],
  'adamW with norm penalties': [classes, { optimizer: 'adamW', l1: 1e-3, l2: 1e-3 }],
  'sgd with momentum': [classes, { optimizer: 'sgd' }],
  'a schedule after a warm-up': [classes, { schedule: 'cosine', warmupEpochs: 1 }],
  'early stopping with kept weights': [
    classes,
    { epochs: 30, earlyStopping: 'outOfBag', patience: 2, learningRate: 0.05 },
  ],
  'dropout, noise and an activity penalty': [
    classes,
    { hiddenKeep: 0.5, inputNoise: 0.1, activityPenalty: 0.01 },
  ],
  'many steps': [classes, { epochs: 4, batchSize: 1 }],
  'a Gaussian head': [values, { loss: 'gaussianNll', learningRate: 1e-4 }],
  'adversarial training': [classes, { adversarialEpsilon: 0.1, hiddenKeep: 0.8 }],
  'tangents, convolution and pooling': [
    images,
    { image: [1, 4, 4], layers: ['conv 4@3 same', 'maxpool 2'], hidden: [5], tangentStrength: 1e-3 },
  ],
  snapshots: [classes, { members: 4, snapshots: 2, epochs: 8 }],
  'tied in rounds': [classes, { tie: 0.05, earlyStopping: 'none' }],
  'tied in rounds, stopping early': [classes, { tie: 0.05, epochs: 20, patience: 2, learningRate: 0.05 }],
  'boosted trees stopped early': [
    classes,
    {
      ...{ engine: 'trees', hidden: undefined, epochs: undefined, batchSize: undefined },
      ...{ rounds: 25, minLeafRows: 5, patience: 4 },
    },
  ],
  'tied exactly': [classes, { tie: 0.05, tyingMode: 'exact', earlyStopping: 'none' }],
};

for (const [name, [dataset, options]] of Object.entries(CASES)) {
  t.test(`paused again and again, a training ends with the same bytes: ${name}`, async (t) => {
    const own = { ...BASE, ...options };
    const whole = ensembleToBytes(await trainEnsemble(dataset, own));
    for (const every of [2, 5]) {
      const folder = join(t.testdir(), `ck-${every}`);
      const { ensemble, pauses } = await trainInPieces(dataset, own, folder, { every });
      t.same(ensembleToBytes(ensemble), whole);
      t.ok(pauses > 1, `${pauses} pauses`);
      t.same(readdirSync(folder).sort(), ['journal', 'training'], 'no state is left');
    }
  });

  t.test(`whatever was kept at an epoch's end leads to the same bytes: ${name}`, async (t) => {
    const own = { ...BASE, ...options };
    const whole = ensembleToBytes(await trainEnsemble(dataset, own));
    const at = t.testdir();
    const folder = join(at, 'ck');
    const copies: string[] = [];
    const onEpochEnd = async () => {
      const copy = join(at, `copy-${copies.length}`);
      cpSync(folder, copy, { recursive: true });
      copies.push(copy);
      return undefined;
    };
    const kept = await trainEnsemble(dataset, own, { onEpochEnd, checkpoint: { folder, epochs: 1 } });
    t.same(ensembleToBytes(kept), whole, 'keeping changes nothing');
    for (const copy of copies.filter((_, at) => at % 5 === 0))
      t.same(ensembleToBytes(await resumeTraining(copy, dataset)), whole, copy);
  });
}

t.test('threads end with their epochs, hand over, and go on elsewhere', async (t) => {
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.destroy());
  for (const [name, tie] of Object.entries({
    alone: {},
    rounds: { tie: 0.05 },
    exact: { tie: 0.05, tyingMode: 'exact' } as const,
  })) {
    const options: TrainingOptions = { ...BASE, ...tie, members: 4, epochs: 40, earlyStopping: 'none' };
    const whole = ensembleToBytes(await trainEnsemble(classes, options));
    const folder = join(t.testdir(), name);
    const { ensemble, pauses } = await trainInPieces(classes, options, folder, { every: 30, runner: pool });
    t.same(ensembleToBytes(ensemble), whole, name);
    t.ok(pauses > 0);
  }
});

t.test('members in training are handed over without a pause, by epochs and by seconds', async (t) => {
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.destroy());
  for (const [name, pace] of Object.entries({ epochs: { epochs: 3 }, seconds: { seconds: 0.001 } })) {
    const folder = join(t.testdir(), name);
    const stop = new AbortController();
    // It would train for ever, and ends when a state of each was seen.
    const onEpochEnd = async () => {
      const states = readdirSync(folder).filter((file) => file.startsWith('state-'));
      if (states.length >= 2 && (await readCheckpoint(folder)).running.length === 2) stop.abort();
      return undefined;
    };
    const options: TrainingOptions = { ...BASE, members: 2, epochs: 10_000_000, earlyStopping: 'none' };
    const checkpoint = { folder, ...pace };
    const settings = {
      runner: pool,
      signal: stop.signal,
      onEpochEnd,
      checkpoint,
      onInterrupt: 'keep',
    } as const;
    await trainEnsemble(classes, options, settings);
    const { running, finished } = await readCheckpoint(folder);
    t.same(finished, []);
    t.same(running.map(({ member }) => member).sort(), [0, 1]);
  }
});

t.test('members that began again with other streams go on with those', async (t) => {
  const diverging: TrainingOptions = {
    ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
    ...{ activation: 'relu', resample: 'bootstrap' },
    ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
    ...{ onDivergence: 'reseed', reseeds: 6 },
  };
  const dataset = linear(60, 5, 1);
  for (const tie of [{}, { tie: 0.01 }, { tie: 0.01, tyingMode: 'exact' }] as const) {
    const options: TrainingOptions = { ...diverging, ...tie };
    const whole = await trainEnsemble(dataset, options);
    t.ok(whole.plan.members.some(({ streams }) => streams.reseeds !== undefined));
    const folder = join(t.testdir(), `ck${JSON.stringify(tie).length}`);
    const { ensemble } = await trainInPieces(dataset, options, folder, { every: 7 });
    t.same(ensembleToBytes(ensemble), ensembleToBytes(whole));
  }
});

t.test('learners and neighbours begin anew, and modules are run when they are allowed', async (t) => {
  const at = t.testdir({ 'own.mjs': CENTROIDS });
  const module = join(at, 'own.mjs');
  const options: TrainingOptions = {
    members: [{ learner: module }, { engine: 'neighbours' }, { hidden: [4], epochs: 3 }, { learner: module }],
    seed: 3,
  };
  const whole = ensembleToBytes(await trainEnsemble(classes, options));
  const pool = createPool({ threads: 1 });
  t.teardown(() => pool.destroy());
  for (const runner of [createInlineRunner(), pool]) {
    const folder = join(at, runner === pool ? 'pool' : 'inline');
    const stop = new AbortController();
    const settings = {
      runner,
      signal: stop.signal,
      onInterrupt: 'keep',
      onMember: () => stop.abort(),
    } as const;
    const part = await trainEnsemble(classes, options, { ...settings, checkpoint: { folder } });
    t.notOk(part.complete);
    await t.rejects(resumeTraining(folder, classes, { runner }), {
      code: 'ERR_MODULE',
      message: /not allowed/,
    });
    const ensemble = await resumeTraining(folder, classes, { runner, allowModules: [module] });
    t.same(ensembleToBytes(ensemble), whole);
    t.same(readdirSync(folder).sort(), ['journal', 'training']);
  }
});
