// Builds the model that a module of the user's describes, and checks that it is one this engine can train: a
// tf.LayersModel from the member's features to raw outputs.

import type { Task } from '../../data/dataset/dataset.js';
import { describe } from '../../errors.js';
import { RandomStream, type StreamKey } from '../../math/random.js';
import { type Loss, lossOf } from '../../model/losses.js';
import {
  callUser,
  importDefault,
  type ModuleUse,
  moduleError,
  reasonOf,
  sayChange,
} from '../user-modules/user-module.js';
import type { Layer, LayersModel, SymbolicTensor, Tensor, TensorFlow } from './api.js';
import { withKeyedRandomAsync } from './keyed-random.js';

/** What a module's default export is given to build a model from. */
export interface ModelContext {
  /** TensorFlow.js itself (the exports of @tensorflow/tfjs-node), so that the module need not import it. */
  // biome-ignore lint/suspicious/noExplicitAny: the module's own declarations are the package's, which is optional.
  readonly tf: any;
  /** Features the member sees: the product of the model's input shape. */
  readonly features: number;
  /** Raw outputs: a logit per class (one for binaryCrossEntropy), a number per target (two for gaussianNll). */
  readonly outputs: number;
  readonly task: Task;
  /** Of the member, for initializers that take one; those without draw from the member's own stream anyhow. */
  readonly seed: number;
}

/** The default export of a model's module; it may be async. */
export type ModelBuilder = (context: ModelContext) => unknown;

/** What a member's model must be. */
export interface ModelShape {
  readonly features: number;
  readonly outputs: number;
  readonly task: Task;
  readonly loss: Loss;
}

/** A model and the tensors that were made beside its weights while it was built. */
export interface OwnedModel {
  readonly model: LayersModel;
  /** Shape of an example. */
  readonly inputShape: readonly number[];
  /** Frees the model's weights and everything else. */
  dispose(): void;
}

/**
 * Builds the model with Math.random reading the key's stream.
 * @throws ERR_MODULE when the module or its model is not what it should be.
 */
export async function buildUserModel(
  tf: TensorFlow,
  use: ModuleUse,
  shape: ModelShape,
  key: StreamKey,
): Promise<OwnedModel> {
  const { exported: build } = await importDefault(use);
  if (typeof build !== 'function') {
    const expected = `Expected the default export of ${use.module.path} to be a function that builds a tf.LayersModel`;
    throw moduleError(use, `${expected}, got ${build === null ? 'none' : kindOf(build)}`);
  }
  const { features, outputs, task } = shape;
  const seed = new RandomStream(key).uint32() >>> 1;
  const made = await withKeyedRandomAsync(key, async () => {
    const before = variableNames(tf);
    const made = await callUser(async () => {
      const { result, tensors } = collectTensors(tf, () => {
        return (build as ModelBuilder)({ tf, features, outputs, task: structuredClone(task), seed });
      });
      return { result: await result, tensors };
    });
    if ('value' in made && made.change === null) return made.value;
    disposeVariables(tf, namesSince(tf, before));
    const { path } = use.module;
    if (made.change !== null)
      throw moduleError(use, `${path} ${sayChange(made.change)} as it built its model`);
    const error = 'error' in made ? made.error : null;
    throw moduleError(use, `${path} threw as it built its model: ${reasonOf(error)}`, error);
  });
  const owned = (model: LayersModel) => ownModel(model, made.tensors);
  return requireModel(tf, use, shape, made.result, owned);
}

/** The variables there are: what layers made so far. */
export function variableNames(tf: TensorFlow): ReadonlySet<string> {
  return new Set(Object.keys(tf.engine().state.registeredVariables));
}

/** Those made since. */
export function namesSince(tf: TensorFlow, before: ReadonlySet<string>): readonly string[] {
  return [...variableNames(tf)].filter((name) => !before.has(name));
}

/** Frees the weights of layers whose model never was. */
export function disposeVariables(tf: TensorFlow, names: readonly string[]): void {
  for (const name of names) tf.engine().state.registeredVariables[name]?.dispose();
}

/** Runs something and keeps the tensors it made and did not dispose of, for {@link OwnedModel}. */
export function collectTensors<T>(
  tf: TensorFlow,
  run: () => T,
): { readonly result: T; readonly tensors: readonly Tensor[] } {
  tf.engine().startScope();
  try {
    const result = run();
    const tensors = tf.engine().state.activeScope!.track.filter(({ isDisposed }) => !isDisposed);
    // A user's layer may use them later, though nothing says so: they live as long as the model.
    for (const tensor of tensors) tf.keep(tensor);
    return { result, tensors };
  } finally {
    tf.engine().endScope();
  }
}

