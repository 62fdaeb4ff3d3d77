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
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';

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
  'tied exactly': [classes, { tie: 0.05, tyingMode: 'exact', earlyStopping: 'none' }],
};

for (const [name, [dataset, options]] of Object.entries(CASES)) {
  t.test(`copies of the folder, taken after every epoch, all lead to the same bytes: ${name}`, async (t) => {
    const own = { ...BASE, ...options };
    const whole = ensembleToBytes(await trainEnsemble(dataset, own));
    const at = t.testdir();
    const folder = join(at, 'ck');
    const copies: string[] = [];
    const onEpochEnd = async () => {
      // What was handed over before has been written by now, most likely; whatever is there must do.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const copy = join(at, `copy-${copies.length}`);
      cpSync(folder, copy, { recursive: true });
      copies.push(copy);
      return undefined;
    };
    const kept = await trainEnsemble(dataset, own, { onEpochEnd, checkpoint: { folder, epochs: 1 } });
    t.same(ensembleToBytes(kept), whole, 'keeping changes nothing');
    t.same(readdirSync(folder).sort(), ['journal', 'training'], 'no state is left');
    let running = 0;
    for (const copy of copies.filter((_, at) => at % 3 === 0)) {
      running += (await readCheckpoint(copy)).running.length;
      t.same(ensembleToBytes(await resumeTraining(copy, dataset)), whole, copy);
    }
    t.ok(running > 0, 'states were there');
  });
}

t.test('a pause keeps members in training at the end of their epochs', async (t) => {
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.destroy());
  for (const tie of [{}, { tie: 0.05 }, { tie: 0.05, tyingMode: 'exact' }] as const) {
    const options: TrainingOptions = { ...BASE, ...tie, members: 4, epochs: 40, earlyStopping: 'none' };
    const whole = ensembleToBytes(await trainEnsemble(classes, options));
    const folder = join(t.testdir(), `ck${JSON.stringify(tie).length}`);
    let interrupted = 0;
    let going = trainEnsemble(classes, options, pausedAfter(60, { checkpoint: { folder } }));
    for (;;) {
      const ensemble = await going;
      if (ensemble.complete) {
        t.same(ensembleToBytes(ensemble), whole);
        break;
      }
      interrupted++;
      t.ok((await readCheckpoint(folder)).running.length > 0);
      going = resumeTraining(folder, classes, pausedAfter(60, {}));
    }
    t.ok(interrupted > 0);
  }

  /** Settings that stop after so many epochs of any members. */
  function pausedAfter<Settings extends object>(epochs: number, settings: Settings) {
    const stop = new AbortController();
    let left = epochs;
    const onEpochEnd = async () => {
      if (--left === 0) stop.abort();
      return undefined;
    };
    return { ...settings, runner: pool, signal: stop.signal, onInterrupt: 'keep' as const, onEpochEnd };
  }
});
