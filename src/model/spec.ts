// The vocabulary of one member as plain data: what network, trained how, on which rows.
// Plain data only, because specs cross threads and are hashed; nothing here resolves anything.
// `options.ts` turns what a user writes into these resolved forms; engines read nothing else.

import type { ResampleSpec } from '../data/resample.js';
import type { ImageShape, TangentKind } from './image.js';
import type { InputsSpec } from './inputs.js';
import type { LayerSpec } from './layer-types.js';
import type { LossSpec } from './losses.js';

export type { Activation, ConvolutionLayer, DenseLayer, LayerSpec, PoolLayer } from './layer-types.js';

/**
 * Uniform draws: he ±√(6/fan-in), glorot ±√(6/(fan-in + fan-out)); biases start at zero. ntk: the parametrisation z = x W/√fan-in + b
 * with W and b normal of variance 1, and W trained; weights are kept as they act, W/√fan-in.
 */
export type Initialisation = 'he' | 'glorot' | 'ntk';

export interface NetworkSpec {
  /** How the features are an image, rows of pixels channel by channel; null when they are not one. */
  readonly image: ImageShape | null;
  readonly layers: readonly LayerSpec[];
  readonly init: Initialisation;
  /** What becomes of the features first; absent: nothing. */
  readonly inputs?: InputsSpec | undefined;
}

export type OptimizerSpec =
  | {
      readonly kind: 'sgd';
      readonly learningRate: number;
      readonly momentum: number;
      readonly nesterov: boolean;
    }
  | {
      readonly kind: 'adam' | 'adamW';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      /** Added to √v̂ (the papers' ε). */
      readonly tolerance: number;
      /** Decoupled decay of the weights, adamW only; 0 for adam. */
      readonly weightDecay: number;
    }
  /** The weight matrices of hidden layers by Muon, all else by AdamW. */
  | {
      readonly kind: 'muon';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly tolerance: number;
      readonly weightDecay: number;
      readonly muonLearningRate: number;
      readonly muonMomentum: number;
    };

/** Learning rate over a run, as a factor of the optimizer's learningRate; `warmupEpochs` rise linearly first. */
export type ScheduleSpec = { readonly warmupEpochs: number } & (
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly everyEpochs: number; readonly factor: number }
  | { readonly kind: 'cosine'; readonly finalFactor: number }
  /** 1 for a share of the steps, then the cosine. */
  | { readonly kind: 'flatCos'; readonly flatShare: number; readonly finalFactor: number }
  /** Four waves from 0 over 1 to 0, each about twice as long as the one before. */
  | { readonly kind: 'coslog4' }
  /** The cosine anew in each of the run's cycles, one per snapshot. */
  | { readonly kind: 'cyclicCosine'; readonly cycles: number; readonly finalFactor: number }
  /** 1 for a share of the epochs, then down to the final factor, and up and down once more for each further snapshot. */
  | {
      readonly kind: 'fastGeometric';
      readonly cycles: number;
      readonly finalFactor: number;
      readonly trajectoryStart: number;
    }
);

export interface EarlyStoppingSpec {
  /** `validation`: a share taken out before resampling. `outOfBag`: a keyed half of the member's out-of-bag rows. */
  readonly on: 'validation' | 'outOfBag';
  /** Epochs without improvement before stopping; the best weights are restored. */
  readonly patience: number;
  /** Nobody asked for it: a member whose resample leaves no rows for it trains all its epochs. */
  readonly optional?: true | undefined;
}

/**
 * Dropout: while training, each unit of each example is kept with its layer's probability, else set to 0.
 * plain: kept units stay as they are, and prediction multiplies by the keep probability (weight scaling).
 * inverted: kept units are divided by the keep probability, and prediction changes nothing.
 * **Source:** Srivastava et al. (2014); Goodfellow, Bengio, Courville, Deep Learning, 7.12.
 */
export interface DropoutSpec {
  /** Probability that an input is kept, in (0, 1]. */
  readonly inputKeep: number;
  /** One keep probability per hidden layer, each in (0, 1]. */
  readonly hiddenKeep: readonly number[];
  readonly scaling: 'inverted' | 'plain';
}

/** Adds strength · ‖h‖₁ of the listed hidden layers' outputs to each example's loss. */
export interface ActivityPenaltySpec {
  readonly strength: number;
  /** Numbers of hidden layers, ascending; 1 is the first. */
  readonly layers: readonly number[];
}

/** How far a perturbation is: its largest change, or its Euclidean length, in units of each feature's radius. */
export type AttackNorm = 'linf' | 'l2';

/** What epsilon counts in: shares of each feature's range over the training rows, or the user's own units. */
export type AttackScale = 'range' | 'absolute';

/**
 * Adversarial training: minimises cleanShare · J(x) + (1 − cleanShare) · J(x′), x′ = x moved by at most epsilon
 * up the gradient of the loss, and a constant for the gradient of the parameters.
 * **Source:** Goodfellow, Shlens, Szegedy (2015), section 6; Goodfellow, Bengio, Courville, Deep Learning, 7.13.
 */
