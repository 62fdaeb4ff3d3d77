// One thread of the contender jax-js: trains some members, all at once in `jit(vmap)`, or one in `jit`. Arrays of jax-js are counted by hand: `.ref` keeps one for another use,
// and whatever is passed on is given away.

import { parentPort, workerData } from 'node:worker_threads';
import { importFrom } from './packages.js';
import { readRows, type WorkloadRows } from './serve.js';
import type { Workload } from './workloads.js';

interface Jax {
  init(device: string): Promise<unknown>;
  jit<F>(run: F): F;
  vmap<F>(run: F): F;
  grad<Rest extends unknown[]>(
    loss: (network: Network, ...rest: Rest) => JaxArray,
  ): (network: Network, ...rest: Rest) => Network;
  readonly tree: { ref<T>(tree: T): T; dispose(tree: unknown): void };
  readonly numpy: {
    array(values: Float32Array | number): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    max(a: JaxArray, axis: readonly number[]): JaxArray;
    sqrt(a: JaxArray): JaxArray;
    square(a: JaxArray): JaxArray;
    sum(a: JaxArray, axis?: number): JaxArray;
  };
  readonly nn: { relu(a: JaxArray): JaxArray; logSoftmax(a: JaxArray): JaxArray };
  readonly lax: { conv(x: JaxArray, w: JaxArray, strides: readonly number[], padding: string): JaxArray };
}
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: readonly number[];
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  slice(...ranges: readonly (readonly [number, number] | readonly [])[]): JaxArray;
  dispose(): void;
  data(): Promise<Float32Array>;
}
/** Weights and biases of each layer. */
type Network = [w: JaxArray, b: JaxArray][];
/** The network and both moments of Adam. */
type State = [network: Network, mean: Network, square: Network];

export interface ThreadData {
  readonly packages: string;
  readonly workload: Workload;
  readonly folder: string;
  /** How many in one call; of convolutional networks one. */
  readonly members: number;
}

const { packages, workload, folder, members } = workerData as ThreadData;
const jax = (await importFrom(packages, '@jax-js/jax')) as Jax;
const { numpy: np, nn, lax, tree } = jax;
await jax.init('wasm');

const { sizes, convolutions = [], batch, rows, epochs, task } = workload;
const [features, outputs] = [sizes[0]!, sizes.at(-1)!];
const read = readRows(workload, folder);
const y = answersOf(read);
/** The axis of the members, where there are several. */
const lead = members === 1 ? [] : [members];
const step = jax.jit(members === 1 ? trainStep : jax.vmap(trainStep));

/** Class indicators or targets, [rows, outputs]. */
function answersOf(all: WorkloadRows): Float32Array {
  if ('targets' in all) return all.targets;
  const indicators = new Float32Array(rows * outputs);
  for (const [row, label] of all.labels.entries()) indicators[row * outputs + label] = 1;
  return indicators;
}

function forward(network: Network, x: JaxArray): JaxArray {
  let h = convolutions.length === 0 ? x : x.reshape([-1, 1, Math.sqrt(features), Math.sqrt(features)]);
  for (const [index, [w, b]] of network.entries()) {
    if (index < convolutions.length)
      h = pooled(nn.relu(lax.conv(h, w, [1, 1], 'VALID').add(b.reshape([-1, 1, 1]))));
    else {
      if (index === convolutions.length && index > 0) h = h.reshape([h.shape[0]!, -1]);
      h = np.matmul(h, w).add(b);
      if (index < network.length - 1) h = nn.relu(h);
    }
  }
  return h;
}

/** The largest of every two by two pixels; an odd last row and column are left out. */
function pooled(h: JaxArray): JaxArray {
  const [n, channels, side] = h.shape as [number, number, number];
  const half = Math.floor(side / 2);
  const even = side % 2 === 0 ? h : h.slice([], [], [0, 2 * half], [0, 2 * half]);
  return np.max(even.reshape([n, channels, half, 2, half, 2]), [3, 5]);
}

function lossOf(network: Network, x: JaxArray, y: JaxArray): JaxArray {
  const raw = forward(network, x);
  if (task === 'regression') return np.sum(np.square(raw.sub(y))).mul(1 / (batch * outputs));
  return np.sum(nn.logSoftmax(raw).mul(y)).mul(-1 / batch);
}

/** A step of one member; scales: 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ). */
function trainStep([network, means, squares]: State, scales: JaxArray, x: JaxArray, y: JaxArray): State {
  const gradient = jax.grad(lossOf)(tree.ref(network), x, y);
  const scale = [scales.ref.slice([0, 1]), scales.slice([1, 2])] as const;
  const next: State = [[], [], []];
  for (const [index, layer] of network.entries()) {
    const updated = layer.map((parameter, at) => {
      const g = gradient[index]![at]!;
      const mean = means[index]![at]!.mul(0.9).add(g.ref.mul(0.1));
      const square = squares[index]![at]!.mul(0.999).add(np.square(g).mul(0.001));
      const step = mean.ref
        .mul(scale[0].ref)
        .mul(1e-3)
        .div(np.sqrt(square.ref.mul(scale[1].ref)).add(1e-8));
      return [parameter.sub(step), mean, square] as const;
    });
    for (const [part, networkOfPart] of next.entries())
      networkOfPart.push([updated[0]![part]!, updated[1]![part]!]);
  }
  scale[0].dispose();
  scale[1].dispose();
  return next;
}

