// What recipes do to a table before members see it: values of options of loading, each of which an option that is stated
// overrules. What they say of members is in src/model/options/presets.ts.

import type { PreprocessingOptions } from './preprocessing.js';

export const PRESET_NAMES = ['fast', 'balanced', 'best', 'deep-ensemble', 'lecture'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

export const DATA_PRESETS: Readonly<
  Record<PresetName, Partial<Omit<PreprocessingOptions, 'target' | 'preset'>>>
> = {
  fast: {},
  balanced: {},
  best: {},
  'deep-ensemble': {},
  lecture: { softClip: null },
};

/** Options with those of their preset in place; what was stated stays. */
export function withDataPreset<Options extends PreprocessingOptions>(options: Options): Options {
  const { preset = 'balanced' } = options;
  const stated = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DATA_PRESETS[preset], ...Object.fromEntries(stated) } as Options;
}
