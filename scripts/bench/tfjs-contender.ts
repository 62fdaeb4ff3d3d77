// tfjs-node as a contender, used as its documentation does: a tf.sequential per member, compiled with Adam and
// trained by `fit` on a bootstrap. TensorFlow has all its threads; members come one after the other, so that one of
// them is timed and stands for all: a job of sixteen would take minutes.

import util from 'node:util';
import { importFrom } from './packages.js';
import { type Message, readRows, repeat, scaled, serve, type WorkloadRows } from './serve.js';
import type { Workload } from './workloads.js';

/** What is used of @tensorflow/tfjs-node, whose types are there only when it is installed. */
interface Tensor {
  dispose(): void;
  dataSync(): Float32Array;
}
interface Model {
  compile(options: object): void;
  fit(x: Tensor, y: Tensor, options: object): Promise<unknown>;
  evaluate(x: Tensor, y: Tensor, options: object): Tensor;
  dispose(): void;
}
interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  readonly train: { adam(learningRate: number): { dispose(): void } };
  readonly layers: Readonly<
    Record<'dense' | 'conv2d' | 'maxPooling2d' | 'flatten', (options: object) => object>
  >;
  sequential(options: { layers: object[] }): Model;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  tensor1d(values: Int32Array, type: 'int32' | 'float32'): Tensor;
  gather(x: Tensor, indices: Tensor): Tensor;
  oneHot(indices: Tensor, depth: number): Tensor;
}

const started = performance.now();
// What Node 23 removed and tfjs-node 4.22 still calls.
Object.assign(util, {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: Array.isArray,
});
const packages = process.argv[2]!;
const tf = ((await importFrom(packages, '@tensorflow/tfjs-node')) as { default: TensorFlow }).default;

let workload: Workload;
let x: Tensor;
let y: Tensor;
let model: Model | null = null;

async function answer(message: Message): Promise<object> {
  switch (message.do) {
    case 'prepare':
      workload = message.workload;
      placeRows(readRows(workload, message.folder));
      await train(1);
      return { variant: 'fit' };
    case 'train': {
      const one = await repeat(() => train(workload.epochs), message.minSeconds);
      const result = scaled(one, workload.members);
      return message.evaluate ? { ...result, finalLoss: finalLoss() } : result;
    }
    default:
      throw new Error(`${message.do} is asked of other contenders`);
  }
}

/** All rows as tensors: images with one channel where the network convolves. */
function placeRows(read: WorkloadRows): void {
  const { rows, sizes, convolutions } = workload;
  const [inputs, outputs] = [sizes[0]!, sizes.at(-1)!];
  const side = Math.sqrt(inputs);
  x = tf.tensor(read.x, convolutions === undefined ? [rows, inputs] : [rows, side, side, 1]);
  y =
    'targets' in read
      ? tf.tensor(read.targets, [rows, outputs])
      : tf.oneHot(tf.tensor1d(read.labels, 'int32'), outputs);
}

/** Trains one member. */
async function train(epochs: number): Promise<void> {
  model?.dispose();
  model = build();
  const { rows, batch } = workload;
  const drawn = tf.tensor1d(
    Int32Array.from({ length: rows }, () => Math.floor(Math.random() * rows)),
    'int32',
  );
  const [inBag, answers] = [tf.gather(x, drawn), tf.gather(y, drawn)];
  await model.fit(inBag, answers, { epochs, batchSize: batch, shuffle: true, verbose: 0 });
  for (const tensor of [drawn, inBag, answers]) tensor.dispose();
}

function build(): Model {
  const { sizes, convolutions = [], task } = workload;
  const side = Math.sqrt(sizes[0]!);
  const inputShape = convolutions.length === 0 ? [sizes[0]!] : [side, side, 1];
  const common = { kernelInitializer: 'heUniform', biasInitializer: 'zeros' };
  const layers = convolutions.flatMap((filters, index) => [
    tf.layers.conv2d({
      ...common,
      ...{ filters, kernelSize: 3, activation: 'relu' },
      ...(index === 0 ? { inputShape } : {}),
    }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
  ]);
  if (convolutions.length > 0) layers.push(tf.layers.flatten({}));
  for (const [index, units] of sizes.slice(1).entries()) {
    const isLast = index === sizes.length - 2;
    const activation = !isLast ? 'relu' : task === 'regression' ? 'linear' : 'softmax';
    const first = index === 0 && convolutions.length === 0 ? { inputShape } : {};
    layers.push(tf.layers.dense({ ...common, units, activation, ...first }));
  }
  const made = tf.sequential({ layers });
  const loss = task === 'regression' ? 'meanSquaredError' : 'categoricalCrossentropy';
  made.compile({ optimizer: tf.train.adam(1e-3), loss });
  return made;
}

/** Mean loss of the last member over all original rows. */
function finalLoss(): number {
  const loss = model!.evaluate(x, y, { batchSize: workload.rows });
  const [value] = loss.dataSync();
  loss.dispose();
  return value!;
}

await serve(started, { 'tfjs-node': tf.version['tfjs-node'] ?? tf.version.tfjs ?? '' }, answer);
