// The settings that `autoEnsemble` tries: a few that are known to be good, then draws from ranges. The one place that says
// which; it grows with the recipe of members.

import type { Dataset } from '../data/dataset/dataset.js';
import type { MemberOptions } from '../model/options/training-options.js';
import { DEFAULTS } from '../training/options/option-defaults.js';
import { drawAll, type SearchedOptions, withoutVain } from '../training/options/search-options.js';
import { requireUsers } from '../training/options/stray-options.js';

/** Options that the search itself decides, or that tie members to each other; a recipe would say what is searched. */
export const DECIDED = [
  ...['preset', 'resample', 'resampleShare', 'folds', 'repeats', 'vary', 'tie', 'tiedLayers', 'tyingMode'],
  ...['tyingGroup', 'earlyStopping'],
] as const;

/**
 * What is tried first: settings known to be good, of every kind of members, of which the first two are trained on all folds. Trees
 * go first where they are quick: of many classes they grow a tree for each in every round. All is stated, whatever the defaults are.
 */
export function knownSettings(dataset: Dataset): readonly MemberOptions[] {
  const { rows } = dataset;
  const trees = { engine: 'trees', ...treesFor(rows), rounds: roundsFor(dataset) } as const;
  const isQuick = classesOf(dataset) <= FEW_CLASSES;
  // Many classes want many units.
  const inOrder = isQuick ? KNOWN_NETWORKS : [WIDE, ...KNOWN_NETWORKS.filter((own) => own !== WIDE)];
  const networks = inOrder.map((own) => ({ ...PLAIN, batchSize: batchFor(rows), ...own }));
  return [
    ...(isQuick ? [trees] : []),
    ...networks,
    // Each row is compared with all others.
    ...(rows <= MOST_STORED_ROWS ? [{ engine: 'neighbours' } as const] : []),
    ...(isQuick ? [] : [trees]),
  ];
}

/** What networks are where they say nothing else. */
const PLAIN = {
  ...{ numericEmbedding: 'none', categoryEmbedding: 'oneHot', norm: 'none', patience: 20, hiddenKeep: 1 },
  ...{ optimizer: 'adam', learningRate: 0.003, schedule: 'constant', epochs: 200, weightAverage: 'none' },
} as const satisfies MemberOptions;

const RESIDUAL = 'residual 64@128 silu';

/** As the preset best has it. */
const WIDE: MemberOptions = {
  ...{ hidden: [128, 128, 128], activation: 'gelu', numericEmbedding: 'periodic' },
  ...{ optimizer: 'adamW', weightDecay: 0.05, patience: 30 },
};

/**
 * By what they gained on real tables (docs/techniques/residual.md, embeddings.md, encodings.md), those first that are good for the
 * time that they take.
 */
const KNOWN_NETWORKS: readonly MemberOptions[] = [
  {
    ...{ hidden: [64, 64], activation: 'gelu', numericEmbedding: 'periodic' },
    ...{ optimizer: 'adamW', weightDecay: 0.05, patience: 30 },
  },
  {
    ...{ hidden: [128, 128], activation: 'gelu', numericEmbedding: 'piecewiseLinear', embeddingSize: 8 },
    ...{ optimizer: 'adamW', weightDecay: 0.05, hiddenKeep: 0.9, patience: 30 },
  },
  {
    ...{ layers: [RESIDUAL, RESIDUAL, 'norm silu'], activation: 'gelu', schedule: 'flatCos', epochs: 60 },
    ...{ learningRate: 0.01, optimizer: 'adamW', weightDecay: 0.1, gradientClip: 1 },
  },
  {
    ...{ layers: [RESIDUAL, 'norm silu'], activation: 'gelu', learningRate: 0.012, epochs: 80 },
    ...{ optimizer: 'adamW', weightDecay: 0.035, gradientClip: 1, weightAverage: 'ema', hiddenKeep: 0.87 },
  },
  { hidden: [256], activation: 'silu', numericEmbedding: 'piecewiseLinear', learningRate: 0.0015 },
  {
    ...{ hidden: [128, 128], activation: 'silu', numericEmbedding: 'periodic', optimizer: 'adamW' },
    ...{ beta2: 0.95, learningRate: 0.004, schedule: 'coslog4', epochs: 80, hiddenKeep: 0.85 },
  },
  WIDE,
  { hidden: [64], activation: 'relu' },
  { hidden: [] },
];