export interface AdversarialSpec {
  /** Above 0. */
  readonly epsilon: number;
  readonly norm: AttackNorm;
  readonly scale: AttackScale;
  /** Least and largest value of every feature in the user's units; null: each feature's range. */
  readonly bounds: readonly [low: number, high: number] | null;
  /** Steps up the gradient for each batch. */
  readonly steps: number;
  /** In [0, 1). */
  readonly cleanShare: number;
}

/**
 * Tangent propagation: adds strength · Σᵢ ‖(∇ₓf(x))ᵀ v⁽ⁱ⁾‖² to each example's loss, f the raw outputs.
 * **Source:** Simard et al. (1992); Goodfellow, Bengio, Courville, Deep Learning, 7.14.
 */
export interface TangentSpec {
  /** Above 0. */
  readonly strength: number;
  readonly sources: readonly TangentSource[];
}

/** Tangent vectors that came with the dataset, or a built-in kind of images. */
export type TangentSource = 'given' | TangentKind;

/**
 * The member's key in the random streams of each source of chance, beside the plan's seed: its index in the
 * plan, or 0 in a source that the members share, or a number ≥ 2³¹ where it was drawn anew. A change of one leaves the
 * draws of the others unchanged.
 */
export interface MemberStreams {
  /** Rows, random subspace, and the split of out-of-bag rows under early stopping. */
  readonly resample: number;
  readonly init: number;
  /** The order of the examples in each epoch. */
  readonly order: number;
  /** Dropout masks and whatever noise training adds. */
  readonly masks: number;
  /** The seed of a member that joined from a training with another; absent where it is the plan's. */
  readonly seed?: number | undefined;
  /** How often they were drawn anew, because the member diverged with those before; absent for never. */
  readonly reseeds?: number | undefined;
}

/** The sources of chance in which members may differ, as their streams name them. */
export const SOURCES = ['resample', 'init', 'order', 'masks'] as const;

export type Source = (typeof SOURCES)[number];

/**
 * Parameter tying: adds Ω = strength · Σ_{i<j} ‖wᵢ − wⱼ‖² over the tied layers, biases included, of all members
 * whose tying is equal, group and all.
 * rounds: the members train apart for an epoch, then each is drawn toward the mean of the epoch before.
 * exact: the members step in lockstep on one thread, with the gradient of Ω added to each one's own.
 * **Source:** Goodfellow, Bengio, Courville, Deep Learning, 7.9; Zhang, Choromanska, LeCun (2015), Deep learning
 * with elastic averaging SGD, for the pull toward a shared centre.
 */
export interface TyingSpec {
  readonly strength: number;
  /** Numbers of layers, ascending; 1 is the first, the output layer the last. */
  readonly layers: readonly number[] | 'all';
  readonly mode: 'rounds' | 'exact';
  /** Tells groups of otherwise equal tying apart. */
  readonly group: number;
}

/**
 * One of several members that one run leaves: at the end of each cycle of its learning rate, or all of them at its end.
 * **Source:** Huang et al. (2017), Snapshot ensembles: train 1, get M for free.
 */
export interface SnapshotSpec {
  /** From 0. The run's members follow each other in the plan. */
  readonly index: number;
  readonly of: number;
  /** The run leaves its members together when it ends; absent where each comes at the end of a cycle of its own. */
  readonly at?: 'end' | undefined;
}

/** How submodels of one network come about that share weights while they are trained. */
export const SHARINGS = ['batchEnsemble', 'tabm', 'tabmMini', 'packed', 'masksembles'] as const;

/**
 * Submodels that are trained together and become members of their own: those of a run, as its `snapshot` counts them.
 * batchEnsemble: one matrix for each layer, of which every submodel scales inputs and outputs and has a bias of its own.
 * tabm: the same with factors that begin at 1 but for those of the inputs, and an output layer for each. tabmMini: nothing of
 * their own but the inputs' factors and the output layers. packed: no weight in common, only the batches. masksembles: all
 * weights in common, but each keeps other hidden units. softBoosting, which no option asks for: as packed, but each learns what
 * the sum of those before it leaves of the loss.
 * **Source:** Wen, Tran, Ba (2020); Gorishniy, Kotelnikov, Babenko (2025), TabM; Laurent et al. (2023), Packed-Ensembles;
 * Durasov et al. (2021), Masksembles; Feng, Xu, Jiang, Zhou (2020), Soft gradient boosting machine.
 */
export interface SharingSpec {
  readonly kind: (typeof SHARINGS)[number] | 'softBoosting';
  /** As many as the run leaves members. */
  readonly submodels: number;
  /** Whether each submodel sees all examples of a batch, or they divide it among them, eight at a time. */
  readonly batch: 'whole' | 'split';
  /** Of masksembles: how little the masks have in common, from 1. */
  readonly maskScale?: number | undefined;
  /** Of softBoosting: what each counts in the sum, > 0. */
  readonly shrinkage?: number | undefined;
}

/**
 * What the spec of every member says; its engine adds the rest. The same spec, seed and arithmetic give the same bytes
 * everywhere.
 */
