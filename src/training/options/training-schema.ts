// The schema of what a user may write about training, made of the options' records: the API, the config file and the
// command line all take these names. What they resolve to is in options.ts. Import it where options are checked, not where
// tutti is loaded: zod takes as long to load as all the rest. The types are in training-options.ts, which
// `node dist/scripts/option-types.js` writes anew from the records.

import { failOption } from '../../errors.js';
import { schemasOf } from '../../model/options/field.js';
import type { TrainingOptions } from '../../model/options/training-options.js';
import { isPlainObject } from '../../option-names.js';
import { check } from '../../schema-check.js';
import * as z from '../../zod.js';
import { TRAINING_FIELDS } from './option-defaults.js';
import { optionError } from './option-errors.js';
import { checkRanges } from './search-options.js';

/** The schema of every training option, as plain values; ranges are held against it by their ends. */
export const trainingSchema = z
  .strictObject(schemasOf(TRAINING_FIELDS, z))
  .partial() satisfies z.ZodType<TrainingOptions>;

/**
 * Checks options from any source against the schema.
 * @param where how the source is named in messages, such as `config.yaml`; empty for the API.
 * @throws ERR_OPTION naming the option, what was expected and what came; unknown names get a suggestion.
 */
export function parseTrainingOptions(input: unknown, where = ''): TrainingOptions {
  if (!isPlainObject(input)) failOption('options', 'an object of options of training', input);
  return checkRanges(input, (plain): TrainingOptions => {
    const { data, issue } = check(trainingSchema, plain);
    if (issue === null) return data;
    throw optionError(issue, plain, trainingSchema, where);
  });
}
