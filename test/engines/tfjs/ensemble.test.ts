// Members of the tfjs engine in ensembles: on threads, in files, beside other engines, from the command line.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { saveEnsemble } from '../../../src/bundle/save.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool, trainEnsemble } from '../../../src/index.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { classCsv, tutti } from '../../cli/support.js';
import { clusters } from '../../support/datasets.js';
import { sequentialModule, tensorFlowOrSkip, writeModule } from '../../support/tfjs.js';

const threeClasses = clusters(60, 10, 3);
const EXAMPLES = fileURLToPath(new URL('../../../../scripts/examples/models/', import.meta.url));

const DRAWING = sequentialModule(
  'dense({ inputShape: [features], units: 9 })',
  'batchNormalization()',
  "activation({ activation: 'relu' })",
  'dropout({ rate: 0.3 })',
  'dense({ units: outputs })',
);

/** A layer class that a module brings itself. */
const OWN_LAYER = `export default function build({ tf, features, outputs }) {
  class Doubled extends tf.layers.Layer {
    static className = 'Doubled';
    call(inputs) { return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, 2); }
  }
  return tf.sequential({ layers: [tf.layers.dense({ inputShape: [features], units: outputs }), new Doubled({})] });
}`;

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  const tfjs = (path: string, options: TrainingOptions = {}): TrainingOptions => {
    return {
      engine: 'tfjs',
      model: path,
      members: 4,
      epochs: 3,
      seed: 5,
      learningRate: 1e-3,
      earlyStopping: 'none',
      ...options,
    };
  };

  t.test('members are the same bytes inline, on one thread and on two', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const inline = await trainEnsemble(threeClasses, tfjs(path));
    t.equal(inline.members.length, 4);
    t.notSame(inline.members[0]!.parameters, inline.members[1]!.parameters);
    for (const threads of [1, 2]) {
      const pool = createPool({ threads });
      const pooled = await trainEnsemble(threeClasses, tfjs(path), { runner: pool });
      await pool.close();
      t.equal(contentHash(pooled), contentHash(inline), `on ${threads} threads`);
    }
  });

  t.test('a pool that serves trainings of both engines at once mixes nothing up', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const pool = createPool({ threads: 2 });
    const [first, second, third] = await Promise.all([
      trainEnsemble(threeClasses, tfjs(path), { runner: pool }),
      trainEnsemble(threeClasses, { members: 3, epochs: 2, seed: 5 }, { runner: pool }),
      trainEnsemble(threeClasses, tfjs(path), { runner: pool }),
    ]);
    await pool.close();
    t.equal(contentHash(first!), contentHash(third!));
    t.equal(second!.members.length, 3);
  });

  t.test('TensorFlow has one thread for each of its pools, so that members do not oversubscribe', (t) => {
    t.equal(process.env.TF_NUM_INTRAOP_THREADS, '1');
    t.equal(process.env.TF_NUM_INTEROP_THREADS, '1');
    t.end();
  });

  t.test('predicting leaves no tensor behind', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const before = tf.memory();
    const ensemble = await trainEnsemble(threeClasses, tfjs(path));
    for (let time = 0; time < 3; time++) await predictEnsemble(ensemble, threeClasses.x);
    await evaluateOutOfBag(ensemble, threeClasses);
    t.equal(tf.memory().numTensors, before.numTensors);
    t.equal(tf.memory().numBytes, before.numBytes);
  });

  t.test('a saved ensemble predicts the same without the module it came from', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const ensemble = await trainEnsemble(threeClasses, tfjs(path));
    const file = `${path}.tutti`;
    await saveEnsemble(ensemble, file);
    rmSync(path);
    const loaded = await loadEnsemble(file);
    t.equal(contentHash(loaded), contentHash(ensemble));
    const { mean } = await predictEnsemble(loaded, threeClasses.x);
    t.same(mean, (await predictEnsemble(ensemble, threeClasses.x)).mean);
  });

  t.test('a topology or weights that are not the member’s are a damaged ensemble', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const ensemble = await trainEnsemble(threeClasses, tfjs(path, { members: 1 }));
    const stored = ensemble.members[0]!;
    const text = new TextDecoder().decode(Uint8Array.from(stored.model!));
    const withModel = (topology: string) => {
      const bytes = new TextEncoder().encode(topology);
      const model = new Uint8Array(new SharedArrayBuffer(bytes.length));
      model.set(bytes);
      return { ...ensemble, members: [{ ...stored, model }] };
    };
    const before = tf.memory().numTensors;
    for (const topology of ['', '{}', '[1]', text.slice(0, -1), text.replace('"units":9', '"units":8')]) {
      await t.rejects(predictEnsemble(withModel(topology), threeClasses.x), { code: 'ERR_BUNDLE' }, topology);
    }
    t.equal(tf.memory().numTensors, before);
  });

  t.test('a layer of the module’s own is found there, as long as it is the same module', async (t) => {
    const { path } = writeModule(t, OWN_LAYER);
    const ensemble = await trainEnsemble(threeClasses, tfjs(path, { members: 2 }));
    const before = tf.memory().numTensors;
    t.equal((await predictEnsemble(ensemble, threeClasses.x)).rows, 60);
    writeFileSync(path, `${OWN_LAYER}\n`);
    await t.rejects(predictEnsemble(ensemble, threeClasses.x), {
      code: 'ERR_MODULE',
      message: /^Member 0: .*net\.mjs is not the one/,
    });
    t.equal(tf.memory().numTensors, before);
  });

  t.test('a random subspace builds models of the features that it leaves', async (t) => {
    const { path } = writeModule(t, sequentialModule('dense({ inputShape: [features], units: outputs })'));
    const ensemble = await trainEnsemble(threeClasses, tfjs(path, { featureShare: 0.4 }));
    t.equal(ensemble.members[0]!.parameters.length, 4 * 3 + 3);
    t.equal((await predictEnsemble(ensemble, threeClasses.x)).mean.length, 180);
  });

  t.test('early stopping keeps the best epoch', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const options = { epochs: 30, earlyStopping: 'outOfBag', patience: 2, learningRate: 0.1 } as const;
    const { members } = await trainEnsemble(threeClasses, tfjs(path, options));
    for (const { history, epoch } of members) {
      const losses = history.map(({ validationLoss }) => validationLoss!);
      t.equal(losses.indexOf(Math.min(...losses)) + 1, epoch);
      t.equal(history.length, Math.min(30, epoch + 2));
    }
  });

  t.test('callbacks at epoch ends change the training as they do anywhere', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const pool = createPool({ threads: 2 });
    const { members } = await trainEnsemble(threeClasses, tfjs(path, { members: 2, epochs: 9 }), {
      runner: pool,
      onEpochEnd: ({ epoch }) => (epoch === 2 ? { stop: true } : { learningRate: 0.5 }),
    });
    await pool.close();
    for (const { history } of members)
      t.same(
        history.map(({ learningRate }) => learningRate),
        [0.001, 0.5],
      );
  });

  t.test('networks, models and stored rows make one ensemble', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const members: TrainingOptions['members'] = [
      { engine: 'wasm', hidden: [8] },
      { engine: 'tfjs', model: path },
      { engine: 'neighbours', neighbours: 3 },
      { engine: 'wasm', model: join(EXAMPLES, 'dense.mjs') },
    ];
    const ensemble = await trainEnsemble(threeClasses, { members, seed: 2, epochs: 60 });
    t.same(
      ensemble.plan.members.map(({ engine }) => engine),
      ['wasm', 'tfjs', 'neighbours', 'wasm'],
    );
    t.ok((await evaluateEnsemble(ensemble, threeClasses)).ensemble!.accuracy! > 0.9);
  });

  for (const name of ['dense', 'recurrent', 'separable']) {
    t.test(`the example model ${name} trains on images of 8 × 8 pixels`, async (t) => {
      const digits = clusters(40, 64, 4);
      const options = tfjs(join(EXAMPLES, `${name}.mjs`), { members: 1, epochs: 3, learningRate: 0.01 });
      const { members } = await trainEnsemble(digits, options);
      const losses = members[0]!.history.map(({ loss }) => loss);
      t.ok(losses[2]! < losses[0]!, `losses ${losses}`);
    });
  }

  t.test('the command line trains, saves and predicts', async (t) => {
    const cwd = t.testdir({ 'data.csv': classCsv(), 'net.mjs': DRAWING });
    const quick = [
      '--members',
      '3',
      '--epochs',
      '2',
      '--seed',
      '1',
      '--threads',
      '2',
      '--out',
      'e.tutti',
      '--json',
    ];
    const args = ['train', 'data.csv', '--target', 'label', '--engine', 'tfjs', '--model', './net.mjs'];
    const trained = await tutti([...args, ...quick], { cwd });
    t.equal(trained.status, 0);
    t.notMatch(trained.stderr, /TensorFlow|WARNING/, 'nothing of TensorFlow’s own');
    t.match(JSON.parse(trained.stdout), { complete: true, members: 3 });
    const predicted = await tutti(['predict', 'e.tutti', 'data.csv', '--out', 'p.csv'], { cwd });
    t.match(predicted, { status: 0 });
    t.notMatch(predicted.stderr, /TensorFlow|WARNING/);
  });

  t.test('a member that takes too long is stopped by its deadline', async (t) => {
    const { path } = writeModule(t, DRAWING);
    const pool = createPool({ threads: 1 });
    const endless = tfjs(path, { members: 1, epochs: 100_000, earlyStopping: 'none', deadline: 1 });
    await t.rejects(trainEnsemble(threeClasses, endless, { runner: pool }), { message: /deadline of 1 s/ });
    const after = await trainEnsemble(threeClasses, tfjs(path), { runner: pool });
    t.equal(after.members.length, 4, 'the pool goes on');
    await pool.close();
  });
}
