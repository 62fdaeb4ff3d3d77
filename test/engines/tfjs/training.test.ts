// What training a tf.LayersModel promises beside its arithmetic: no tensor is left, the same seed gives the same
// bytes, whatever holds a state is kept, and Math.random is given back.

import t from 'tap';
import { ControlBlock } from '../../../src/memory/control-block.js';
import { clusters, linear } from '../../support/datasets.js';
import {
  type Bench,
  createBench,
  largestDifference,
  predictWithTfjs,
  sequentialModule,
  tensorFlowOrSkip,
  tfjsWeights,
  writeModule,
} from '../../support/tfjs.js';

const threeClasses = clusters(70, 10, 3);

const INPUT = 'inputShape: [features]';
const DENSE = sequentialModule(
  `dense({ ${INPUT}, units: 9, activation: 'relu' })`,
  'dense({ units: outputs })',
);
/** Layers that draw while training, and one with weights that no gradient reaches. */
const DRAWING = sequentialModule(
  `dense({ ${INPUT}, units: 9 })`,
  'batchNormalization()',
  `activation({ activation: 'relu' })`,
  'dropout({ rate: 0.3 })',
  'gaussianNoise({ stddev: 0.1 })',
  'dense({ units: outputs })',
);

/** Trains a member to the end of some epochs. */
async function train(bench: Bench, epochs: number): Promise<Float32Array> {
  const trainer = await bench.tfjs();
  for (let epoch = 1; epoch <= epochs; epoch++) trainer.runEpoch(epoch, 0.01);
  const weights = tfjsWeights(trainer);
  trainer.dispose();
  return weights;
}

