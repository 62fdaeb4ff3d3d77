// Recipes by name: values of many options at once, each of which an option that is stated overrules. What they do to a
// table before any member sees it is in src/data/preprocessing/data-presets.ts.

import type { TaskKind } from '../../data/dataset/dataset.js';
import { PRESET_NAMES, type PresetName } from '../../data/preprocessing/data-presets.js';
import type { MemberOptions } from './training-options.js';

/** What a recipe says of members. */
export interface Preset {
  /** What it is for, as a clause. */
  readonly says: string;
  /** How many members are trained. */
  readonly members?: number;
  readonly options: MemberOptions;
  /** Beside them for one kind of task. */
  readonly of?: Readonly<Partial<Record<TaskKind, MemberOptions>>>;
}

export const PRESETS = {
  fast: {
    says: 'a first look in the shortest time',
    members: 8,
    options: { hidden: [64], epochs: 60, patience: 8, batchSize: 64, learningRate: 0.005 },
  },
  balanced: { says: 'the defaults', options: {} },
  best: {
    says: 'accuracy at several times the cost',
    members: 32,
    options: { hidden: [128, 128], patience: 30 },
  },
  'deep-ensemble': {
    says: 'ten nets that see all rows and differ by their initial weights and order alone, with a variance for numbers (Lakshminarayanan et al. 2017)',
    members: 10,
    options: { resample: 'none', hidden: [128, 128], learningRate: 0.001 },
    of: { regression: { loss: 'gaussianNll' } },
  },
  lecture: {
    says: 'bagged nets as textbooks have them: a hidden layer, a bootstrap, a fixed number of epochs (Goodfellow et al. 2016, 7.11)',
    members: 16,
    options: {
      ...{ resample: 'bootstrap', hidden: [64], activation: 'relu', optimizer: 'adam' },
      ...{ learningRate: 0.001, batchSize: 32, epochs: 40, earlyStopping: 'none' },
    },
  },
} as const satisfies Readonly<Record<PresetName, Preset>>;

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
