// Written by `node dist/scripts/option-types.js` from the options' records (option-defaults.ts): change those, and run it.
// The types of what a user may write about training, each with its documentation; plain, since the public declarations
// hold them.

import type { TangentKind } from '../image.js';
import type { ImageOption, LayerOption } from '../layer-types.js';
import type { Activation, JsonObject, TangentSource } from '../spec.js';
import type { Ranged } from './search-range.js';

/** Options of one member; every one is optional. */
export interface MemberOptions {
  /**
   * A recipe, of which every option that is stated takes the place: fast, a first look in the shortest time;
   * balanced, the defaults; best, accuracy at several times the cost: nearly all rows for each of many nets,
   * a third of them residual; deep-ensemble, ten nets that see all rows and differ by their initial weights
   * and order alone, with a variance for numbers (Lakshminarayanan et al. 2017); realmlp, one net a fold by
   * the tuned defaults of RealMLP, but for its parametric activation and its schedule of dropout (Holzmüller,
   * Grinsztajn, Steinwart 2024); tabm, two runs of 16 nets that share weights (after Gorishniy, Kotelnikov,
   * Babenko 2025); lecture, bagged nets as textbooks have them: a hidden layer, a bootstrap, a fixed number
   * of epochs (Goodfellow et al. 2016, 7.11).
   * @default 'balanced'
   */
  readonly preset?:
    | 'fast'
    | 'balanced'
    | 'best'
    | 'deep-ensemble'
    | 'realmlp'
    | 'tabm'
    | 'lecture'
    | undefined;
  /**
   * What trains members: wasm, networks in this library; neighbours, the nearest stored rows; trees, boosted
   * trees; tfjs, a model of TensorFlow.js; learner, a module of your own.
   * @default wasm, or learner where `learner` is given
   */
  readonly engine?: 'wasm' | 'neighbours' | 'trees' | 'tfjs' | 'learner' | undefined;
  /**
   * Path of a module that builds a tf.LayersModel: tfjs trains it, or the wasm engine where it has the
   * layers.
   * @default none
   */
  readonly model?: string | undefined;
  /**
   * Path of a module whose default export is a learner, which fits and predicts members of its own kind.
   * @default none
   */
  readonly learner?: string | undefined;
  /** Plain values that the learner is given as they are. @default none */
  readonly learnerOptions?: JsonObject | undefined;
  /**
   * Units of each dense hidden layer, in their order; none at all makes a linear model. Each an integer ≥ 1.
   * @default 128, 128, 128, or none after `layers`
   */
  readonly hidden?: readonly number[] | undefined;
  /**
   * Convolutions, poolings, dense layers, residual blocks and norms in their order, before those of `hidden`;
   * the first two need `image`.
   * @default none
   */
  readonly layers?: readonly LayerOption[] | undefined;
  /**
   * How the features of a row are an image: channels × height × width in pixels. Each an integer.
   * @default not one
   */
  readonly image?: ImageOption | undefined;
  /** Activation of the hidden layers that name none themselves. @default 'gelu' */
  readonly activation?: Activation | undefined;
  /**
   * Layer: what a dense hidden layer adds up to is normalised over its units, row by row, before its
   * activation.
   * @default 'none'
   */
  readonly norm?: 'none' | 'layer' | undefined;
  /**
   * Spread of the initial weights: he suits relu and its kin, glorot tanh and sigmoid; ntk draws weights and
   * biases of variance 1 and divides by √inputs in the layer, which also gives wide layers smaller steps.
   * @default 'he'
   */
  readonly init?: 'he' | 'glorot' | 'ntk' | undefined;
  /**
   * What each number becomes beside itself: learned waves (periodic, mapped to few numbers; cosine, as they
   * are) or how far it is through bins between quantiles of the member's rows (piecewiseLinear).
   * @default periodic and, of every other of members alike, piecewiseLinear of size 4; none of arrays, of
   * more than 256 numbers or fewer than 4 rows for each, of linear models, and beside what goes with no
   * embedding (`image`, `featureShare`, `inputKeep`, `tie`, `tangentStrength`, `model`)
   */
  readonly numericEmbedding?: 'none' | 'periodic' | 'cosine' | 'piecewiseLinear' | undefined;
  /**
   * How many numbers an embedded number becomes, itself among them. An integer ≥ 2 and ≤ 97.
   * @default 4 of periodic, 16 of cosine; of piecewiseLinear one for each bin and itself, nothing learned
   */
  readonly embeddingSize?: number | undefined;
  /**
   * Waves of each number, which a learned map makes fewer numbers of. An integer ≥ 1 and ≤ 96.
   * @default 16
   */
  readonly embeddingFrequencies?: number | undefined;
  /**
   * Standard deviation of the first frequencies, in turns per unit of the encoded number. A number > 0.
   * @default 0.1
   */
  readonly frequencyScale?: number | undefined;
  /**
   * Bins of each number, at most: where quantiles are equal there are fewer. An integer ≥ 1 and ≤ 96.
   * @default 16
   */
  readonly embeddingBins?: number | undefined;
  /**
   * What categories become: 0/1 columns, or learned numbers where a column has more categories than these.
   * @default 'oneHot'
   */
  readonly categoryEmbedding?: 'oneHot' | 'learned' | undefined;
  /**
   * How many numbers a category becomes; columns of no more categories keep their 0/1 columns. An integer ≥ 1
   * and ≤ 96.
   * @default 8
   */
  readonly categoryEmbeddingSize?: number | undefined;
  /** Whether each number that the first layer takes is multiplied by a learned factor. @default false */
  readonly inputScale?: boolean | undefined;
  /**
   * What training minimises; binaryCrossEntropy has one output for two classes, focal is for classes that are
   * rare, gaussianNll predicts a variance beside each number, huber is for numbers with outliers, poisson is
   * for counts, multilabel is for several targets of 0 and 1, quantile predicts `quantiles`.
   * @default softmaxCrossEntropy for classes, squaredError for numbers
   */
  readonly loss?:
    | 'softmaxCrossEntropy'
    | 'binaryCrossEntropy'
    | 'focal'
    | 'squaredError'
    | 'gaussianNll'
    | 'huber'
    | 'poisson'
    | 'multilabel'
    | 'quantile'
    | undefined;
  /**
   * Error from which on the loss grows linearly, as that of an outlier, and no more with its square (huber).
   * A number > 0, in standard deviations of the target.
   * @default 1
   */
  readonly huberDelta?: number | undefined;
  /**
   * Power of the missing probability that weighs a row: the higher, the less what is right already counts
   * (focal). A number ≥ 0 and ≤ 10.
   * @default 2
   */
  readonly focalGamma?: number | undefined;
  /**
   * Levels of the quantiles that are predicted, ascending (quantile). Each a number > 0 and < 1.
   * @default [0.05, 0.5, 0.95]
   */
  readonly quantiles?: readonly number[] | undefined;
  /**
   * What makes steps of gradients; adamW takes its weight decay apart from them, muon (networks) turns
   * matrices of hidden layers as wholes.
   * @default 'adamW'
   */
  readonly optimizer?: 'adam' | 'adamW' | 'sgd' | 'muon' | undefined;
  /** Size of the steps, before a schedule changes it. A number > 0. @default 0.003 */
  readonly learningRate?: number | undefined;
  /** Share of each step that is carried into the next (sgd). A number ≥ 0 and < 1. @default 0.9 */
  readonly momentum?: number | undefined;
  /** Whether momentum looks ahead before the gradient is taken (sgd). @default false */
  readonly nesterov?: boolean | undefined;
  /**
   * Share of the mean gradient that each step keeps (adam, adamW, muon). A number ≥ 0 and < 1.
   * @default 0.9
   */
  readonly beta1?: number | undefined;
  /**
   * Share of the mean squared gradient that each step keeps (adam, adamW, muon). A number ≥ 0 and < 1.
   * @default 0.999
   */
  readonly beta2?: number | undefined;
  /**
   * Share of each weight that a step takes off, times the learning rate (adamW, muon). A number ≥ 0.
   * @default 0.05
   */
  readonly weightDecay?: number | undefined;
  /**
   * Learning rate over the epochs: as it is, lower by steps, down along a cosine, as it is and then down
   * along a cosine, or up and down four times in ever longer waves.
   * @default 'constant'
   */
  readonly schedule?: 'constant' | 'step' | 'cosine' | 'flatCos' | 'coslog4' | undefined;
  /**
   * How long from one change of the learning rate to the next (step schedule). An integer ≥ 1, in epochs.
   * @default 10
   */
  readonly stepEvery?: number | undefined;
  /**
   * What the learning rate is multiplied by at each change (step schedule). A number > 0 and ≤ 1.
   * @default 0.5
   */
  readonly stepFactor?: number | undefined;
  /**
   * Share of the steps before the learning rate begins to fall (flatCos schedule). A number ≥ 0 and < 1.
   * @default 0.5
   */
  readonly flatShare?: number | undefined;
  /**
   * Last learning rate as a share of the first (cosine and flatCos schedules, snapshots). A number ≥ 0 and ≤
   * 1.
   * @default 0
   */
  readonly finalFactor?: number | undefined;
  /** How long the learning rate rises to its full size. An integer ≥ 0, in epochs. @default 0 */
  readonly warmupEpochs?: number | undefined;
  /**
   * Passes over the rows that a member drew, at most. An integer ≥ 1.
   * @default 200; 40 where nothing stops early
   */
  readonly epochs?: number | undefined;
  /** Rows per step: more are faster per epoch and make fewer, smoother steps. An integer ≥ 1. @default 32 */
  readonly batchSize?: number | undefined;
  /** What the learning rate of biases is multiplied by. A number ≥ 0. @default 1 */
  readonly biasRateFactor?: number | undefined;
  /**
   * What the learning rate of learned scales and shifts (of layer normalisation, of inputs) is multiplied by.
   * A number ≥ 0.
   * @default 1
   */
  readonly scaleRateFactor?: number | undefined;
  /** What the learning rate of embeddings is multiplied by. A number ≥ 0. @default 1 */
  readonly embeddingRateFactor?: number | undefined;
  /**
   * Α of mixup: steps train on blends of two rows, by shares of a Beta(α, α) distribution; 0: on rows as they
   * are. A number ≥ 0.
   * @default 0
   */
  readonly mixup?: number | undefined;
  /**
   * The most that the gradient of a step may measure, as one vector of all parameters; a longer one is
   * shortened. A number > 0.
   * @default no limit
   */
  readonly gradientClip?: number | undefined;
  /**
   * Learning rate of the matrices of hidden layers (muon), changed by a schedule as `learningRate` is. A
   * number > 0.
   * @default 0.02
   */
  readonly muonLearningRate?: number | undefined;
  /**
   * Share of the mean gradient that each step keeps, for the matrices of hidden layers (muon). A number ≥ 0
   * and < 1.
   * @default 0.95
   */
  readonly muonMomentum?: number | undefined;
  /**
   * `weightDecay` over the epochs: as it is, or for half of them and then down along a cosine.
   * @default 'constant'
   */
  readonly weightDecaySchedule?: 'constant' | 'flatCos' | undefined;
  /** How many of the nearest stored rows vote (neighbours engine). An integer ≥ 1. @default 3 */
  readonly neighbours?: number | undefined;
  /**
   * How near rows are; tangent distances let images move, and need `image` (neighbours engine).
   * @default 'euclidean'
   */
  readonly distance?: 'euclidean' | 'tangentOneSided' | 'tangentTwoSided' | undefined;
  /**
   * How much each vote counts: alike, or by the inverse of the distance (neighbours engine).
   * @default 'equal'
   */
  readonly votes?: 'equal' | 'inverseDistance' | undefined;
  /**
   * Votes added in equal parts to all classes, so that no probability is 0 (neighbours engine, classes). A
   * number > 0.
   * @default 1
   */
  readonly voteSmoothing?: number | undefined;
  /**
   * Ways in which images may move without being farther apart (tangent distances).
   * @default ['translateX', 'translateY', 'rotation', 'scaling', 'hyperbolicParallel', 'hyperbolicDiagonal',
   * 'thickness']
   */
  readonly distanceTangents?: readonly TangentKind[] | undefined;
  /**
   * Width of the Gaussian that smooths images for their tangents (tangent distances). A number ≥ 0 and ≤
   * 1000, in pixels.
   * @default 0.5
   */
  readonly tangentSigma?: number | undefined;
  /** What surrounds an image: zeros, or its edge repeated (tangent distances). @default 'zero' */
  readonly tangentBorder?: 'zero' | 'replicate' | undefined;
  /**
   * Spring that holds moved images back, as a share of their squared tangents; 0: they move freely (tangent
   * distances). A number ≥ 0.
   * @default 0.01
   */
  readonly tangentStiffness?: number | undefined;
  /**
   * Rounds of boosting, at most: each adds a tree, or one for each of three or more classes (trees engine).
   * An integer ≥ 1 and ≤ 100000.
   * @default 500; 100 where nothing stops early
   */
  readonly rounds?: number | undefined;
  /**
   * What each tree counts: a smaller share needs more rounds and errs less (trees engine). A number > 0 and ≤
   * 1.
   * @default 0.1
   */
  readonly treeRate?: number | undefined;
  /** Leaves of a tree, at most (trees engine). An integer ≥ 2 and ≤ 4096. @default 31 */
  readonly maxLeaves?: number | undefined;
  /** Splits from the root of a tree to a leaf, at most (trees engine). An integer ≥ 1. @default any number */
  readonly maxDepth?: number | undefined;
  /** Distinct rows of a leaf, at least (trees engine). An integer ≥ 1. @default 10 */
  readonly minLeafRows?: number | undefined;
  /**
   * What is added to the rows of a leaf, as it were rows without an error, so that small ones say less (trees
   * engine). A number ≥ 0.
   * @default 1
   */
  readonly leafL2?: number | undefined;
  /**
   * Bins that the values of a column are sorted into, at most: splits lie between them (trees engine). An
   * integer ≥ 2 and ≤ 255.
   * @default 255
   */
  readonly treeBins?: number | undefined;
  /**
   * How each member draws its rows: with replacement, without, with replacement within each class, whole
   * groups with replacement, all but a fold (cv), or all rows as they are.
   * @default 'subsample'
   */
  readonly resample?: 'bootstrap' | 'subsample' | 'stratified' | 'grouped' | 'cv' | 'none' | undefined;
  /**
   * Rows (for grouped: groups) that each member draws, as a share of those there are. A number > 0 and ≤ 1.
   * @default 0.75 of subsample, else 1
   */
  readonly resampleShare?: number | undefined;
  /**
   * Rows of a stretch of time that is drawn at once, of rows with a `timeColumn`. An integer ≥ 1.
   * @default the cube root of the rows
   */
  readonly blockLength?: number | undefined;
  /**
   * Parts that the rows are dealt into, of which each member in turn leaves one out (cv). An integer ≥ 2.
   * @default 8
   */
  readonly folds?: number | undefined;
  /**
   * How often all rows are dealt, each time anew, where `members` does not say how many there are (cv). An
   * integer ≥ 1.
   * @default 2
   */
  readonly repeats?: number | undefined;
  /**
   * Random subspace: share of the features that each member sees, drawn without replacement. A number > 0 and
   * ≤ 1.
   * @default 1
   */
  readonly featureShare?: number | undefined;
  /**
   * Sources of chance in which members differ; all members share the draws of the others.
   * @default ['resample', 'init', 'order', 'masks']
   */
  readonly vary?: readonly ('resample' | 'init' | 'order' | 'masks')[] | undefined;
  /**
   * Dropout: probability that an input is kept in a step of training; 1: no dropout there. A number > 0 and ≤
   * 1.
   * @default 1
   */
  readonly inputKeep?: number | undefined;
  /**
   * Dropout: probability in (0, 1] that a hidden unit is kept in a step of training; one for all hidden
   * layers or one for each; 1: no dropout there.
   * @default 1
   */
  readonly hiddenKeep?: readonly number[] | number | undefined;
  /**
   * Dropout: inverted divides outputs by the keep probability in training, plain multiplies by it in
   * prediction.
   * @default 'inverted'
   */
  readonly dropoutScaling?: 'inverted' | 'plain' | undefined;
  /**
   * Norm penalty: l1·‖w‖₁ is added to the loss, which sets weights to zero or near it. A number ≥ 0.
   * @default 0
   */
  readonly l1?: number | undefined;
  /** Norm penalty: ½·l2·‖w‖² is added to the loss, which keeps weights small. A number ≥ 0. @default 0 */
  readonly l2?: number | undefined;
  /**
   * Activity penalty: this times ‖h‖₁ of the hidden outputs is added to the loss of each row. A number ≥ 0.
   * @default 0
   */
  readonly activityPenalty?: number | undefined;
  /**
   * Numbers of the hidden layers under the activity penalty, 1 the first. Each an integer ≥ 1.
   * @default all
   */
  readonly activityLayers?: readonly number[] | undefined;
  /**
   * Share of each label that is spread evenly over all classes, against overconfidence. A number ≥ 0 and < 1.
   * @default 0
   */
  readonly labelSmoothing?: number | undefined;
  /**
   * Standard deviation of Gaussian noise added to the inputs in training. A number ≥ 0, in units of the
   * standardised inputs.
   * @default 0
   */
  readonly inputNoise?: number | undefined;
  /**
   * Adversarial training: how far inputs are moved up the gradient of the loss; 0: not at all. A number ≥ 0,
   * in the unit of `adversarialScale`.
   * @default 0
   */
  readonly adversarialEpsilon?: number | undefined;
  /**
   * Adversarial training: epsilon bounds the largest change of a feature, or the Euclidean length.
   * @default 'linf'
   */
  readonly adversarialNorm?: 'linf' | 'l2' | undefined;
  /**
   * Adversarial training: epsilon as a share of each feature's range in the training rows, or in the data's
   * own units, which a soft clip does not allow.
   * @default 'range'
   */
  readonly adversarialScale?: 'range' | 'absolute' | undefined;
  /**
   * Adversarial training: least and largest value of any feature. Each a number, in the data's units.
   * @default each feature's range
   */
  readonly adversarialBounds?: readonly number[] | undefined;
  /**
   * Adversarial training: steps up the gradient, each projected back; more are stronger and slower. An
   * integer ≥ 1.
   * @default 1
   */
  readonly adversarialSteps?: number | undefined;
  /**
   * Adversarial training: share of the loss on the inputs as they are, the rest being on moved ones. A number
   * ≥ 0 and < 1.
   * @default 0.5
   */
  readonly cleanShare?: number | undefined;
  /**
   * Tangent propagation: directions in which outputs should not change, those given with the data or of
   * images.
   * @default given, or else all of images
   */
  readonly tangents?: readonly TangentSource[] | undefined;
  /**
   * Tangent propagation: weight of the penalty on changes of the outputs along tangents; 0: none. A number ≥
   * 0.
   * @default 0
   */
  readonly tangentStrength?: number | undefined;
  /**
   * Rows whose loss decides when a member stops: its own out of bag, `validationShare` of all rows, or none.
   * @default outOfBag, validation where no rows are out of bag, none with `snapshots`
   */
  readonly earlyStopping?: 'none' | 'validation' | 'outOfBag' | undefined;
  /**
   * How long without a better loss before a member stops; its best weights are kept. An integer ≥ 1, in
   * epochs.
   * @default 30
   */
  readonly patience?: number | undefined;
  /**
   * Parameter tying: λ of λ·Σ‖wᵢ − wⱼ‖², which pulls members towards each other; 0: not at all. A number ≥ 0.
   * @default 0
   */
  readonly tie?: number | undefined;
  /**
   * Numbers of the layers that are tied, 1 the first and the output layer the last. Each an integer ≥ 1.
   * @default all
   */
  readonly tiedLayers?: readonly number[] | undefined;
  /**
   * Tying: rounds pulls to the mean of the last epoch, on all threads; exact in every step, on one thread.
   * @default 'rounds'
   */
  readonly tyingMode?: 'rounds' | 'exact' | undefined;
  /** Tying: members with the same number here are tied to each other. An integer ≥ 0. @default 0 */
  readonly tyingGroup?: number | undefined;
  /** Members that one run leaves, as `snapshotMode` says. An integer ≥ 1. @default 1 */
  readonly snapshots?: number | undefined;
  /**
   * What a member becomes: its last weights, an exponential average of those of every step, or the mean of
   * those of the last epochs.
   * @default 'none'
   */
  readonly weightAverage?: 'none' | 'ema' | 'swa' | undefined;
  /** Share of the average that each step keeps (ema). A number ≥ 0 and < 1. @default 0.98 */
  readonly averageDecay?: number | undefined;
  /**
   * How a run leaves several members: at the ends of cosine cycles, at those of short triangular ones after a
   * common beginning, or drawn at its end from the Gaussian of its last weights.
   * @default 'cycles'
   */
  readonly snapshotMode?: 'cycles' | 'fastGeometric' | 'swag' | undefined;
  /**
   * The last epochs whose weights say how weights vary together (swag). An integer ≥ 1, in epochs.
   * @default 20
   */
  readonly swagRank?: number | undefined;
  /**
   * Share of the epochs before weights are averaged, or members gathered (ema, swa, fastGeometric, swag). A
   * number ≥ 0 and < 1.
   * @default 0 for ema, 0.75 for the others
   */
  readonly trajectoryStart?: number | undefined;
  /**
   * Submodels that one run trains together and leaves as members: over one matrix a layer, scaled by each
   * (batchEnsemble, tabm, tabmMini), under masks (masksembles), or side by side on the same batches (packed).
   * @default 'none'
   */
  readonly sharing?: 'none' | 'batchEnsemble' | 'tabm' | 'tabmMini' | 'packed' | 'masksembles' | undefined;
  /**
   * Submodels of a run that share weights, each a member of its own. An integer ≥ 2 and ≤ 1024.
   * @default 8
   */
  readonly submodels?: number | undefined;
  /**
   * Whether every submodel trains on all examples of a batch, or batchEnsemble and masksembles divide it,
   * which takes little more time than one network.
   * @default 'whole'
   */
  readonly submodelBatch?: 'whole' | 'split' | undefined;
  /**
   * Masksembles: how little the units that submodels keep have in common; at 1 all keep the same. A number ≥
   * 1 and ≤ 100.
   * @default 2
   */
  readonly maskScale?: number | undefined;
}