/** What of a dataset decides which settings are tried. */
type Sized = Pick<Dataset, 'rows' | 'task'>;

/** Leaves of few rows are worth it where there are few. */
function treesFor(rows: number) {
  return rows < SMALL_TABLE
    ? ({ maxLeaves: 16, treeRate: 0.08, minLeafRows: 5 } as const)
    : ({ maxLeaves: 31, treeRate: 0.08, minLeafRows: 20 } as const);
}

const SMALL_TABLE = 3000;
const FEW_CLASSES = 4;
const MOST_STORED_ROWS = 20_000;
/** Trees of all classes that a member grows at most. */
const MOST_TREES = 1500;

function classesOf({ task }: Sized): number {
  return task.kind === 'classification' ? task.classes.length : 1;
}

function roundsFor(dataset: Sized): number {
  return Math.max(60, Math.min(500, Math.round(MOST_TREES / classesOf(dataset))));
}

/** The ranges that all further settings are drawn from; what means nothing to a kind of members is left out there. */
export function searchSpace(dataset: Sized): SearchedOptions {
  const { rows, task } = dataset;
  const networks = classesOf(dataset) <= FEW_CLASSES ? 3 : 7;
  return {
    engine: { choice: [...new Array<'wasm'>(networks).fill('wasm'), 'trees'] },
    hidden: {
      choice: [
        [32],
        [64],
        [128],
        [256],
        [64, 64],
        [64, 64],
        [128, 64],
        [128, 128],
        [256, 128],
        [128, 128, 128],
      ],
    },
    // Where any are drawn they are all of the hidden layers.
    layers: {
      choice: [
        ...new Array<never[]>(4).fill([]),
        [RESIDUAL, 'norm silu'],
        [RESIDUAL, RESIDUAL, 'norm silu'],
        [RESIDUAL, RESIDUAL, RESIDUAL, 'norm silu'],
      ],
    },
    activation: { choice: ['relu', 'relu', 'gelu', 'tanh', 'silu', 'mish'] },
    norm: { choice: ['none', 'none', 'layer'] },
    numericEmbedding: { choice: ['none', 'periodic', 'periodic', 'cosine', 'piecewiseLinear'] },
    frequencyScale: { log: [0.02, 1] },
    embeddingSize: { choice: [4, 8, 16] },
    embeddingBins: { choice: [8, 16, 32] },
    categoryEmbedding: { choice: ['oneHot', 'oneHot', 'learned'] },
    optimizer: { choice: ['adam', 'adamW', 'adamW', 'muon'] },
    learningRate: { log: [7e-4, 1.5e-2] },
    weightDecay: { log: [1e-3, 0.3] },
    // 0: not clipped, which an option says by being absent.
    gradientClip: { choice: [0, 0, 1] },
    weightAverage: { choice: ['none', 'none', 'ema'] },
    hiddenKeep: { choice: [1, { uniform: [0.6, 0.95] }] },
    inputKeep: { choice: [1, 1, { uniform: [0.8, 0.98] }] },
    inputNoise: { choice: [0, 0, { uniform: [0.02, 0.3] }] },
    mixup: { choice: [0, 0, 0, { uniform: [0.05, 0.4] }] },
    l2: { choice: [0, 0, { log: [1e-5, 1e-2] }] },
    batchSize: { choice: batchSizes(rows) },
    schedule: { choice: ['constant', 'cosine', 'flatCos', 'coslog4'] },
    epochs: { choice: [200, { integer: [30, 120] }] },
    patience: { choice: [16, 32] },
    snapshots: { choice: [1, 1, 1, 3] },
    featureShare: { choice: [1, 1, { uniform: [0.5, 0.95] }] },
    rounds: roundsFor(dataset),
    treeRate: { log: [0.03, 0.2] },
    maxLeaves: { choice: [4, 8, 16, 31] },
    minLeafRows: rows < SMALL_TABLE ? { integer: [2, 25] } : { choice: [5, 10, 20, 40] },
    leafL2: { choice: [0, { log: [0.1, 10] }] },
    ...(task.kind === 'classification'
      ? { labelSmoothing: { choice: [0, 0, { uniform: [0.01, 0.1] }] } }
      : {}),
  };
}

