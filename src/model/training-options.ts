// Written by `node dist/scripts/option-types.js` from training-schema.ts: change that, and run it. The types of what a
// user may write about training, each with its documentation; plain, since the public declarations hold them.

import type { TangentKind } from './image.js';
import type { ImageOption, LayerOption } from './layer-words.js';
import type { Activation, LearnerMemberSpec, TangentSource } from './spec.js';

/** Options of one member; every one is optional. */
export interface MemberOptions {
  /** What trains members: networks, nearest neighbours, TensorFlow.js, your own. @default wasm */
  readonly engine?: 'wasm' | 'neighbours' | 'tfjs' | 'learner' | undefined;
  /** Module that builds a tf.LayersModel: tfjs trains it, or the wasm engine where it has the layers. */
  readonly model?: string | undefined;
  /** Module whose default export is a learner; fits members of its own kind. */
  readonly learner?: string | undefined;
  /** Options handed to the learner. */
  readonly learnerOptions?: LearnerMemberSpec['options'] | undefined;
  /** Units of each dense hidden layer. @default 64, or none after `layers` */
  readonly hidden?: readonly number[] | undefined;
  /** Convolutions, poolings and dense layers, before those of `hidden`. @default none */
  readonly layers?: readonly LayerOption[] | undefined;
  /** How the features are an image, channels × height × width. @default not one */
  readonly image?: ImageOption | undefined;
  /** Activation of the hidden layers. @default 'relu' */
  readonly activation?: Activation | undefined;
  /** Initialisation of the weights. @default 'he' */
  readonly init?: 'he' | 'glorot' | undefined;
  /** What is minimised. @default softmaxCrossEntropy for classes, squaredError for numbers */
  readonly loss?: 'softmaxCrossEntropy' | 'binaryCrossEntropy' | 'squaredError' | 'gaussianNll' | undefined;
  /** Optimizer. @default 'adam' */
  readonly optimizer?: 'adam' | 'adamW' | 'sgd' | undefined;
  /** Step size. @default 0.003 */
  readonly learningRate?: number | undefined;
  /** Momentum (sgd). @default 0.9 */
  readonly momentum?: number | undefined;
  /** Nesterov momentum (sgd). @default false */
  readonly nesterov?: boolean | undefined;
  /** Decay of the first moment (adam, adamW). @default 0.9 */
  readonly beta1?: number | undefined;
  /** Decay of the second moment (adam, adamW). @default 0.999 */
  readonly beta2?: number | undefined;
  /** Decoupled weight decay (adamW). @default 0.01 */
  readonly weightDecay?: number | undefined;
  /** Learning rate over the epochs. @default 'constant' */
  readonly schedule?: 'constant' | 'step' | 'cosine' | undefined;
  /** Epochs between steps (step schedule). @default 10 */
  readonly stepEvery?: number | undefined;
  /** Factor at each step (step schedule). @default 0.5 */
  readonly stepFactor?: number | undefined;
  /** Last learning rate as a share of the first (cosine). @default 0 */
  readonly finalFactor?: number | undefined;
  /** Epochs over which the learning rate rises from zero. @default 0 */
  readonly warmupEpochs?: number | undefined;
  /** Passes over the resampled rows, at most. @default 200; 40 where nothing stops early */
  readonly epochs?: number | undefined;
  /** Examples per step. @default 32 */
  readonly batchSize?: number | undefined;
  /** Neighbours that vote (neighbours engine). @default 3 */
  readonly neighbours?: number | undefined;
  /** How near neighbours are; tangent distances need `image` (neighbours engine). @default 'euclidean' */
  readonly distance?: 'euclidean' | 'tangentOneSided' | 'tangentTwoSided' | undefined;
  /** Weights of the votes (neighbours engine). @default 'equal' */
  readonly votes?: 'equal' | 'inverseDistance' | undefined;
  /** Votes spread evenly over all classes (neighbours engine). @default 1 */
  readonly voteSmoothing?: number | undefined;
  /**
   * Ways in which images may move (tangent distances).
   * @default ['translateX', 'translateY', 'rotation', 'scaling', 'hyperbolicParallel', 'hyperbolicDiagonal',
   * 'thickness']
   */
  readonly distanceTangents?: readonly TangentKind[] | undefined;
  /** Smoothing of images for their tangents, in pixels (tangent distances). @default 0.5 */
  readonly tangentSigma?: number | undefined;
  /** What surrounds an image (tangent distances). @default 'zero' */
  readonly tangentBorder?: 'zero' | 'replicate' | undefined;
  /** Spring that holds moved images back (tangent distances). @default 0.01 */
  readonly tangentStiffness?: number | undefined;
  /** How each member draws its rows. @default 'bootstrap' */
  readonly resample?: 'bootstrap' | 'subsample' | 'stratified' | 'grouped' | 'none' | undefined;
  /** Rows drawn, as a share of the rows (groups for grouped). @default 1 */
  readonly resampleShare?: number | undefined;
  /** Random subspace: share of the features each member sees. @default 1 */
  readonly featureShare?: number | undefined;
  /** Norm penalty l1·‖w‖₁ on the weights. @default 0 */
  readonly l1?: number | undefined;
  /** Norm penalty ½·l2·‖w‖² on the weights. @default 0 */
  readonly l2?: number | undefined;
  /** Dropout: probability that an input is kept. @default 1 */
  readonly inputKeep?: number | undefined;
  /**
   * Dropout: probability that a hidden unit is kept; one for all hidden layers or one for each.
   * @default 1
   */
  readonly hiddenKeep?: readonly number[] | number | undefined;
  /**
   * Dropout: divide by the keep probability in training, or multiply by it in prediction.
   * @default 'inverted'
   */
  readonly dropoutScaling?: 'inverted' | 'plain' | undefined;
  /** Activity penalty on the outputs of hidden layers, ×‖h‖₁ per example. @default 0 */
  readonly activityPenalty?: number | undefined;
  /** Hidden layers under the activity penalty, 1 the first. @default all */
  readonly activityLayers?: readonly number[] | undefined;
  /** Share of each label spread evenly over all classes. @default 0 */
  readonly labelSmoothing?: number | undefined;
  /** Standard deviation of Gaussian noise on the inputs in training. @default 0 */
  readonly inputNoise?: number | undefined;
  /** Adversarial training: how far inputs are moved up the gradient of the loss; 0: not at all. @default 0 */
  readonly adversarialEpsilon?: number | undefined;
  /** Adversarial training: epsilon bounds the largest change, or the Euclidean length. @default 'linf' */
  readonly adversarialNorm?: 'linf' | 'l2' | undefined;
  /**
   * Adversarial training: epsilon as a share of each feature's range, or in the data's own units.
   * @default 'range'
   */
  readonly adversarialScale?: 'range' | 'absolute' | undefined;
  /** Adversarial training: least and largest value of a feature. @default each feature's range */
  readonly adversarialBounds?: readonly number[] | undefined;
  /** Adversarial training: steps up the gradient. @default 1 */
  readonly adversarialSteps?: number | undefined;
  /** Adversarial training: share of the loss on the inputs as they are. @default 0.5 */
  readonly cleanShare?: number | undefined;
  /**
   * Tangent propagation: directions in which outputs should not change, those given with the data or of
   * images.
   * @default given, or else all of images
   */
  readonly tangents?: readonly TangentSource[] | undefined;
  /** Tangent propagation: weight of the penalty; 0: none. @default 0 */
  readonly tangentStrength?: number | undefined;
  /** Rows that decide when to stop. @default those out of bag; validation where none are */
  readonly earlyStopping?: 'none' | 'validation' | 'outOfBag' | undefined;
  /** Epochs without improvement before stopping. @default 20 */
  readonly patience?: number | undefined;
  /** Parameter tying: strength of the pull between members, λ·Σ‖wᵢ − wⱼ‖². @default 0 */
  readonly tie?: number | undefined;
  /** Layers that are tied, 1 the first and the output layer the last. @default all */
  readonly tiedLayers?: readonly number[] | undefined;
  /** Tying in rounds of one epoch on all threads, or in lockstep on one. @default 'rounds' */
  readonly tyingMode?: 'rounds' | 'exact' | undefined;
  /** Members with the same number here are tied to each other. @default 0 */
  readonly tyingGroup?: number | undefined;
  /** Members that one run leaves, one at the end of each cosine cycle of the learning rate. @default 1 */
  readonly snapshots?: number | undefined;
  /**
   * Sources of chance in which members differ; they share the draws of the others.
   * @default ['resample', 'init', 'order', 'masks']
   */
  readonly vary?: readonly ('resample' | 'init' | 'order' | 'masks')[] | undefined;
}

/** Lists of options of which members take the combinations. */
export type MemberGrid = {
  readonly [Name in keyof MemberOptions]?: readonly Exclude<MemberOptions[Name], undefined>[] | undefined;
};

/** What a user writes about a training: options shared by all members, and their number or list. */
export interface TrainingOptions extends MemberOptions {
  /** How many members, or a list with the options of each. @default 16 */
  readonly members?: number | readonly MemberOptions[] | undefined;
  /** Lists of options; members take their combinations in turn, fewer members the first of them. */
  readonly grid?: MemberGrid | undefined;
  /** Seed of every random draw. */
  readonly seed?: number | undefined;
  /** Fused or separate multiply-add. @default 'auto' */
  readonly arithmetic?: 'auto' | 'fused' | 'strict' | undefined;
  /** Rows held out when earlyStopping is validation. @default 0.1 */
  readonly validationShare?: number | undefined;
  /** Seconds that a member may take before it is given up. @default as long as it needs */
  readonly deadline?: number | undefined;
}
