// What a guarantee is asked for by, at every door and flag.

import { described, type OptionTable, type OptionUses, option } from '../option-names.js';
import { CONFORMAL_METHODS, type ConformalMethod } from './scores.js';

export interface CoverageOptions {
  /**
   * How often each interval, or set of classes, is to hold the truth, in (0, 1): `0.9`. @default no intervals and no sets
   */
  readonly coverage?: number;
  /** How sets of classes are made. @default 'lac' */
  readonly conformal?: ConformalMethod;
}

/** What the options must be; see src/option-names.ts. */
export const COVERAGE_OPTIONS = {
  coverage: described(
    option.number('a number > 0 and < 1, such as 0.9', (coverage) => coverage > 0 && coverage < 1),
    {
      kind: 'number',
      says: 'how often intervals of numbers, or sets of classes, are to hold the truth',
      defaultSays: 'neither',
      range: 'a number > 0 and < 1',
    },
  ),
  conformal: described(option.oneOf(...CONFORMAL_METHODS), {
    kind: 'choice',
    says: 'how sets of classes are made: the smallest on average, adapted to how hard a row is, or adapted without long tails',
    default: 'lac',
  }),
} satisfies OptionTable<CoverageOptions>;

/** When these options have an effect. */
export const COVERAGE_USES = {
  conformal: { says: '`coverage` is given', holds: ({ coverage }) => coverage !== undefined },
} satisfies OptionUses<CoverageOptions>;
