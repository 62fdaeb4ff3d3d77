// What tests of the tfjs engine share: TensorFlow.js itself where it is installed, and one member in both engines.

import { createHash } from 'node:crypto';
import type { Test } from 'tap';
import type { Dataset, Values } from '../../src/data/dataset/dataset.js';
import type { MemberRows, MemberTrainer, TrainerContext } from '../../src/engines/shared/engine.js';
import type { LayersModel, TensorFlow } from '../../src/engines/tfjs/api.js';
import { fromLayersModel } from '../../src/engines/tfjs/from-layers-model.js';
import { toLayersModel } from '../../src/engines/tfjs/layers-model.js';
import { createPredictor } from '../../src/engines/tfjs/predictor.js';
import type { TfjsMemberSpec } from '../../src/engines/tfjs/spec.js';
import { loadTensorFlow } from '../../src/engines/tfjs/tensorflow.js';
import { readWeights, weightCount, writeWeights } from '../../src/engines/tfjs/topology.js';
import { createTrainer as createTfjsTrainer, type TfjsTrainer } from '../../src/engines/tfjs/trainer.js';
import { cachedSite } from '../../src/engines/wasm/cached-site.js';
import { createNetworkPredictor } from '../../src/engines/wasm/predictor.js';
import { createTrainer as createWasmTrainer } from '../../src/engines/wasm/trainer.js';
import { executorCode } from '../../src/kernels/executor-choice.js';
import { ControlBlock } from '../../src/memory/control-block.js';
import { layerShapes, parameterCount } from '../../src/model/network.js';
import type { EnsemblePlan, ModuleSpec, NetworkMemberSpec } from '../../src/model/spec.js';
import type { Predictions } from '../../src/predictions/predictions.js';
import { layOutTraining, takeMemory } from '../../src/training/local/training-memory.js';
import { resolvePlan, type TrainingOptions } from '../../src/training/options/options.js';
import { listRuns } from '../../src/training/plan/runs.js';
import { createBoundExecutors } from '../../src/training/thread/bound-executors.js';
import { drawFromMemory } from '../../src/training/thread/member-course.js';

/**
 * TensorFlow.js, or null where it is not installed, which one line says for a whole file.
 * With TUTTI_REQUIRE_TFJS=1 its absence is a failure.
 */
export async function tensorFlowOrSkip(t: Test): Promise<TensorFlow | null> {
  try {
    return await loadTensorFlow();
  } catch (error) {
    if (process.env.TUTTI_REQUIRE_TFJS === '1') throw error;
    t.plan(0, 'the tests of the tfjs engine are skipped: @tensorflow/tfjs-node is not installed');
    return null;
  }
}

/** A module of a test's own, in a folder that the test's end removes. */
export function writeModule(t: Test, source: string): ModuleSpec {
  const folder = t.testdir({ 'net.mjs': source });
  return { path: `${folder}/net.mjs`, hash: createHash('sha256').update(source).digest('hex') };
}

/** A module that builds a Sequential of layers written as they are in JavaScript. */
export function sequentialModule(...layers: readonly string[]): string {
  return `export default function build({ tf, features, outputs }) {
  return tf.sequential({ layers: [${layers.map((layer) => `tf.layers.${layer}`).join(', ')}] });
}`;
}

/** A module of a dense network with dropout. */
export const DENSE = sequentialModule(
  `dense({ inputShape: [features], units: 9, activation: 'relu' })`,
  'dropout({ rate: 0.3 })',
  'dense({ units: outputs })',
);

/** A member in both engines, before its first epoch. */
export interface Bench {
  readonly plan: EnsemblePlan;
  readonly network: NetworkMemberSpec;
  readonly spec: TfjsMemberSpec;
  readonly rows: MemberRows;
  readonly context: TrainerContext;
  readonly dataset: Dataset;
  readonly wasm: () => MemberTrainer;
  readonly tfjs: (state?: Float32Array) => Promise<TfjsTrainer>;
}

/** Prepares what both engines need to train the same member; the module's model is the tfjs engine's. */
export function createBench(dataset: Dataset, options: TrainingOptions, model: ModuleSpec): Bench {
  const { task, features } = dataset;
  const own = { members: 1, resample: 'bootstrap', ...options } as const;
  const plan = resolvePlan(own, { task, features, seed: 3, arithmetic: 'fused' });
  const network = plan.members[0] as NetworkMemberSpec;
  const { share: training } = takeMemory(
    layOutTraining({ dataset, plan, runs: listRuns(plan), groups: [] }, { threads: 1 }),
  );
  const { memory, layout } = training;
  const control = new ControlBlock(memory.buffer, layout.slots);
  const executor = createBoundExecutors().of(training);
  const { targets } = dataset.encoding;
  const place = { seed: plan.seed, slot: 0, offsetBytes: 0 };
  const context = { executor, memory, control, layout, task, targets, ...place };
  const rows = drawFromMemory(training, network);
  const spec: TfjsMemberSpec = { ...network, engine: 'tfjs', model };
  return {
    ...{ plan, network, spec, rows, context, dataset },
    wasm: () => createWasmTrainer(context, network, 0, { ...rows, stopping: everyRow(dataset) }, null),
    tfjs: (state) => createTfjsTrainer(context, spec, 0, rows, state ?? null),
  };
}

