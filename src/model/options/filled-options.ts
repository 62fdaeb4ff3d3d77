// A member's options with every default in place, as what they resolve to is made of them. The defaults themselves are
// put in place in src/training/options.

import type { MemberOptions } from './training-options.js';

/** A member's options with every default in place; what depends on the task or the network has none. */
export type FilledOptions = {
  [Name in Exclude<
    keyof MemberOptions,
    | 'engine'
    | 'model'
    | 'learner'
    | 'learnerOptions'
    | 'loss'
    | 'epochs'
    | 'earlyStopping'
    | 'activityLayers'
    | 'hidden'
    | 'layers'
    | 'image'
    | 'adversarialBounds'
    | 'tangents'
    | 'tiedLayers'
  >]-?: NonNullable<MemberOptions[Name]>;
};
