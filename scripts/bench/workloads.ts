// What is trained: the workloads, and the rows every contender trains on. Rows are drawn once from a fixed
// seed and written to files that Node and Python read alike. Knows nothing of contenders or timing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Bagged dense networks: bootstrap by index, He-uniform weights and zero biases, ReLU, Adam at 1e-3,
 * softmax cross-entropy or squared error.
 */
export interface Workload {
  readonly name: string;
  readonly task: 'classification' | 'regression';
  /** A multiple of `batch`, so that nobody's handling of a short last batch is measured. */
  readonly rows: number;
  /** Units from the inputs to the outputs. */
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly members: number;
  readonly epochs: number;
}

const classification = { task: 'classification' } as const;

/** W5, the convolutional one, joins with the convolution: it needs a `layers` field beside `sizes`. */
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
];

export function describeWorkload(workload: Workload): string {
  const { name, rows, sizes, batch, members, epochs } = workload;
  return `${name}: n=${rows}, ${sizes.join('→')}, B=${batch}, k=${members}, ${epochs} epochs`;
}

/** Multiply-adds of one training as executed: the first layer needs no gradient of its input. */
export function multiplyAdds(workload: Workload): number {
  const { rows, sizes, members, epochs } = workload;
  let perRow = 0;
  for (let l = 1; l < sizes.length; l++) perRow += (l === 1 ? 2 : 3) * sizes[l - 1]! * sizes[l]!;
  return perRow * rows * epochs * members;
}

/** Parameters of one member. */
export function parameterCount(workload: Workload): number {
  return workload.sizes.slice(1).reduce((sum, units, l) => sum + (workload.sizes[l]! + 1) * units, 0);
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
function gaussianStream(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
