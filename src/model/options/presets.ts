// Recipes by name: values of many options at once, each of which an option that is stated overrules. What they do to a
// table before any member sees it is in src/data/preprocessing/data-presets.ts.

import type { TaskKind } from '../../data/dataset/dataset.js';
import { PRESET_NAMES, type PresetName } from '../../data/preprocessing/data-presets.js';
import type { MemberOptions } from './training-options.js';

/** What a recipe says of members. */
export interface Preset {
  /** What it is for, as a clause. */
  readonly says: string;
  /** How many runs train them: as many members as there are, where each leaves one. */
  readonly members?: number;
  readonly options: MemberOptions;
  /** Beside them for one kind of task. */
  readonly of?: Readonly<Partial<Record<TaskKind, MemberOptions>>>;
  /** Beside them for members in turn: nets that see the table differently make different errors. */
  readonly variants?: readonly MemberOptions[];
}

const DEEP: MemberOptions = { hidden: [128, 128, 128], weightDecay: 0.05 };
const RESIDUAL: MemberOptions = {
  ...{ hidden: [], layers: ['residual 64@128 silu', 'norm silu'], schedule: 'flatCos', epochs: 60 },
  ...{ learningRate: 0.01, weightDecay: 0.1, gradientClip: 1 },
};

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  fast: {
    says: 'a first look in the shortest time',
    members: 8,
    options: {
      ...{ numericEmbedding: 'none', hidden: [64], activation: 'relu' },
      ...{ epochs: 60, patience: 8, batchSize: 64, learningRate: 0.005 },
    },
  },
  balanced: { says: 'the defaults', options: {} },
  best: {
    says: 'accuracy at several times the cost: nearly all rows for each of many nets, a third of them residual',
    members: 42,
    // Seven, so that the six kinds of nets, embeddings in turn counted, take each of the folds in turn.
    options: {
      ...{ resample: 'cv', folds: 7, repeats: 6, activation: 'gelu', optimizer: 'adamW', patience: 30 },
    },
    variants: [DEEP, DEEP, RESIDUAL],
  },
  'deep-ensemble': {
    says: 'ten nets that see all rows and differ by their initial weights and order alone, with a variance for numbers (Lakshminarayanan et al. 2017)',
    members: 10,
    options: {
      ...{ resample: 'none', numericEmbedding: 'none', hidden: [128, 128], activation: 'relu' },
      ...{ optimizer: 'adam', learningRate: 0.001 },
    },
    of: { regression: { loss: 'gaussianNll' } },
  },
  realmlp: {
    says: 'one net a fold by the tuned defaults of RealMLP, but for its parametric activation and its schedule of dropout (Holzmüller, Grinsztajn, Steinwart 2024)',
    options: {
      ...{ resample: 'cv', folds: 8, repeats: 1, hidden: [256, 256, 256], init: 'ntk' },
      ...{ numericEmbedding: 'periodic', categoryEmbedding: 'learned', inputScale: true },
      ...{ optimizer: 'adamW', beta2: 0.95, weightDecay: 0.02, weightDecaySchedule: 'flatCos' },
      ...{ schedule: 'coslog4', biasRateFactor: 0.1, scaleRateFactor: 6, embeddingRateFactor: 0.1 },
      ...{ batchSize: 256, epochs: 256, patience: 256, hiddenKeep: [0.85, 0.85, 0.85] },
    },
    of: {
      classification: { activation: 'selu', learningRate: 0.04, labelSmoothing: 0.1 },
      regression: { activation: 'mish', learningRate: 0.2 },
    },
  },
  tabm: {
    says: 'two runs of 16 nets that share weights (after Gorishniy, Kotelnikov, Babenko 2025)',
    members: 2,
    options: {
      ...{ sharing: 'tabm', submodels: 16, numericEmbedding: 'none', hidden: [256, 256] },
      ...{ activation: 'relu', hiddenKeep: [0.9, 0.9] },
      ...{ resample: 'subsample', resampleShare: 0.8, optimizer: 'adamW', learningRate: 0.002 },
      ...{ weightDecay: 0.0003, batchSize: 32, epochs: 400, patience: 30 },
    },
  },
  lecture: {
    says: 'bagged nets as textbooks have them: a hidden layer, a bootstrap, a fixed number of epochs (Goodfellow et al. 2016, 7.11)',
    members: 16,
    options: {
      ...{ resample: 'bootstrap', numericEmbedding: 'none', hidden: [64], activation: 'relu' },
      ...{ optimizer: 'adam' },
      ...{ learningRate: 0.001, batchSize: 32, epochs: 40, earlyStopping: 'none' },
    },
  },
};

export function presetOf(name: PresetName): Preset {
  return PRESETS[name];
}

/** What each is for, in words. */
export function presetWords(): string {
  return PRESET_NAMES.map((name) => `${name}, ${presetOf(name).says}`).join('; ');
}

/**
 * A member's options with those of its preset in place; what was stated stays.
 * @param task null where it is not known yet: then without what is for one kind of task.
 */
export function withPreset(own: MemberOptions, task: TaskKind | null): MemberOptions {
  if (own.preset === undefined) return own;
  const { options, of } = presetOf(own.preset);
  const stated = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...options, ...(task === null ? {} : of?.[task]), ...Object.fromEntries(stated) };
}
