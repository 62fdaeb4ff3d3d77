// A model as data: its topology as text and its weights as one vector, from which it is restored without the
// module that built it.

import { TuttiError } from '../../errors.js';
import { streamKey } from '../../math/random.js';
import type { LayersModel, LayerVariable, TensorFlow } from './api.js';
import { withKeyedRandom } from './keyed-random.js';
import {
  collectTensors,
  disposeVariables,
  namesSince,
  type OwnedModel,
  ownModel,
  variableNames,
} from './user-model.js';

/**
 * The model's topology as JSON. TensorFlow.js numbers layers as a thread makes them; here they are numbered
 * within the model, so that the same model is the same text wherever it was built.
 */
export function topologyOf(model: LayersModel): string {
  const topology = model.toJSON(null, false);
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  visit(topology, (key, value) => {
    const parts = key === 'name' && typeof value === 'string' ? /^(.*?)(\d+)$/.exec(value) : null;
    if (parts === null || names.has(parts[0])) return;
    const [name, stem] = parts as unknown as [string, string];
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    names.set(name, `${stem}${count}`);
  });
  return JSON.stringify(topology, (_, value: unknown) =>
    typeof value === 'string' ? (names.get(value) ?? value) : value,
  );
}

/** Calls `see` for every entry of nested objects and arrays, in order. */
function visit(value: unknown, see: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, entry] of Object.entries(value)) {
    see(key, entry);
    visit(entry, see);
  }
}

/**
 * The model of a topology with weights of its own making; null when a layer of it is of a class that
 * TensorFlow.js does not know.
 * @param weights numbers that are stored for the model.
 * @throws ERR_BUNDLE when the text is no topology, or asks for more than the weights can be for.
 */
export async function modelOfTopology(
  tf: TensorFlow,
  topology: string,
  weights: number,
): Promise<OwnedModel | null> {
  const parsed = parse(topology);
  const excess = excessOf(parsed, weights);
  if (excess !== null) throw new TuttiError('ERR_BUNDLE', `A model's topology cannot be restored: ${excess}`);
  const before = variableNames(tf);
  // Its initial weights are drawn and thrown away; the caller's own random numbers stay as they are.
  const { result, tensors } = withKeyedRandom(streamKey(0, 'init'), () =>
    collectTensors(tf, () => tf.models.modelFromJSON(parsed)),
  );
  const made = namesSince(tf, before);
  const model = await result.catch((error: unknown) => {
    disposeVariables(tf, made);
    for (const tensor of tensors) if (!tensor.isDisposed) tensor.dispose();
    if (/Unknown layer/i.test(String(error))) return null;
    throw new TuttiError('ERR_BUNDLE', `A model's topology cannot be restored: ${String(error)}`, {}, error);
  });
  return model === null ? null : ownModel(model, tensors);
}

function parse(topology: string): object {
  try {
    const parsed: unknown = JSON.parse(topology);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Said below.
  }
  throw new TuttiError('ERR_BUNDLE', "A model's topology is not JSON");
}

/** Numbers of a topology that say how large something is made. */
const LARGEST_EXTENT = 2 ** 24;
const MOST_VALUES = 1_000_000;

/**
 * What is too large in a topology, before anything is made of it: any number beyond what memory holds, more units or
 * filters than the member has weights, or more values than layers need.
 * @param weights numbers that are stored for the whole model.
 */
export function excessOf(topology: object, weights: number): string | null {
  let values = 0;
  let excess: string | null = null;
  visit(topology, (key, value) => {
    values++;
    if (typeof value !== 'number' || key === 'seed') return;
    const bound = SIZED_BY_WEIGHTS.has(key) ? weights : LARGEST_EXTENT;
    if (Math.abs(value) > bound) excess ??= `its \`${key}\` is ${value} where at most ${bound} is possible`;
  });
  return values > MOST_VALUES ? `it has ${values} values` : excess;
}

/** A layer with so many of these has at least as many weights. */
const SIZED_BY_WEIGHTS: ReadonlySet<string> = new Set(['units', 'filters', 'input_dim', 'inputDim']);

/** How many numbers a weight is. */
export function weightLength({ shape }: LayerVariable): number {
  return shape.reduce<number>((product, length) => product * length!, 1);
}

/** Numbers of all weights of a model, trainable or not. */
export function weightCount(model: LayersModel): number {
  return model.weights.reduce((sum, weight) => sum + weightLength(weight), 0);
}

/** Copies the values of some weights, one after the other, into f32[their lengths]. */
export function readWeights(weights: readonly LayerVariable[], into: Float32Array): void {
  let start = 0;
  for (const weight of weights) {
    into.set(weight.read().dataSync(), start);
    start += weightLength(weight);
  }
}

/** The reverse of {@link readWeights}. */
export function writeWeights(tf: TensorFlow, weights: readonly LayerVariable[], from: Float32Array): void {
  let start = 0;
  for (const weight of weights) {
    const end = start + weightLength(weight);
    // An array of its own each time: TensorFlow.js keeps it, and it must not lie in shared memory.
    const values = new Float32Array(from.subarray(start, end));
    tf.tidy(() => {
      weight.write(tf.tensor(values, weight.shape as number[]));
    });
    start = end;
  }
}