/** He-uniform weights and zero biases. */
function drawNetwork(): Network {
  const layer = (shape: readonly number[], inputs: number, units: number): [JaxArray, JaxArray] => {
    const bound = Math.sqrt(6 / inputs);
    const length = [...lead, ...shape].reduce((product, size) => product * size, 1);
    const w = Float32Array.from({ length }, () => bound * (2 * Math.random() - 1));
    return [np.array(w).reshape([...lead, ...shape]), np.zeros([...lead, units])];
  };
  const network: Network = [];
  let [channels, side] = [1, Math.sqrt(features)];
  for (const filters of convolutions) {
    network.push(layer([filters, channels, 3, 3], channels * 9, filters));
    [channels, side] = [filters, Math.floor((side - 2) / 2)];
  }
  let inputs = convolutions.length === 0 ? features : channels * side * side;
  for (const units of sizes.slice(1)) {
    network.push(layer([inputs, units], inputs, units));
    inputs = units;
  }
  return network;
}

const like = (network: Network): Network => network.map(([w, b]) => [np.zeros(w.shape), np.zeros(b.shape)]);

async function train(): Promise<Network> {
  const network = drawNetwork();
  let state: State = [network, like(network), like(network)];
  const samples = Array.from({ length: members }, bootstrap);
  let count = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const sample of samples) shuffle(sample);
    for (let at = 0; at < rows; at += batch) {
      count++;
      const scales = Float32Array.from(
        { length: 2 * members },
        (_, i) => 1 / (1 - (i % 2 === 0 ? 0.9 : 0.999) ** count),
      );
      state = step(state, ...batchOf(samples, at, scales));
      // Work is handed over as it is asked for; without looking at it, it would pile up.
      if (count % 16 === 0) await state[0].at(-1)![1].ref.data();
    }
  }
  const [trained, ...moments] = state;
  tree.dispose(moments);
  await trained.at(-1)![1].ref.data();
  return trained;
}

function batchOf(
  samples: readonly Int32Array[],
  at: number,
  scales: Float32Array,
): [JaxArray, JaxArray, JaxArray] {
  const xs = new Float32Array(members * batch * features);
  const ys = new Float32Array(members * batch * outputs);
  for (const [member, sample] of samples.entries()) {
    for (let i = 0; i < batch; i++) {
      const row = sample[at + i]!;
      xs.set(read.x.subarray(row * features, (row + 1) * features), (member * batch + i) * features);
      ys.set(y.subarray(row * outputs, (row + 1) * outputs), (member * batch + i) * outputs);
    }
  }
  return [
    np.array(scales).reshape([...lead, 2]),
    np.array(xs).reshape([...lead, batch, features]),
    np.array(ys).reshape([...lead, batch, outputs]),
  ];
}

function bootstrap(): Int32Array {
  return Int32Array.from({ length: rows }, () => Math.floor(Math.random() * rows));
}

function shuffle(sample: Int32Array): void {
  for (let i = sample.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [sample[i], sample[j]] = [sample[j]!, sample[i]!];
  }
}

/** Mean loss of the members over all original rows, summed over the members. */
async function sumOfLosses(network: Network): Promise<number> {
  const evaluate = members === 1 ? forward : jax.vmap(forward);
  const xs = new Float32Array(members * read.x.length);
  for (let member = 0; member < members; member++) xs.set(read.x, member * read.x.length);
  const raw = await evaluate(network, np.array(xs).reshape([...lead, rows, features])).data();
  let sum = 0;
  for (let at = 0; at < raw.length; at += outputs) {
    const row = raw.subarray(at, at + outputs);
    const truth = y.subarray(at % y.length, (at % y.length) + outputs);
    sum += task === 'regression' ? squaredError(row, truth) : logLoss(row, truth);
  }
  return sum / rows;
}

function squaredError(row: Float32Array, truth: Float32Array): number {
  return row.reduce((sum, value, j) => sum + (value - truth[j]!) ** 2 / row.length, 0);
}

function logLoss(row: Float32Array, truth: Float32Array): number {
  const largest = Math.max(...row);
  return (
    Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0)) +
    largest -
    row[truth.indexOf(1)]!
  );
}

let trained: Network | null = null;
parentPort!.on('message', async (what: 'train' | 'evaluate') => {
  try {
    if (what === 'train') {
      tree.dispose(trained ?? []);
      trained = await train();
    }
    parentPort!.postMessage({ loss: what === 'train' ? 0 : await sumOfLosses(tree.ref(trained!)) });
  } catch (error) {
    parentPort!.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
