// The options of training without a file of their own: when each has an effect. And the defaults of all options. Their
// schema is training-schema.ts.

import { type HiddenOptions, hiddenUnits, usesActivation } from '../../model/options/layer-options.js';
import { NEIGHBOURS_DEFAULTS } from '../../model/options/neighbours-options.js';
import {
  OPTIMISATION_DEFAULTS,
  type StoppingOptions,
  stoppingOf,
} from '../../model/options/optimisation-options.js';
import {
  ALL_MEMBERS,
  always,
  BY_EPOCHS,
  NETWORKS,
  OWN_LAYERS,
  only,
} from '../../model/options/option-use.js';
import { PERTURBATION_DEFAULTS } from '../../model/options/perturbation-options.js';
import type { TrainingOptions } from '../../model/options/training-options.js';

/** What the conditions of {@link sharedUses} read. */
interface SharedOptions extends HiddenOptions, StoppingOptions {
  readonly inputKeep: number;
  readonly hiddenKeep: number | readonly number[];
  readonly activityPenalty: number;
  readonly tie: number;
}

const ofTying = only(NETWORKS, '`tie` is above 0', ({ tie }: SharedOptions) => tie > 0);

/** When the options without a file of their own have an effect. */
export const sharedUses = {
  engine: always(ALL_MEMBERS),
  hidden: always(OWN_LAYERS),
  layers: always(OWN_LAYERS),
  image: always(['wasm', 'neighbours']),
  activation: only(OWN_LAYERS, 'a hidden layer has none of its own', usesActivation),
  init: always(OWN_LAYERS),
  resample: always(ALL_MEMBERS),
  resampleShare: only(
    ALL_MEMBERS,
    '`resample` is other than none',
    ({ resample }: SharedOptions) => resample !== 'none',
  ),
  featureShare: always(ALL_MEMBERS),
  l1: always(BY_EPOCHS),
  l2: always(BY_EPOCHS),
  inputKeep: always(OWN_LAYERS),
  hiddenKeep: only(
    OWN_LAYERS,
    'there are hidden layers',
    (o: SharedOptions) => hiddenUnits(o).length > 0 || (o.layers ?? []).length > 0,
  ),
  dropoutScaling: only(
    OWN_LAYERS,
    '`inputKeep` or `hiddenKeep` is below 1',
    ({ inputKeep, hiddenKeep }: SharedOptions) => [inputKeep, hiddenKeep].flat().some((keep) => keep !== 1),
  ),
  activityPenalty: always(NETWORKS),
  activityLayers: only(
    NETWORKS,
    '`activityPenalty` is above 0',
    ({ activityPenalty }: SharedOptions) => activityPenalty > 0,
  ),
  labelSmoothing: always(BY_EPOCHS),
  inputNoise: always(BY_EPOCHS),
  earlyStopping: always(BY_EPOCHS),
  patience: only(
    BY_EPOCHS,
    '`earlyStopping` is validation or outOfBag',
    (o: SharedOptions) => stoppingOf(o) !== 'none',
  ),
  tie: always(NETWORKS),
  tiedLayers: ofTying,
  tyingMode: ofTying,
  tyingGroup: ofTying,
  snapshots: always(NETWORKS),
  vary: always(ALL_MEMBERS),
} as const;

/** The value of every option that is not stated and has one. */
export const DEFAULTS = {
  members: 16,
  arithmetic: 'auto',
  validationShare: 0.1,
  activation: 'relu',
  init: 'he',
  ...OPTIMISATION_DEFAULTS,
  ...NEIGHBOURS_DEFAULTS,
  resample: 'bootstrap',
  resampleShare: 1,
  featureShare: 1,
  l1: 0,
  l2: 0,
  inputKeep: 1,
  hiddenKeep: 1,
  dropoutScaling: 'inverted',
  activityPenalty: 0,
  labelSmoothing: 0,
  inputNoise: 0,
  ...PERTURBATION_DEFAULTS,
  patience: 20,
  tie: 0,
  tyingMode: 'rounds',
  tyingGroup: 0,
  snapshots: 1,
  vary: ['resample', 'init', 'order', 'masks'],
} as const satisfies TrainingOptions;