/** Lists of options of which members take the combinations. */
export type MemberGrid = {
  readonly [Name in keyof MemberOptions]?: readonly Exclude<MemberOptions[Name], undefined>[] | undefined;
};

/**
 * What a user writes about a training: options shared by all members, and their number or list. Any of a member's may be a
 * range, such as { log: [1e-4, 1e-2] }, from which each member draws its own.
 */
export interface TrainingOptions extends Ranged<MemberOptions> {
  /** How many members are trained, or a list with the options of each. An integer ≥ 1. @default 16 */
  readonly members?: number | readonly Ranged<MemberOptions>[] | undefined;
  /**
   * Lists of options; members take their combinations in turn, fewer members the first of them.
   * @default none
   */
  readonly grid?: MemberGrid | undefined;
  /**
   * Seed of every random draw: the same options and seed give the same bytes. An integer ≥ 0.
   * @default drawn anew
   */
  readonly seed?: number | undefined;
  /**
   * Multiply-add with one rounding (fused) or with two (strict); auto: fused where the machine has it.
   * @default 'auto'
   */
  readonly arithmetic?: 'auto' | 'fused' | 'strict' | undefined;
  /** Share of the rows held out to decide when to stop. A number > 0 and < 1. @default 0.1 */
  readonly validationShare?: number | undefined;
  /**
   * How long threads may work on one member, each time it begins, before it is given up. A number > 0, in
   * seconds.
   * @default as long as it needs
   */
  readonly deadline?: number | undefined;
  /**
   * A member that diverges: drop it, fail and end the training, or reseed: begin it again with other streams.
   * @default as `onFailure` says
   */
  readonly onDivergence?: 'drop' | 'fail' | 'reseed' | undefined;
  /** How often a member that diverges begins again before it counts as failed. An integer ≥ 1. @default 2 */
  readonly reseeds?: number | undefined;
}
