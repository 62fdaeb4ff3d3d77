// What is trained: the workloads, and the rows every contender trains on. Rows are drawn once from a fixed
// seed and written to files that Node and Python read alike. Knows nothing of contenders or timing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingOptions } from '../../src/index.js';

/**
 * Bagged networks, dense or convolutional: bootstrap by index, He-uniform weights and zero biases, ReLU, Adam at 1e-3,
 * softmax cross-entropy or squared error.
 */
export interface Workload {
  readonly name: string;
  readonly task: 'classification' | 'regression';
  /** A multiple of `batch`, so that nobody's handling of a short last batch is measured. */
  readonly rows: number;
  /** Units from the inputs to the outputs, those of convolutions left out. */
  readonly sizes: readonly number[];
  /**
   * The inputs are then a square image: filters of 3×3 convolutions without padding, each with a ReLU and a max
   * pooling of 2 behind it, before the dense layers.
   */
  readonly convolutions?: readonly number[];
  readonly batch: number;
  readonly members: number;
  readonly epochs: number;
  /** Further options of tutti's training; the peers know nothing of them. */
  readonly options?: TrainingOptions;
}

const classification = { task: 'classification' } as const;

export const WORKLOADS: readonly Workload[] = [
  { name: 'W1', ...classification, rows: 4096, sizes: [64, 64, 64, 10], batch: 32, members: 16, epochs: 5 },
  { name: 'W2', ...classification, rows: 8192, sizes: [784, 256, 128, 10], batch: 64, members: 8, epochs: 2 },
  { name: 'W3', task: 'regression', rows: 1024, sizes: [8, 50, 1], batch: 32, members: 20, epochs: 40 },
  {
    name: 'W4',
    ...classification,
    rows: 4096,
    sizes: [784, 1024, 1024, 10],
    batch: 128,
    members: 4,
    epochs: 2,
  },
  {
    name: 'W5',
    ...classification,
    rows: 2048,
    sizes: [784, 10],
    convolutions: [8, 16],
    batch: 64,
    members: 4,
    epochs: 1,
  },
];

/** A quarter of the rows and of the epochs, for a try. */
export function shrunk(workload: Workload): Workload {
  const { rows, batch, epochs } = workload;
  return { ...workload, rows: batch * Math.ceil(rows / batch / 4), epochs: Math.ceil(epochs / 4) };
}

/** A product of the network, per row: inputs and outputs of its weights, and at how many places they are used. */
interface Product {
  readonly inputs: number;
  readonly units: number;
  readonly places: number;
}

/** Every layer with weights, from input to output. */
function productsOf({ sizes, convolutions = [] }: Workload): readonly Product[] {
  const products: Product[] = [];
  let [side, channels] = [Math.sqrt(sizes[0]!), 1];
  for (const filters of convolutions) {
    side -= 2;
    products.push({ inputs: 9 * channels, units: filters, places: side * side });
    [side, channels] = [Math.floor(side / 2), filters];
  }
  let inputs = convolutions.length === 0 ? sizes[0]! : channels * side * side;
  for (const units of sizes.slice(1)) {
    products.push({ inputs, units, places: 1 });
    inputs = units;
  }
  return products;
}

export function describeWorkload(workload: Workload): string {
  const { name, rows, sizes, convolutions = [], batch, members, epochs } = workload;
  const blocks = convolutions.map((filters) => `conv ${filters}@3×3–pool 2→`).join('');
  const layers = `${sizes[0]}→${blocks}${sizes.slice(1).join('→')}`;
  return `${name}: n=${rows}, ${layers}, B=${batch}, k=${members}, ${epochs} epoch${epochs === 1 ? '' : 's'}`;
}

/** Multiply-adds of one training as executed: the first layer needs no gradient of its input. */
export function multiplyAdds(workload: Workload): number {
  const { rows, members, epochs } = workload;
  const perRow = productsOf(workload).reduce(
    (sum, { inputs, units, places }, index) => sum + (index === 0 ? 2 : 3) * inputs * units * places,
    0,
  );
  return perRow * rows * epochs * members;
}

/** Parameters of one member. */
export function parameterCount(workload: Workload): number {
  return productsOf(workload).reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
}

const TEACHER_UNITS = 32;
const SEED = 1;

/**
 * Writes `x.f32` (rows × inputs) and `y.i32` or `y.f32` (rows × outputs, mean 0 and standard deviation 1
 * each) to a folder: Gaussian inputs, answers of a fixed random teacher with 32 tanh units, so that there
 * is something to learn and nobody wins by not learning.
 */
export function writeWorkload(workload: Workload, folder: string): void {
  const { rows, sizes, task } = workload;
  const [inputs, outputs] = [sizes[0]!, sizes.at(-1)!];
  const gaussian = gaussianStream(SEED);
  const draw = (length: number, scale: number) => Float32Array.from({ length }, () => scale * gaussian());
  const x = draw(rows * inputs, 1);
  const hidden = draw(inputs * TEACHER_UNITS, 1.5 / Math.sqrt(inputs));
  const output = draw(TEACHER_UNITS * outputs, 1 / Math.sqrt(TEACHER_UNITS));
  const answers = multiply(multiply(x, hidden, rows, inputs).map(Math.tanh), output, rows, TEACHER_UNITS);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'x.f32'), x);
  if (task === 'regression') writeFileSync(join(folder, 'y.f32'), standardised(answers, outputs));
  else writeFileSync(join(folder, 'y.i32'), indexOfLargest(answers, outputs));
}

/** a (rows, inner) × b (inner, columns) → (rows, columns), all row-major. */
function multiply(a: Float32Array, b: Float32Array, rows: number, inner: number): Float32Array {
  const columns = b.length / inner;
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let p = 0; p < inner; p++) {
      const factor = a[i * inner + p]!;
      for (let j = 0; j < columns; j++) out[i * columns + j]! += factor * b[p * columns + j]!;
    }
  }
  return out;
}

function indexOfLargest(values: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    const answers = values.subarray(row * columns, (row + 1) * columns);
    return answers.indexOf(Math.max(...answers));
  });
}

function standardised(values: Float32Array, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let j = 0; j < columns; j++) {
    const column = values.filter((_, i) => i % columns === j);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    column.forEach((value, i) => {
      out[i * columns + j] = (value - mean) / Math.sqrt(variance);
    });
  }
  return out;
}

/**
 * Standard normal numbers from a seed. Not tutti's own streams: the rows must stay the same when those change.
 *
 * **Source:** mulberry32 (Tommy Ettinger, public domain); Box and Muller, 1958.
 */
export function gaussianStream(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