export interface MemberSpec {
  /** The name of the engine that trains it and predicts with it; see src/engines/registry.ts. */
  readonly engine: string;
  readonly resample: ResampleSpec;
  /** Random subspace: the share of the features this member sees, in (0, 1]. */
  readonly featureShare: number;
  /** Null for members that nothing stops early. */
  readonly earlyStopping: EarlyStoppingSpec | null;
  readonly streams: MemberStreams;
}

/** A member that is trained epoch by epoch, by whatever engine. */
export interface EpochMemberSpec extends MemberSpec, LossSpec {
  readonly epochs: number;
}

/** A member whose weights an optimizer moves, step by step. */
export interface OptimisedMemberSpec extends EpochMemberSpec {
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly batchSize: number;
  /** Norm penalties on weights, not biases: Ω = l1‖w‖₁ + ½ l2‖w‖²₂. */
  readonly normPenalty: { readonly l1: number; readonly l2: number };
  /** Share s of the label's probability spread evenly over all K classes: 1 − s + s/K for the label, s/K else. */
  readonly labelSmoothing: number;
  /** Standard deviation of the Gaussian noise added to every input of every training step. */
  readonly inputNoise: number;
}

/** A member that is a network, fully resolved. */
export interface NetworkMemberSpec extends OptimisedMemberSpec {
  readonly engine: 'wasm';
  readonly network: NetworkSpec;
  readonly dropout: DropoutSpec | null;
  readonly activityPenalty: ActivityPenaltySpec | null;
  readonly adversarial: AdversarialSpec | null;
  readonly tangents: TangentSpec | null;
  readonly tying: TyingSpec | null;
  readonly snapshot: SnapshotSpec | null;
  /** Absent where the member shares no weights with others of its run. */
  readonly sharing?: SharingSpec | undefined;
  /**
   * The content hash of the ensemble whose answers it was trained on, instead of the truth; absent for all else. No plan gives
   * its bytes without that ensemble.
   */
  readonly teacher?: string | undefined;
  /** Its round, from 1, where it was boosted: taught what the nets before it left. No plan alone gives its bytes. */
  readonly boosted?: number | undefined;
  /** What multiplies the learning rate of weights other than matrices; absent where all of it is 1. */
  readonly rateFactors?: RateFactors | undefined;
  /** How decoupled decay changes over the run, as a factor of the optimizer's `weightDecay`; absent for not at all. */
  readonly decaySchedule?: 'flatCos' | undefined;
  /** What is averaged to become the member; absent where it is its last, or best, weights. */
  readonly weightAverage?: WeightAverageSpec | undefined;
  /** The run's members are drawn from the Gaussian of its last weights; absent where they are not. */
  readonly swag?: SwagSpec | undefined;
  /** The most that the gradient of all parameters together may measure; absent for no limit. */
  readonly gradientClip?: number | undefined;
  /** α of the Beta distribution that mixes two rows of every batch; absent for rows as they are. */
  readonly mixup?: number | undefined;
}

export interface WeightAverageSpec {
  /** `ema`: exponential, of every step. `swa`: the mean of the ends of epochs. */
  readonly kind: 'ema' | 'swa';
  /** Share of the average that a step keeps, of `ema`. */
  readonly decay?: number | undefined;
  /** Share of the epochs before it begins, in [0, 1). */
  readonly trajectoryStart: number;
}

/** **Source:** Maddox et al. (2019), A simple baseline for Bayesian uncertainty in deep learning. */
export interface SwagSpec {
  /** Share of the epochs before weights are gathered, in [0, 1). */
  readonly trajectoryStart: number;
  /** Deviations kept, one an epoch. */
  readonly rank: number;
}

/** Factors of the learning rate, at least 0. A matrix's bias has its own; that of a scale or an embedding has that role's. */
export interface RateFactors {
  readonly bias: number;
  readonly scale: number;
  readonly embedding: number;
}

/** A file of the user's whose default export makes or is a member's model. */
export interface ModuleSpec {
  /** As it was given, normalised; relative to the working directory. */
  readonly path: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
}

/** A value that JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Whether a member has epochs; others are fitted at once. */
export function hasEpochs(spec: MemberSpec): spec is EpochMemberSpec {
  return 'epochs' in spec;
}

/** Whether an optimizer moves a member's weights. */
export function isOptimised(spec: MemberSpec): spec is OptimisedMemberSpec {
  return 'optimizer' in spec;
}

export type Arithmetic = 'fused' | 'strict';

/** Everything that determines an ensemble's bytes, given its dataset. */
export interface EnsemblePlan {
  readonly seed: number;
  readonly arithmetic: Arithmetic;
  readonly members: readonly MemberSpec[];
  /** Share of rows held out for early stopping, drawn before resampling; 0 when no member needs it. */
  readonly validationShare: number;
}

/** The seed of a member's random streams. */
export function seedOf(
  { seed }: Pick<EnsemblePlan, 'seed'>,
  { streams }: Pick<MemberSpec, 'streams'>,
): number {
  return streams.seed ?? seed;
}