function batchFor(rows: number): number {
  if (rows < 1000) return 16;
  return rows < 20_000 ? 32 : 128;
}

/** Small tables need many steps of an epoch, large ones quick epochs. */
function batchSizes(rows: number): readonly number[] {
  if (rows < 1000) return [8, 16, 32, 64];
  return rows < 20_000 ? [16, 32, 64, 128] : [64, 128, 256, 512];
}

/** Options that are searched for where nothing is said of them: those of classes are all. */
export const SEARCHED = Object.keys(searchSpace({ rows: 0, task: { kind: 'classification', classes: [] } }));

/** Epochs of each cycle, at most, where a run leaves several members: nothing stops it early. */
const CYCLE_EPOCHS = 25;

/**
 * A setting without what is off, refused, or of no use beside its other options: residual blocks are all of a network's layers; numbers
 * that go through no more bins than a map would make of them need none; embeddings see all columns, whole; and the cycles of
 * snapshots are a schedule of their own, whose averages would be of several of them.
 */
export function compatible(options: MemberOptions): MemberOptions {
  const { numericEmbedding = 'none', categoryEmbedding = 'oneHot', snapshots = 1, epochs = 200 } = options;
  const isEmbedded = numericEmbedding !== 'none' || categoryEmbedding !== 'oneHot';
  const layered = withoutWideMap(withOneKindOfLayers(withoutNoClip(options)));
  const { featureShare: _share, inputKeep: _keep, ...whole } = layered;
  const own = isEmbedded ? whole : layered;
  if (snapshots === 1) return own;
  const { schedule: _schedule, weightAverage: _average, ...cyclic } = own;
  return { ...cyclic, epochs: Math.min(epochs, CYCLE_EPOCHS * snapshots) };
}

function withoutNoClip(options: MemberOptions): MemberOptions {
  const { gradientClip, ...others } = options;
  return gradientClip === 0 ? others : options;
}

function withOneKindOfLayers(options: MemberOptions): MemberOptions {
  const { layers = [], ...dense } = options;
  if (layers.length === 0) return dense;
  if (!layers.includes(RESIDUAL)) return options;
  const { hidden: _hidden, norm: _norm, ...residual } = options;
  return residual;
}

function withoutWideMap(options: MemberOptions): MemberOptions {
  const { numericEmbedding, embeddingSize, embeddingBins = DEFAULTS.embeddingBins, ...others } = options;
  if (numericEmbedding !== 'piecewiseLinear' || embeddingSize === undefined || embeddingSize < embeddingBins)
    return options;
  return { ...others, numericEmbedding, embeddingBins };
}

/** Options of the search itself with what was given in their place, which no layers of its own stand beside. */
export function narrowed<Options extends SearchedOptions>(
  own: Options,
  given: SearchedOptions,
): SearchedOptions {
  if (given.hidden === undefined) return { ...own, ...given };
  const { layers: _layers, ...others } = own;
  return { ...others, ...given };
}

/** So many draws tell whether any setting can use an option. */
const TRIED_DRAWS = 64;

/** @throws ERR_OPTION for an option that was given and that no setting of the search could use. */
export function requireUse(space: SearchedOptions, given: SearchedOptions): void {
  const tried = Array.from({ length: TRIED_DRAWS }, (_, place) => {
    const drawn = drawAll(space, 0, place);
    const stated = Object.fromEntries(Object.entries(drawn).filter(([name]) => name in given));
    return { ...withoutVain(compatible(drawn)), ...stated };
  });
  requireUsers(tried);
}
