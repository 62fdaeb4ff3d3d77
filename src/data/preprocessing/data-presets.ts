// What recipes do to a table before members see it: values of options of loading, each of which an option that is stated
// overrules. What they say of members is in src/model/options/presets.ts.

import type { ClipShape, FeatureScaling, TargetScaling } from '../dataset/encoding.js';

export const PRESET_NAMES = [
  'fast',
  'balanced',
  'best',
  'deep-ensemble',
  'realmlp',
  'tabm',
  'lecture',
] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** Options of loading that a recipe may state. */
interface DataPreset {
  readonly scaling?: FeatureScaling;
  readonly softClip?: number | null;
  readonly clipShape?: ClipShape;
  readonly targetScaling?: TargetScaling;
  readonly missingIndicators?: boolean;
}

export const DATA_PRESETS: Readonly<Record<PresetName, DataPreset>> = {
  fast: {},
  balanced: {},
  best: {},
  'deep-ensemble': {},
  realmlp: { scaling: 'robust' },
  tabm: { scaling: 'quantile' },
  lecture: { softClip: null },
};

/** Options with those of their preset in place; what was stated stays. */
export function withDataPreset<Options extends { readonly preset?: PresetName | undefined }>(
  options: Options,
): Options {
  const { preset = 'balanced' } = options;
  const stated = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DATA_PRESETS[preset], ...Object.fromEntries(stated) } as Options;
}
