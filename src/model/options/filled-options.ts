// A member's options with every default in place, as what they resolve to is made of them.

import type { Defaults } from './field.js';
import type { SHARED_FIELDS } from './member-fields.js';
import type { MemberOptions } from './training-options.js';

/** A member's options with every default in place; what depends on the task or the network has none. */
export type FilledOptions = {
  readonly [Name in keyof Defaults<typeof SHARED_FIELDS> & keyof MemberOptions]-?: NonNullable<
    MemberOptions[Name]
  >;
};
