// Puts the defaults of all options in place, as resolution and the rules of use read a member's options.

import type { FilledOptions } from '../../model/options/filled-options.js';
import { withPreset } from '../../model/options/presets.js';
import type { MemberOptions } from '../../model/options/training-options.js';
import { DEFAULTS } from './option-defaults.js';

/** Options are looked at many times, by every rule of use and for every member that has them. */
const known = new WeakMap<MemberOptions, FilledOptions>();

/** Every default in place; what was not stated and has none stays absent. */
export function withDefaults(own: MemberOptions): FilledOptions {
  let filled = known.get(own);
  if (filled === undefined) {
    filled = fill(own);
    known.set(own, filled);
  }
  return filled;
}

function fill(own: MemberOptions): FilledOptions {
  const stated = Object.entries(withPreset(own, null)).filter(([, value]) => value !== undefined);
  // Not spread: V8 makes a hidden class of its own for every object of this many names that is.
  return Object.assign({}, DEFAULTS, Object.fromEntries(stated)) as FilledOptions;
}