/** For evaluating any of them. */
function everyRow({ rows }: Dataset): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

/** The weights of a trainer of the wasm engine. */
export function networkWeights({ network, dataset }: Bench, trainer: MemberTrainer): Float32Array {
  const weights = new Float32Array(parameterCount(layerShapes(network, dataset.features, dataset.task)));
  trainer.exportWeights(weights, 0);
  return weights;
}

export function tfjsWeights(trainer: TfjsTrainer): Float32Array {
  const weights = new Float32Array(trainer.weightCount);
  trainer.exportWeights(weights, 0);
  return weights;
}

/** A network's weights as a LayersModel with raw outputs. */
export function modelOf(
  { plan, network, rows, dataset }: Bench,
  weights: Float32Array,
): Promise<LayersModel> {
  const { task, encoding } = dataset;
  const features = rows.columns?.length ?? dataset.features;
  // Of the features that the member sees: its model has no others.
  const whole = { ...plan, members: [{ ...network, featureShare: 1 }] };
  const members = [{ index: 0, parameters: weights }];
  return toLayersModel(
    { plan: whole, task, features, encoding: { ...encoding, features: null }, members },
    0,
    {
      outputs: 'raw',
    },
  );
}

/** A network's weights in the order of a LayersModel of it. */
export async function toModelOrder(bench: Bench, weights: Float32Array): Promise<Float32Array> {
  const model = await modelOf(bench, weights);
  const ordered = new Float32Array(weightCount(model));
  readWeights(model.weights, ordered);
  model.dispose();
  return ordered;
}

/** The reverse of {@link toModelOrder}. */
export async function toNetworkOrder(
  tf: TensorFlow,
  bench: Bench,
  weights: Float32Array,
): Promise<Float32Array> {
  const { network, rows, dataset } = bench;
  const model = await modelOf(bench, new Float32Array(weights.length));
  writeWeights(tf, model.weights, weights);
  const { task } = dataset;
  const features = rows.columns?.length ?? dataset.features;
  const { parameters: ordered } = fromLayersModel(model, { task, features, loss: network.loss });
  model.dispose();
  return ordered;
}

/** A trainer of the tfjs engine with the weights of one of the wasm engine. */
export async function withWeightsOf(bench: Bench, weights: Float32Array): Promise<TfjsTrainer> {
  const blank = await bench.tfjs();
  const state = new Float32Array(blank.stateLengthFloats);
  blank.dispose();
  state.set(await toModelOrder(bench, weights));
  return bench.tfjs(state);
}

export function predictWithWasm(
  { network, rows, dataset }: Bench,
  weights: Float32Array,
  x: Float32Array,
): Predictions {
  const { features, task, encoding } = dataset;
  const member = { spec: network, parameters: weights, columns: rows.columns, factors: null };
  const count = x.length / features;
  const predictor = createNetworkPredictor(
    cachedSite(executorCode('fused')),
    [member],
    features,
    task,
    encoding.targets,
    count,
  );
  return predictor.predict(x, count)[0]!;
}

export async function predictWithTfjs(
  { spec, rows, dataset }: Bench,
  trainer: TfjsTrainer,
  weights: Float32Array,
  x: Float32Array,
): Promise<Predictions> {
  const { features, task, encoding } = dataset;
  const member = {
    spec,
    index: 0,
    parameters: weights,
    model: new TextEncoder().encode(trainer.topology),
    columns: rows.columns,
    factors: null,
  };
  const context = {
    owner: {},
    features,
    task,
    encoding,
    arithmetic: 'fused',
    allowedModules: [spec.model],
  } as const;
  const predictor = await createPredictor(
    { ...context, blockRows: undefined, loadedBytes: undefined, isolate: null },
    [member],
  );
  const [predictions] = await predictor.predict(x, x.length / features);
  predictor.dispose();
  return predictions!;
}

/** ‖a − b‖ / ‖b‖. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (const [at, value] of b.entries()) {
    difference += (a[at]! - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}

/** The largest |a − b|. */
export function largestDifference(a: Values, b: Values): number {
  let most = 0;
  for (const [at, value] of a.entries()) most = Math.max(most, Math.abs(value - b[at]!));
  return most;
}