const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  t.test('fifty members leave no tensor and no byte of TensorFlow.js behind', async (t) => {
    const bench = createBench(threeClasses, { epochs: 1, batchSize: 16 }, writeModule(t, DRAWING));
    const before = tf.memory();
    for (let member = 0; member < 50; member++) {
      const trainer = await bench.tfjs();
      trainer.runEpoch(1, 0.01);
      await predictWithTfjs(bench, trainer, tfjsWeights(trainer), threeClasses.x);
      trainer.dispose();
    }
    const after = tf.memory();
    t.equal(after.numTensors, before.numTensors);
    t.equal(after.numBytes, before.numBytes);
  });

  t.test('steps leave no tensor behind while a member trains', async (t) => {
    const bench = createBench(threeClasses, { epochs: 9, batchSize: 16 }, writeModule(t, DRAWING));
    const trainer = await bench.tfjs();
    trainer.runEpoch(1, 0.01);
    const { numTensors } = tf.memory();
    for (let epoch = 2; epoch < 9; epoch++) trainer.runEpoch(epoch, 0.01);
    t.equal(tf.memory().numTensors, numTensors);
    trainer.dispose();
  });

  t.test('the same seed gives the same bytes, dropout and noise included', async (t) => {
    const bench = createBench(threeClasses, { epochs: 3, batchSize: 16 }, writeModule(t, DRAWING));
    const first = await train(bench, 3);
    Math.random();
    t.same(await train(bench, 3), first);
  });

  t.test('Math.random is what it was, during and after', async (t) => {
    const { random } = Math;
    const bench = createBench(threeClasses, { epochs: 1, batchSize: 16 }, writeModule(t, DRAWING));
    await train(bench, 1);
    t.equal(Math.random, random);
    const failing = writeModule(t, 'export default () => { throw new Error("no"); }');
    await t.rejects(createBench(threeClasses, {}, failing).tfjs());
    t.equal(Math.random, random);
  });

  t.test('two async builders at once draw each from its own stream', async (t) => {
    const source = `export default async function build({ tf, features, outputs }) {
      const own = [Math.random()];
      await new Promise((resolve) => setTimeout(resolve, 5));
      own.push(Math.random());
      const biasInitializer = tf.initializers.constant({ value: own[0] + own[1] });
      return tf.sequential({ layers: [tf.layers.dense({ inputShape: [features], units: outputs, biasInitializer })] });
    }`;
    const bench = createBench(threeClasses, {}, writeModule(t, source));
    const trainers = await Promise.all([bench.tfjs(), bench.tfjs(), bench.tfjs()]);
    const [first, ...others] = trainers.map(tfjsWeights);
    for (const weights of others) t.same(weights, first);
    for (const trainer of trainers) trainer.dispose();
  });

  t.test('what a module keeps of its own while it builds lives as long as the member', async (t) => {
    const source = `export default function build({ tf, features, outputs }) {
      const shift = tf.scalar(0.5);
      class Shift extends tf.layers.Layer {
        static className = 'Shift${Date.now()}';
        call(inputs) { return tf.add(Array.isArray(inputs) ? inputs[0] : inputs, shift); }
      }
      return tf.sequential({
        layers: [tf.layers.dense({ inputShape: [features], units: outputs }), new Shift({})],
      });
    }`;
    const before = tf.memory().numTensors;
    const bench = createBench(threeClasses, { epochs: 1 }, writeModule(t, source));
    const trainer = await bench.tfjs();
    t.ok(trainer.runEpoch(1, 0.01)! > 0);
    trainer.dispose();
    t.equal(tf.memory().numTensors, before);
  });

  t.test('moving averages are weights of the member: it predicts as it was evaluated', async (t) => {
    const bench = createBench(threeClasses, { epochs: 4, batchSize: 16 }, writeModule(t, DRAWING));
    const trainer = await bench.tfjs();
    for (let epoch = 1; epoch <= 4; epoch++) trainer.runEpoch(epoch, 0.01);
    const rows = Uint32Array.from({ length: 70 }, (_, row) => row);
    const evaluated = trainer.evaluate(rows);
    const { logProbabilities } = await predictWithTfjs(bench, trainer, tfjsWeights(trainer), threeClasses.x);
    const loss = rows.reduce(
      (sum, row) => sum - logProbabilities![row * 3 + threeClasses.labels[row]!]! / 70,
      0,
    );
    t.ok(Math.abs(loss - evaluated) < 1e-6, `${loss}, evaluated as ${evaluated}`);
    trainer.dispose();
  });

  t.test('a state saved between epochs goes on as if nothing had been', async (t) => {
    for (const optimizer of ['adam', 'sgd'] as const) {
      const options = { epochs: 3, batchSize: 16, optimizer } as const;
      const bench = createBench(threeClasses, options, writeModule(t, DRAWING));
      const whole = await train(bench, 3);
      const first = await bench.tfjs();
      first.runEpoch(1, 0.01);
      const state = new Float32Array(first.stateLengthFloats);
      first.saveState(state);
      first.dispose();
      const second = await bench.tfjs(state);
      for (const epoch of [2, 3]) second.runEpoch(epoch, 0.01);
      t.same(tfjsWeights(second), whole, optimizer);
      second.dispose();
    }
  });

  t.test('the weights kept come back, those of no gradient among them', async (t) => {
    const options = { epochs: 5, batchSize: 16, earlyStopping: 'outOfBag' } as const;
    const bench = createBench(threeClasses, options, writeModule(t, DRAWING));
    const trainer = await bench.tfjs();
    trainer.runEpoch(1, 0.01);
    const kept = tfjsWeights(trainer);
    trainer.keepWeights();
    trainer.runEpoch(2, 0.01);
    t.notSame(tfjsWeights(trainer), kept);
    trainer.restoreWeights();
    t.same(tfjsWeights(trainer), kept);
    trainer.dispose();
  });

  t.test('a frozen layer stays as it was built', async (t) => {
    const frozen = sequentialModule(
      `dense({ ${INPUT}, units: 9, trainable: false, kernelInitializer: 'ones' })`,
      'dense({ units: outputs })',
    );
    const weights = await train(createBench(threeClasses, { epochs: 2 }, writeModule(t, frozen)), 2);
    t.equal(weights.filter((value) => value === 1).length, 90);
  });

  t.test("regularizers and constraints of the model's own layers are kept to", async (t) => {
    const loose = await train(createBench(threeClasses, { epochs: 5 }, writeModule(t, DENSE)), 5);
    const own =
      'kernelRegularizer: tf.regularizers.l2({ l2: 10 }), kernelConstraint: tf.constraints.nonNeg()';
    const held = sequentialModule(
      `dense({ ${INPUT}, units: 9, activation: 'relu', ${own} })`,
      'dense({ units: outputs })',
    );
    const weights = await train(createBench(threeClasses, { epochs: 5 }, writeModule(t, held)), 5);
    const kernel = (all: Float32Array) => all.subarray(0, 90);
    t.ok(kernel(weights).every((value) => value >= 0));
    const norm = (all: Float32Array) => kernel(all).reduce((sum, value) => sum + value * value, 0);
    t.ok(norm(weights) < norm(loose));
  });

  t.test('a stop is heeded at the next step, and progress is written', async (t) => {
    const bench = createBench(threeClasses, { epochs: 2, batchSize: 16 }, writeModule(t, DENSE));
    const { memory, layout } = bench.context;
    const control = new ControlBlock(memory.buffer, layout.slots);
    control.begin(0, 0, 2, 5);
    const trainer = await bench.tfjs();
    trainer.runEpoch(1, 0.01);
    t.equal(control.read(0).share, 0.5, 'all steps of the first of two epochs');
    control.requestStop();
    t.equal(trainer.runEpoch(2, 0.01), null);
    trainer.dispose();
  });

  t.test('a loss that is no number ends a member by name', async (t) => {
    const options = { epochs: 9, optimizer: 'sgd', momentum: 0 } as const;
    const bench = createBench(threeClasses, options, writeModule(t, DENSE));
    const trainer = await bench.tfjs();
    const diverge = () => {
      for (let epoch = 1; epoch < 9; epoch++) trainer.runEpoch(epoch, 1e30);
    };
    t.throws(diverge, { code: 'ERR_DIVERGED', details: { member: 0 } });
    trainer.dispose();
  });

  t.test('a model is the same text wherever and whenever it was built', async (t) => {
    const bench = createBench(threeClasses, {}, writeModule(t, DRAWING));
    const first = await bench.tfjs();
    const second = await bench.tfjs();
    t.equal(second.topology, first.topology);
    t.match(first.topology, /"dense_Dense1".*"dense_Dense2"/);
    first.dispose();
    second.dispose();
  });

  t.test('a model with branches is trained and restored like any other', async (t) => {
    const source = `export default function build({ tf, features, outputs }) {
      const input = tf.input({ shape: [features] });
      const left = tf.layers.dense({ units: 5, activation: 'tanh' }).apply(input);
      const right = tf.layers.dense({ units: 5, activation: 'relu' }).apply(input);
      const both = tf.layers.concatenate().apply([left, right]);
      return tf.model({ inputs: input, outputs: tf.layers.dense({ units: outputs }).apply(both) });
    }`;
    const bench = createBench(threeClasses, { epochs: 3 }, writeModule(t, source));
    const trainer = await bench.tfjs();
    const first = trainer.runEpoch(1, 0.01)!;
    trainer.runEpoch(2, 0.01);
    t.ok(trainer.runEpoch(3, 0.01)! < first);
    const weights = tfjsWeights(trainer);
    const predicted = await predictWithTfjs(bench, trainer, weights, threeClasses.x);
    t.equal(predicted.mean.length, 210);
    trainer.dispose();
  });

  t.test('images of several channels reach the model channels last', async (t) => {
    const images = linear(20, 24);
    // Sums what channel 1 holds, whatever the order of the pixels.
    const source = `export default function build({ tf }) {
      const model = tf.sequential({ layers: [
        tf.layers.conv2d({ inputShape: [3, 4, 2], filters: 1, kernelSize: [3, 4] }),
        tf.layers.flatten(),
      ] });
      const mask = tf.concat([tf.zeros([3, 4, 1, 1]), tf.ones([3, 4, 1, 1])], 2);
      model.setWeights([mask, tf.zeros([1])]);
      return model;
    }`;
    const bench = createBench(images, {}, writeModule(t, source));
    const trainer = await bench.tfjs();
    const { mean } = await predictWithTfjs(bench, trainer, tfjsWeights(trainer), images.x);
    const targetScale = images.encoding.targets;
    const expected = mean.map((_, row) => {
      const channel = images.x.subarray(row * 24 + 12, row * 24 + 24);
      return channel.reduce((sum, value) => sum + value, 0) * targetScale.std[0]! + targetScale.mean[0]!;
    });
    t.ok(largestDifference(mean, expected) < 1e-5);
    trainer.dispose();
  });
}
