// A preset in full, as the flags that it stands for.

import { DATA_PRESETS, PRESET_NAMES, type PresetName } from '../../data/preprocessing/data-presets.js';
import { EMBEDDINGS_IN_TURN } from '../../model/options/embedding-options.js';
import { hiddenUnits } from '../../model/options/layer-options.js';
import { DEFAULT_EPOCHS } from '../../model/options/optimisation-options.js';
import { presetOf } from '../../model/options/presets.js';
import { shareDrawn } from '../../model/options/resampling-options.js';
import { DEFAULTS, MEMBER_FIELDS } from '../../training/options/option-defaults.js';
import { withoutEffect } from '../../training/options/stray-options.js';
import { flagOf } from './option-row.js';
import { textOf } from './rows.js';

type Plain = Readonly<Record<string, unknown>>;

/** What a preset that was asked for stands for; none for members that have several, or none. */
export function presetNotes(preset: unknown): string[] {
  const name = PRESET_NAMES.find((own) => own === preset);
  return name === undefined ? [] : [`preset ${name}: ${presetFlags(name)}`];
}

/** `--members 10 --resample none; for regression --loss gaussianNll`. */
export function presetFlags(preset: PresetName): string {
  const { members, options, of = {}, variants: stated = [] } = presetOf(preset);
  const own: object = { ...(members === undefined ? {} : { members }), ...DATA_PRESETS[preset], ...options };
  const isDefaults = Object.keys(own).length === 0;
  const all = isDefaults ? usedDefaults() : own;
  const variants: readonly object[] = isDefaults ? EMBEDDINGS_IN_TURN : stated;
  const tasks = Object.entries(of).map(([task, more]) => `for ${task} ${flagsOf(more)}`);
  const turns = variants.length === 0 ? [] : [`members in turn ${variants.map(flagsOf).join(' | ')}`];
  return [flagsOf(all), ...tasks, ...turns].join('; ');
}

/** The defaults that have an effect beside each other, which balanced is made of. */
function usedDefaults(): Plain {
  const own = Object.entries(DEFAULTS).filter(([name]) => name in MEMBER_FIELDS && name !== 'preset');
  const idle = new Set<string>(withoutEffect(Object.fromEntries(own)));
  return {
    ...{ members: DEFAULTS.members, hidden: hiddenUnits({}), epochs: DEFAULT_EPOCHS.stopped },
    ...Object.fromEntries(own.filter(([name]) => !idle.has(name))),
    resampleShare: shareDrawn(DEFAULTS),
  };
}

function flagsOf(options: object): string {
  const flags = Object.entries(options).map(([name, value]) => {
    if (value === true) return flagOf(name);
    return value === false ? null : `${flagOf(name)} ${asWord(textOf(value ?? 'none') ?? '')}`;
  });
  return flags.filter((flag) => flag !== null).join(' ');
}

/** In quotes where a shell would take it for none or several. */
function asWord(text: string): string {
  return text === '' || text.includes(' ') ? `'${text}'` : text;
}
