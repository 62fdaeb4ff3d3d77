// What an engine is to everybody else: one record, in the engine's own folder, from which all that differs between
// engines is asked (src/engines/registry.ts has them by name). It is light: what trains and what predicts is loaded
// when a member needs it.

import type { Task } from '../../data/dataset/dataset.js';
import type { InputRun } from '../../model/inputs.js';
import type { Loss } from '../../model/losses.js';
import type { OptionUser } from '../../model/options/field.js';
import type { FilledOptions } from '../../model/options/filled-options.js';
import type { ResolvedModule, TranslatedNetwork } from '../../model/options/module-table.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import type { MemberSpec, ModuleSpec, Source } from '../../model/spec.js';
import type { Isolation } from '../../processes/protocol.js';
import type { ArenaSizes, FittedMember, MemberRows, MemberTrainer, TrainerContext } from './engine.js';
import type { EnginePredictor, PredictorContext, StoredMember } from './predictor.js';
import type { StoredEngine } from './stored-engine.js';

export type { SpecSchema } from './stored-engine.js';

/** An engine: how its members are described, trained, kept and predicted with. `Spec` is what a plan says of them. */
export interface EngineDefinition<Spec extends MemberSpec = MemberSpec> extends StoredEngine<Spec> {
  /** What its members are, for help: "networks in this library". */
  readonly summary: string;
  /** The groups of options that a member of these options can use; see src/model/options/field.ts. */
  optionUsers(own: MemberOptions): readonly OptionUser[];
  /**
   * What a member's options become.
   * @param o with every default in place. @param own as they were stated.
   * @throws ERR_OPTION for options that make no sense together, or not for these data.
   */
  resolve(o: FilledOptions, own: MemberOptions, context: ResolveContext): Spec;
  /** What a mixed ensemble calls such members apart from others: `network`, `learner tree.mjs`. */
  kind(spec: Spec): string;
  /** The member in one line, without what all engines share. */
  describe(spec: Spec): string;
  /** The sources of chance it draws from, beside its rows and columns. */
  draws(spec: Spec): readonly Exclude<Source, 'resample'>[];
  /** The module of the user's that its members need. @default none */
  readonly module?: EngineModule<Spec>;
  readonly training: TrainsByEpochs<Spec> | FitsAtOnce<Spec>;
  /** What training takes beside arenas, weights and the dataset. @default nothing */
  readonly footprint?: EngineFootprint;
  /**
   * Bytes that members take where they are loaded to predict so many rows at once, beside what they are kept in, at
   * most. @default as many as that
   * @param loaded bytes of weights that stay loaded, the others taking turns. @default the engine's
   */
  predictorBytes?(
    members: readonly MemberSize<Spec>[],
    features: number,
    task: Task,
    blockRows: number,
    loaded?: number,
  ): number;
  loadPredictor(): Promise<PredictorModule<Spec>>;
}

/** What an engine takes where it trains, in bytes: measured. */
export interface EngineFootprint {
  /** Of a process that has it: its library. */
  readonly process: number;
  /** Of each thread. @param rowBytes of the rows that a member draws. */
  thread(rowBytes: number): number;
}

/** A trained member, and the bytes of its weights and its stored model. */
export interface MemberSize<Spec extends MemberSpec = MemberSpec> {
  readonly spec: Spec;
  readonly bytes: number;
}

/** What options become a spec for, and what of it is the same for all engines. */
export interface ResolveContext {
  readonly task: Task;
  readonly rows: number;
  /** Columns of the dataset. */
  readonly features: number;
  /** What these are. */
  readonly inputColumns: readonly InputRun[];
  /** The place of the member among what those alike take in turn; null of arrays, whose columns come as they are. */
  readonly turn: number | null;
  /** Tangent vectors per row of the dataset. */
  readonly tangents: number;
  /** The module that the options name, read; null when they name none. */
  readonly module: ResolvedModule | null;
  readonly common: Pick<MemberSpec, 'resample' | 'featureShare' | 'streams'>;
}

/** A module of the user's: which option names it, where a spec has it, and how it is tried. */
export interface EngineModule<Spec extends MemberSpec> {
  readonly option: 'model' | 'learner';
  /** Whether a member needs one. */
  readonly required: boolean;
  /** Whether it builds a model for a loss and a number of features, so that it is tried for each. */
  readonly buildsModel: boolean;
  /** The one that a spec names; null for none. */
  of(spec: Spec): ModuleSpec | null;
  /** The spec with that module where it lies now. */
  relocate(spec: Spec, module: ModuleSpec): Spec;
  loadCheck(isolate: Isolation): Promise<ModuleCheck>;
}

/** What a module's model is for. */
export interface ModelPurpose {
  /** Features the member sees. */
  readonly features: number;
  readonly task: Task;
  readonly loss: Loss;
  readonly seed: number;
  /** Whose module it is, for messages. */
  readonly member: number;
}

/** Finds what is wrong with a module before any thread has it. */
export interface ModuleCheck {
  /**
   * Imports it once, where one that loops or ends its process does no harm.
   * @throws ERR_MODULE; ERR_ENGINE_MISSING when what it takes is not installed.
   */
  tryModule(module: ModuleSpec, member: number): Promise<void>;
  /** Builds its model once. @returns the network that is trained in its place; null where the model itself is. */
  tryModel(module: ModuleSpec, purpose: ModelPurpose): Promise<TranslatedNetwork | null>;
}

/** An engine whose members learn in epochs: they stop early, report each epoch, and may go on from a state. */
export interface TrainsByEpochs<Spec extends MemberSpec> {
  readonly by: 'epochs';
  /** What its epochs are called where users say how many there are. @default 'epochs' */
  readonly unit?: 'rounds';
  /** What epochs begin with, before a schedule or a callback changes it. @default that of its optimizer */
  learningRate?(spec: Spec): number;
  /** Bytes of the training's memory that a member takes while it trains. @default none: the engine copies rows */
  arenaBytes?(spec: Spec, features: number, task: Task, sizes: ArenaSizes): number;
  load(): Promise<TrainerModule<Spec>>;
}

/** An engine whose members are there in one go. */
export interface FitsAtOnce<Spec extends MemberSpec> {
  readonly by: 'fitting';
  load(): Promise<FitModule<Spec>>;
}

// What the modules export that definitions load: methods, so that the registry may hold the definitions of all specs.
// Whoever calls them took the definition by the name that the spec states.

export interface TrainerModule<Spec extends MemberSpec> {
  /**
   * Prepares a member: its initial weights drawn and in place, or the state that a trainer of the same member saved.
   * @throws ERR_MODULE, ERR_ENGINE_MISSING.
   */
  createTrainer(
    context: TrainerContext,
    spec: Spec,
    member: number,
    rows: MemberRows,
    state: Float32Array | null,
  ): MemberTrainer | Promise<MemberTrainer>;
}

export interface FitModule<Spec extends MemberSpec> {
  /** @throws ERR_OPTION, ERR_MODULE, ERR_LEARNER naming the member. */
  fitMember(
    context: TrainerContext,
    spec: Spec,
    member: number,
    rows: MemberRows,
  ): FittedMember | Promise<FittedMember>;
}

export interface PredictorModule<Spec extends MemberSpec> {
  /**
   * Loads trained members, ready to predict.
   * @throws ERR_MODULE, ERR_LEARNER, ERR_ENGINE_MISSING, ERR_ARITHMETIC, ERR_BUNDLE.
   */
  createPredictor(
    context: PredictorContext,
    members: readonly StoredMember<Spec>[],
  ): EnginePredictor | Promise<EnginePredictor>;
}
