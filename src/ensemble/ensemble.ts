// A trained ensemble as plain data: the plan, what it was fitted on, and the weights of the members
// that stand behind it. Everything that is done with one (predict, evaluate, save) is a function elsewhere.

import type { Calibration } from '../calibration/calibration.js';
import type { Conformity } from '../conformal/conformity.js';
import type { Encoding, Task, TaskKind } from '../data/dataset/dataset.js';
import type { TrainingFacts } from '../data/dataset/training-facts.js';
import type { Preprocessing } from '../data/preprocessing/preprocessing.js';
import { failOption, type WireError } from '../errors.js';
import type { Baseline } from '../measure/baseline/baseline.js';
import type { UnitFactors } from '../model/layer-types.js';
import type { EnsemblePlan, ModuleSpec } from '../model/spec.js';

/** One epoch of a member's training history; losses are means over examples, without penalties. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Mean loss over the early-stopping rows, where there are any. */
  readonly validationLoss?: number;
}

/** A finished member. */
export interface TrainedMember {
  /** Its place in the plan. */
  readonly index: number;
  /**
   * Unpadded parameters, in shared memory: per layer W[inputs, units] row-major, then the bias; of a tfjs member the
   * model's weights in its order; of nearest neighbours the stored rows; of a learner none.
   */
  readonly parameters: Float32Array<SharedArrayBuffer>;
  /**
   * What predicts beside the weights, in shared memory: a learner's fitted model as it was stored, a tfjs model's
   * topology as JSON in UTF-8; null where the spec says it all.
   */
  readonly model: Uint8Array<SharedArrayBuffer> | null;
  readonly history: readonly EpochRecord[];
  /** The epoch whose weights these are: the last, or the best under early stopping. 1-based. */
  readonly epoch: number;
  /** Distinct rows in bag. */
  readonly inBagRows: number;
  /** Its weight when members are averaged, ≥ 0, unless a caller gives others. @default 1 */
  readonly averagingWeight?: number;
  /** The fixed mask of a member of a mask ensemble (masks.ts); absent for trained members. */
  readonly unitFactors?: UnitFactors;
}

/** A member that could not be trained; the others are kept. */
export interface FailedMember {
  readonly index: number;
  readonly error: WireError;
}

/** A member whose training lost a thread, and came to the same bytes on another. */
export interface RetriedMember {
  readonly index: number;
  /** How often it was tried again. */
  readonly retries: number;
}

export interface TrainedEnsemble<Kind extends TaskKind = TaskKind> {
  readonly plan: EnsemblePlan;
  readonly task: Task<Kind>;
  /** Columns of the networks' input. */
  readonly features: number;
  /** How values in the user's units become what members see, and targets come back: that of the training dataset. */
  readonly encoding: Encoding;
  /** How raw columns become features; null for an ensemble trained on arrays. */
  readonly preprocessing: Preprocessing | null;
  readonly datasetHash: string;
  /**
   * The modules of the user's whose code may run to predict, by their hash, where they lie now: those it was trained
   * with in this process, or that `loadEnsemble` was told. It is not saved. @default none
   */
  readonly allowedModules?: readonly ModuleSpec[];
  /** Its learners predict in processes of their own. It is not saved. @default on threads */
  readonly isolate?: 'process';
  /** What is remembered of the training rows; null for an ensemble saved before format 3. */
  readonly trainedOn: TrainingFacts | null;
  /** In plan order; fewer than planned when some failed or the training was stopped. */
  readonly members: readonly TrainedMember[];
  readonly failures: readonly FailedMember[];
  /** Members that lost threads and are there all the same. It is not saved. @default none */
  readonly retried?: readonly RetriedMember[];
  /** Why the checkpoint of its training could not be written any more. It is not saved. @default it could */
  readonly checkpointError?: WireError;
  /** Every planned member was trained. */
  readonly complete: boolean;
  /** How long this process trained it, in milliseconds; null where it only loaded it, since files keep no times. */
  readonly wallMs: number | null;
  /**
   * What ran the kernels that trained its members, each once: `wasm`, `native-avx512`, …, which all give the same bytes.
   * Empty where no member has any, and for an ensemble saved before this was kept.
   */
  readonly executors: readonly string[];
  /** What it is held against; null where none was fitted, and for an ensemble saved before format 5. */
  readonly baseline: Baseline | null;
  /** How its probabilities are calibrated, and the decision threshold; null where they are as the members give them. */
  readonly calibration: Calibration | null;
  /** What sets and intervals of a stated coverage are made of; null where there is nothing of the kind. */
  readonly conformity: Conformity | null;
}

/** Refuses what is no trained ensemble. @throws ERR_OPTION */
export function requireEnsemble(ensemble: unknown): asserts ensemble is TrainedEnsemble {
  const { plan, members } = (ensemble ?? {}) as Partial<TrainedEnsemble>;
  if (plan !== undefined && Array.isArray(members)) return;
  failOption('ensemble', 'a trained ensemble, such as `trainEnsemble` and `loadEnsemble` give', ensemble);
}

/** What holds for these members and their weights alone, and is not there for others. */
export const NOT_YET_FITTED = { calibration: null, conformity: null } as const;

/** What predicting needs of an ensemble, as plain data that is quickly sent to a thread. */
export function bareEnsemble(ensemble: TrainedEnsemble): TrainedEnsemble {
  const { plan, task, features, encoding, datasetHash, allowedModules, isolate, trainedOn, calibration } =
    ensemble;
  return {
    ...{ plan, task, features, encoding, datasetHash, trainedOn, calibration },
    ...(allowedModules === undefined ? {} : { allowedModules }),
    ...(isolate === undefined ? {} : { isolate }),
    members: ensemble.members.map((member) => ({ ...member, history: [] })),
    ...{ preprocessing: null, failures: [], complete: true, wallMs: null, executors: [] },
    ...{ baseline: null, conformity: null },
  };
}

/** How long this process trained them all. */
export function totalMs(ensembles: readonly Pick<TrainedEnsemble, 'wallMs'>[]): number | null {
  const times = ensembles.flatMap(({ wallMs }) => (wallMs === null ? [] : [wallMs]));
  return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms);
}

type Members = Pick<TrainedEnsemble, 'members'>;

/** Whether members are masks of one net, and so were not trained as they are. */
export function isOfMasks({ members }: Members): boolean {
  return members.some(({ unitFactors }) => unitFactors !== undefined);
}

/** Whether it is a sum of nets of which each was taught what those before it left: one predictor, whose terms mean nothing alone. */
export function isBoosted({ plan }: Pick<TrainedEnsemble, 'plan'>): boolean {
  return plan.members.some((spec) => 'boosted' in spec && spec.boosted !== undefined);
}

/** @throws ERR_OPTION for a boosted sum, where members are taken one by one. */
export function requireIndependent(ensemble: Pick<TrainedEnsemble, 'plan'>, name = 'ensemble'): void {
  if (isBoosted(ensemble))
    failOption(
      name,
      'one whose members answer by themselves',
      'a boosted one, whose nets are terms of one sum',
    );
}

/** Whether members were weighed against each other. */
export function isWeighed({ members }: Members): boolean {
  return members.some(({ averagingWeight = 1 }) => averagingWeight !== 1);
}
