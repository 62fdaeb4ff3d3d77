// What prediction is given of trained members, whatever their engine, and what an engine makes of them.

import type { Task } from '../../data/dataset/dataset.js';
import type { Encoding } from '../../data/dataset/encoding.js';
import type { UnitFactors } from '../../model/layer-types.js';
import type { Arithmetic, MemberSpec, ModuleSpec } from '../../model/spec.js';
import type { Predictions } from '../../predictions/predictions.js';
import type { Isolation } from '../../processes/protocol.js';

/** What all members of an ensemble predict with. */
export interface PredictorContext {
  /** The ensemble itself: what an engine keeps from one predictor to the next, it keeps for it. */
  readonly owner: object;
  readonly task: Task;
  readonly features: number;
  readonly encoding: Encoding;
  readonly arithmetic: Arithmetic;
  /** Most rows that are predicted at once. @default the engine's */
  readonly blockRows: number | undefined;
  /** Bytes of weights that stay loaded, the others taking turns. @default the engine's */
  readonly loadedBytes: number | undefined;
  /** The modules whose code may run, where they lie now. */
  readonly allowedModules: readonly ModuleSpec[] | undefined;
  /** Where learners run. */
  readonly isolate: Isolation;
}

/** A trained member as prediction needs it. */
export interface StoredMember<Spec extends MemberSpec = MemberSpec> {
  readonly spec: Spec;
  /** Its place in the plan, for messages. */
  readonly index: number;
  readonly parameters: Float32Array;
  /** The stored model; null where the spec and the weights say it all. */
  readonly model: Uint8Array | null;
  /** Random subspace, or null. */
  readonly columns: Uint32Array | null;
  /** What multiplies a network's units; null for the weight scaling rule of its own dropout. */
  readonly factors: UnitFactors | null;
}

/** Members of one engine that predict. */
export interface EnginePredictor {
  /**
   * Predicts encoded rows, f32[rows, features], at most `blockRows`.
   * @returns one per member, in order, in the user's units; the next call may overwrite them.
   */
  predict(rows: Float32Array, count: number): readonly Predictions[] | Promise<readonly Predictions[]>;
  /** Lets go of what the members hold. */
  dispose(): void;
}

/** One member that predicts. */
export interface MemberPredictor {
  /** As {@link EnginePredictor.predict}, of one. */
  predict(rows: Float32Array, count: number): Predictions | Promise<Predictions>;
  /** Lets go of what it holds. @default nothing */
  dispose?(): void;
}

/** Loads one after the other, and lets go of those that are loaded when one fails. @returns them, and how to let go of all. */
export async function loadAll<From, Loaded extends { dispose?(): void }>(
  all: readonly From[],
  load: (one: From) => Loaded | Promise<Loaded>,
): Promise<{ readonly loaded: readonly Loaded[]; dispose(): void }> {
  const loaded: Loaded[] = [];
  const dispose = () => {
    for (const one of loaded) one.dispose?.();
  };
  try {
    for (const one of all) loaded.push(await load(one));
  } catch (error) {
    dispose();
    throw error;
  }
  return { loaded, dispose };
}

/** For engines whose members have nothing in common: each is loaded, and predicts, by itself. */
export async function oneByOne<Member>(
  members: readonly Member[],
  load: (member: Member) => MemberPredictor | Promise<MemberPredictor>,
): Promise<EnginePredictor> {
  const { loaded, dispose } = await loadAll(members, load);
  return {
    async predict(rows, count) {
      const answers: Predictions[] = [];
      for (const member of loaded) answers.push(await member.predict(rows, count));
      return answers;
    },
    dispose,
  };
}
