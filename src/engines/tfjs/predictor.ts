// Predicts with one member of the tfjs engine, on the calling thread, from what a bundle holds of it: its
// topology and its weights. Its module is read again only when a layer is of a class of the user's own.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import { streamKey } from '../../math/random.js';
import { headUnits } from '../../model/losses.js';
import type { ModuleSpec } from '../../model/spec.js';
import { pickColumns } from '../shared/pick-columns.js';
import {
  type EnginePredictor,
  type MemberPredictor,
  oneByOne,
  type PredictorContext,
  type StoredMember,
} from '../shared/predictor.js';
import { allowedModule } from '../user-modules/allowed-modules.js';
import type { LayersModel, TensorFlow } from './api.js';
import { predictionsOf } from './head.js';
import { inputOrder, inputPicks } from './model-input.js';
import type { TfjsMemberSpec } from './spec.js';
import { loadTensorFlow } from './tensorflow.js';
import { modelOfTopology, weightCount, writeWeights } from './topology.js';
import { forward } from './trainer.js';
import { buildUserModel, complaintOf, exposeLogits, type OwnedModel } from './user-model.js';

/** A member as its model is restored from. */
export interface TfjsMember {
  readonly spec: TfjsMemberSpec;
  /** All weights of the model, in its order. */
  readonly weights: Float32Array;
  /** Its topology, JSON. */
  readonly topology: string;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
  /** Its place in the plan, for messages. */
  readonly index: number;
  /** Its module, where it lies now; throws when its code may not run. */
  readonly module: () => ModuleSpec;
}

/**
 * Loads members.
 * @throws ERR_ENGINE_MISSING without TensorFlow.js; ERR_BUNDLE when weights and topology do not fit; ERR_MODULE
 * when a layer is the user's own and the module is not what it was.
 */
export function createPredictor(
  context: PredictorContext,
  members: readonly StoredMember<TfjsMemberSpec>[],
): Promise<EnginePredictor> {
  return oneByOne(members, ({ spec, index, parameters, model, columns }) => {
    const topology = new TextDecoder().decode(Uint8Array.from(model!));
    const module = () => allowedModule(context.allowedModules, { module: spec.model, member: index });
    return loadMember(context, { spec, index, weights: parameters, topology, columns, module });
  });
}

async function loadMember(
  { features, task, encoding }: PredictorContext,
  member: TfjsMember,
): Promise<MemberPredictor> {
  const tf = await loadTensorFlow(member.index);
  const { spec, columns } = member;
  const outputs = outputCount(task);
  const owned = await restoreModel(tf, member, columns?.length ?? features, task);
  exposeLogits(owned.model, spec.loss);
  const picks = inputPicks(inputOrder(owned.model), columns);
  return {
    predict(x, rows) {
      // A copy, because TensorFlow.js takes the array itself, and that of x may lie in shared memory.
      const inputs = new Float32Array(pickColumns(x, features, picks, rows));
      return predictionsOf(spec.loss, forward(tf, owned, inputs, rows), rows, outputs, encoding.targets);
    },
    dispose: () => owned.dispose(),
  };
}

/**
 * The member's model with its weights in place.
 * @param features that the member sees.
 */
export async function restoreModel(
  tf: TensorFlow,
  { spec, weights, topology, index, module }: TfjsMember,
  features: number,
  task: Task,
): Promise<OwnedModel> {
  const shape = { features, outputs: headUnits(spec, task), task, loss: spec.loss };
  const owned =
    (await modelOfTopology(tf, topology, weights.length)) ??
    (await buildUserModel(tf, { module: module(), member: index }, shape, streamKey(0, 'init')));
  const complaint = complaintOf(owned.model, shape) ?? lengthComplaint(owned.model, weights);
  if (complaint !== null) {
    owned.dispose();
    throw new TuttiError('ERR_BUNDLE', `Expected the model of member ${index} to ${complaint}`, {
      member: index,
    });
  }
  writeWeights(tf, owned.model.weights, weights);
  return owned;
}

function lengthComplaint(model: LayersModel, weights: Float32Array): string | null {
  const expected = weightCount(model);
  return expected === weights.length ? null : `have ${weights.length} weights, got ${expected}`;
}
