// What a user may write about training, in one schema: the API, the config file and the command line all take
// these names. What they resolve to is in options.ts; options that belong together have a file of their own, which makes
// their schema with the zod that it is given. Import it where options are checked, not where tutti is loaded: zod takes
// as long to load as all the rest. The types are in training-options.ts, which `node dist/scripts/option-types.js`
// writes anew from this schema.

import { z } from 'zod';
import { failOption } from '../../errors.js';
import { ACTIVATIONS } from '../../model/options/layer-options.js';
import { imageSchema, layersSchema } from '../../model/options/layer-schema.js';
import { neighboursFields } from '../../model/options/neighbours-options.js';
import { optimisationFields } from '../../model/options/optimisation-options.js';
import { perturbationFields } from '../../model/options/perturbation-options.js';
import type { MemberOptions, TrainingOptions } from '../../model/options/training-options.js';
import { isPlainObject } from '../../option-names.js';
import { moduleFields } from './module-options.js';
import { optionError } from './option-errors.js';

const count = (description: string) => z.int().min(1).describe(description);
const share = (description: string) => z.number().gt(0).max(1).describe(description);
const nonNegative = (description: string) => z.number().min(0).describe(description);

/** Options that may differ between the members of one ensemble. */
export const memberFields = {
  engine: z
    .enum(['wasm', 'neighbours', 'tfjs', 'learner'])
    .describe(
      'what trains members: wasm, networks in this library; neighbours, the nearest stored rows; tfjs, a model of ' +
        'TensorFlow.js; learner, a module of your own (default: wasm, or learner where `learner` is given)',
    ),
  ...moduleFields(z),
  hidden: z
    .array(z.int().min(1))
    .describe(
      'units of each dense hidden layer, in their order; none at all makes a linear model ' +
        '(default: 64, or none after `layers`)',
    ),
  layers: layersSchema.describe(
    'convolutions, poolings and dense layers in their order, before those of `hidden`; the first two need `image` ' +
      '(default: none)',
  ),
  image: imageSchema.describe(
    'how the features of a row are an image: channels × height × width in pixels (default: not one)',
  ),
  activation: z.enum(ACTIVATIONS).describe('activation of the hidden layers that name none themselves'),
  init: z
    .enum(['he', 'glorot'])
    .describe('spread of the initial weights: he suits relu and its kin, glorot tanh and sigmoid'),
  ...optimisationFields(z),
  ...neighboursFields(z),
  resample: z
    .enum(['bootstrap', 'subsample', 'stratified', 'grouped', 'none'])
    .describe(
      'how each member draws its rows: with replacement, without, with replacement within each class, whole groups ' +
        'with replacement, or all rows as they are',
    ),
  resampleShare: share('rows (for grouped: groups) that each member draws, as a share of those there are'),
  featureShare: share(
    'random subspace: share of the features that each member sees, drawn without replacement',
  ),
  l1: nonNegative('norm penalty: l1·‖w‖₁ is added to the loss, which sets weights to zero or near it'),
  l2: nonNegative('norm penalty: ½·l2·‖w‖² is added to the loss, which keeps weights small'),
  inputKeep: share('dropout: probability that an input is kept in a step of training; 1: no dropout there'),
  hiddenKeep: z
    .union([z.array(z.number()).min(1), z.number()])
    .describe(
      'dropout: probability in (0, 1] that a hidden unit is kept in a step of training; one for all hidden layers or ' +
        'one for each; 1: no dropout there',
    ),
  dropoutScaling: z
    .enum(['inverted', 'plain'])
    .describe(
      'dropout: inverted divides outputs by the keep probability in training, plain multiplies by it in prediction',
    ),
  activityPenalty: nonNegative(
    'activity penalty: this times ‖h‖₁ of the hidden outputs is added to the loss of each row',
  ),
  activityLayers: z
    .array(z.int().min(1))
    .min(1)
    .describe('numbers of the hidden layers under the activity penalty, 1 the first (default: all)'),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .describe('share of each label that is spread evenly over all classes, against overconfidence'),
  inputNoise: nonNegative(
    'standard deviation of Gaussian noise added to the inputs in training, in units of the standardised inputs',
  ),
  ...perturbationFields(z),
  earlyStopping: z
    .enum(['none', 'validation', 'outOfBag'])
    .describe(
      'rows whose loss decides when a member stops: its own out of bag, `validationShare` of all rows, or none ' +
        '(default: outOfBag, validation where no rows are out of bag, none with `snapshots`)',
    ),
  patience: count('epochs without a better loss before a member stops; its best weights are kept'),
  tie: nonNegative(
    'parameter tying: λ of λ·Σ‖wᵢ − wⱼ‖², which pulls members towards each other; 0: not at all',
  ),
  tiedLayers: z
    .array(z.int().min(1))
    .min(1)
    .describe(
      'numbers of the layers that are tied, 1 the first and the output layer the last (default: all)',
    ),
  tyingMode: z
    .enum(['rounds', 'exact'])
    .describe(
      'tying: rounds pulls to the mean of the last epoch, on all threads; exact in every step, on one thread',
    ),
  tyingGroup: z.int().min(0).describe('tying: members with the same number here are tied to each other'),
  snapshots: count('members that one run leaves: one at the end of each cosine cycle of the learning rate'),
  vary: z
    .array(z.enum(['resample', 'init', 'order', 'masks']))
    .describe('sources of chance in which members differ; all members share the draws of the others'),
};

const memberSchema = z.strictObject(memberFields).partial() satisfies z.ZodType<MemberOptions>;

const gridSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries(memberFields).map(([name, schema]) => [name, z.array(schema).min(1)]),
    ) as {
      [Name in keyof typeof memberFields]: z.ZodArray<(typeof memberFields)[Name]>;
    },
  )
  .partial();

/** The schema of every training option; its keys are the names used everywhere. */
export const trainingSchema = z
  .strictObject({
    members: z
      .union([z.int().min(1), z.array(memberSchema).min(1)])
      .describe('how many members are trained, or a list with the options of each'),
    grid: gridSchema.describe(
      'lists of options; members take their combinations in turn, fewer members the first of them',
    ),
    seed: z
      .int()
      .min(0)
      .describe(
        'seed of every random draw: the same options and seed give the same bytes (default: drawn anew)',
      ),
    arithmetic: z
      .enum(['auto', 'fused', 'strict'])
      .describe(
        'multiply-add with one rounding (fused) or with two (strict); auto: fused where the machine has it',
      ),
    validationShare: z
      .number()
      .gt(0)
      .lt(1)
      .describe('share of the rows held out to decide when to stop, where `earlyStopping` is validation'),
    deadline: z
      .number()
      .gt(0)
      .describe(
        'seconds that threads may work on one member before it is given up (default: as long as it needs)',
      ),
    ...memberFields,
  })
  .partial() satisfies z.ZodType<TrainingOptions>;

/**
 * Checks options from any source against the schema.
 * @param where how the source is named in messages, such as `config.yaml`; empty for the API.
 * @throws ERR_OPTION naming the option, what was expected and what came; unknown names get a suggestion.
 */
export function parseTrainingOptions(input: unknown, where = ''): TrainingOptions {
  if (!isPlainObject(input)) failOption('options', 'an object of options of training', input);
  const parsed = trainingSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw optionError(parsed.error.issues[0]!, input, trainingSchema, where);
}