/** Takes charge of a model whose shape was checked. */
export function ownModel(model: LayersModel, tensors: readonly Tensor[]): OwnedModel {
  const values = new Set(model.weights.map((weight) => weight.read().dataId));
  // Initial values, which the weights now hold themselves; kept, they would outlive the first step.
  for (const tensor of tensors) if (values.has(tensor.dataId) && !tensor.isDisposed) tensor.dispose();
  return {
    model,
    inputShape: model.inputs[0]!.shape.slice(1) as number[],
    dispose() {
      model.dispose();
      for (const tensor of tensors) if (!tensor.isDisposed) tensor.dispose();
    },
  };
}

function requireModel(
  tf: TensorFlow,
  use: ModuleUse,
  shape: ModelShape,
  built: unknown,
  own: (model: LayersModel) => OwnedModel,
): OwnedModel {
  const { path } = use.module;
  if (!isLayersModel(tf, built)) {
    throw moduleError(use, `Expected ${path} to build a tf.LayersModel, got ${kindOf(built)}`);
  }
  const complaint = complaintOf(built, shape);
  if (complaint === null) return own(built);
  if (hasInput(built)) own(built).dispose();
  throw moduleError(use, `Expected the model of ${path} to ${complaint}`);
}

/** By its class, or by what it can do: the module may have brought TensorFlow.js from elsewhere. */
function isLayersModel(tf: TensorFlow, value: unknown): value is LayersModel {
  if (value instanceof tf.LayersModel) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { apply, toJSON, layers } = value as Partial<LayersModel>;
  return typeof apply === 'function' && typeof toJSON === 'function' && Array.isArray(layers);
}

/** What a model should have been, or null when it will do: "take …, got …". */
export function complaintOf(model: LayersModel, { features, outputs, loss }: ModelShape): string | null {
  const { inputs } = model;
  if (!hasInput(model)) return 'know its input: give its first layer an inputShape';
  if (inputs.length !== 1) return `have one input, got ${inputs.length}`;
  if (model.outputs.length !== 1) return `have one output, got ${model.outputs.length}`;
  const input = exampleShape(inputs[0]!);
  const output = exampleShape(model.outputs[0]!);
  if (inputs[0]!.shape[0] !== null) return `take batches of any size, got batches of ${inputs[0]!.shape[0]}`;
  if (input.includes(null)) return `take inputs of a fixed shape, got ${describeShape(input)}`;
  const size = input.reduce<number>((product, length) => product * length!, 1);
  if (size !== features) {
    return `take the ${features} features, got an input of ${describeShape(input)}, which is ${size}`;
  }
  if (output.length !== 1 || output[0] !== outputs) {
    return `put out ${outputs} numbers for each example (${loss}), got ${describeShape(output)}`;
  }
  if (model.stateful) return 'keep no state between batches, got a stateful layer';
  if (model.trainableWeights.length === 0) return 'have weights that can be trained, got none';
  return null;
}

/** A Sequential without layers has none. */
function hasInput({ inputs }: Partial<LayersModel>): boolean {
  return (inputs?.length ?? 0) > 0;
}

function exampleShape({ shape }: SymbolicTensor): (number | null)[] {
  return shape.slice(1);
}

function describeShape(shape: readonly (number | null)[]): string {
  return `[${shape.map((length) => length ?? 'any').join(', ')}]`;
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return describe(value);
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return name === undefined || name === 'Object' ? 'a plain object' : `a ${name}`;
}

/**
 * Makes a model end in raw outputs: losses take logits, in which softmax with cross-entropy loses no digits, so
 * a last softmax (or sigmoid, for one logit) is passed over. The model is saved with it all the same.
 * @returns whether there was one.
 */
export function exposeLogits(model: LayersModel, loss: Loss): boolean {
  const { activation: own } = lossOf(loss);
  const layer = lastLayer(model);
  if (layer.getClassName() === 'Softmax' && own === 'softmax') {
    layer.call = (inputs) => (Array.isArray(inputs) ? inputs[0]! : inputs);
    return true;
  }
  if (own === null || layer.activation?.getClassName() !== own) return false;
  layer.activation = Object.assign(Object.create(layer.activation), { apply: (x: Tensor) => x });
  return true;
}

/** The layer whose output is the model's, however deep in models within it. */
function lastLayer(model: LayersModel): Layer {
  const layer = model.outputs[0]!.sourceLayer;
  return 'outputs' in layer ? lastLayer(layer as unknown as LayersModel) : layer;
}
