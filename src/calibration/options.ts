// What a caller may say of a calibration, checked at every public door.

import { described, type OptionTable, option } from '../option-names.js';
import { type Aggregator, aggregators, DEFAULT_AGGREGATOR } from '../predictions/aggregate/aggregators.js';
import type { CalibrationMethod } from './calibration.js';
import { calibrationMethods } from './methods.js';
import { THRESHOLD_CRITERIA, type ThresholdCriterion } from './threshold.js';

export interface CalibrationOptions {
  /** How probabilities are calibrated; null leaves them as they are, for a threshold alone. @default 'temperature' */
  readonly method?: CalibrationMethod | null;
  /**
   * Of two classes: from which probability on the second, the positive one, is predicted: the score that it is chosen for, or
   * itself, in (0, 1). @default null, the more probable class
   */
  readonly threshold?: ThresholdCriterion | number | null;
  /** How members are combined; it holds for no other combination. @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
}

/** What the options must be; see src/option-names.ts. */
export const CALIBRATION_OPTIONS = {
  method: described(option.orNull(option.named(calibrationMethods)), {
    kind: 'choice',
    says: 'how probabilities are calibrated, on rows that the members who say them never saw',
    default: 'temperature',
  }),
  threshold: described(
    {
      expected: `${THRESHOLD_CRITERIA.join(', ')}, or a number between 0 and 1`,
      holds: (value: unknown) =>
        value === null ||
        (typeof value === 'number'
          ? value > 0 && value < 1
          : THRESHOLD_CRITERIA.some((name) => name === value)),
    },
    {
      kind: 'text',
      says: 'two classes: from which probability on the second is predicted, or the score it is chosen for',
      defaultSays: 'the more probable class',
    },
  ),
  aggregator: described(option.named(aggregators), {
    kind: 'choice',
    says: 'how members are averaged',
    default: DEFAULT_AGGREGATOR,
  }),
} satisfies OptionTable<CalibrationOptions>;
