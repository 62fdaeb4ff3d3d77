// The options of dropout, norm and activity penalties, label smoothing and noise: their records, and what they resolve to
// in a member's spec, refusing what makes no sense.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import { type Loss, lossOf } from '../losses.js';
import type { ActivityPenaltySpec, DropoutSpec } from '../spec.js';
import { BY_EPOCHS, field, NETWORKS, OWN_LAYERS } from './field.js';
import { type HiddenOptions, hiddenUnits, type WrittenLayer } from './layer-options.js';

const ofDropout = { group: 'dropout', by: OWN_LAYERS } as const;

export const dropoutFields = {
  inputKeep: field((z) => z.number().gt(0).max(1), {
    ...ofDropout,
    says: 'dropout: probability that an input is kept in a step of training; 1: no dropout there',
    default: 1,
    example: 0.8,
  }),
  hiddenKeep: field((z) => z.union([z.array(z.number()).min(1), z.number()]), {
    ...ofDropout,
    says:
      'dropout: probability in (0, 1] that a hidden unit is kept in a step of training; one for all hidden layers or ' +
      'one for each; 1: no dropout there',
    default: 1,
    example: [0.5, 0.5],
    common: true,
    when: {
      says: 'there are hidden layers',
      holds: (o: HiddenOptions) => hiddenUnits(o).length > 0 || (o.layers ?? []).length > 0,
    },
  }),
  dropoutScaling: field((z) => z.enum(['inverted', 'plain']), {
    ...ofDropout,
    spec: 'dropout.scaling',
    says: 'dropout: inverted divides outputs by the keep probability in training, plain multiplies by it in prediction',
    default: 'inverted',
    example: 'plain',
    when: {
      says: '`inputKeep` or `hiddenKeep` is below 1',
      holds: ({ inputKeep, hiddenKeep }: DropoutOptions) =>
        [inputKeep, hiddenKeep].flat().some((keep) => keep !== 1),
    },
  }),
};

const ofRegularization = { group: 'regularization', by: BY_EPOCHS } as const;

export const regularizationFields = {
  l1: field((z) => z.number().min(0), {
    ...ofRegularization,
    says: 'norm penalty: l1·‖w‖₁ is added to the loss, which sets weights to zero or near it',
    default: 0,
    example: 1e-5,
  }),
  l2: field((z) => z.number().min(0), {
    ...ofRegularization,
    says: 'norm penalty: ½·l2·‖w‖² is added to the loss, which keeps weights small',
    default: 0,
    example: 1e-3,
  }),
  activityPenalty: field((z) => z.number().min(0), {
    ...ofRegularization,
    by: NETWORKS,
    spec: 'activityPenalty.strength',
    says: 'activity penalty: this times ‖h‖₁ of the hidden outputs is added to the loss of each row',
    default: 0,
    example: 1e-3,
  }),
  activityLayers: field((z) => z.array(z.int().min(1)).min(1), {
    ...ofRegularization,
    by: NETWORKS,
    spec: 'activityPenalty.layers',
    says: 'numbers of the hidden layers under the activity penalty, 1 the first',
    defaultSays: 'all',
    example: [1, 2],
    when: {
      says: '`activityPenalty` is above 0',
      holds: ({ activityPenalty }: { readonly activityPenalty: number }) => activityPenalty > 0,
    },
  }),
  labelSmoothing: field((z) => z.number().min(0).lt(1), {
    ...ofRegularization,
    says: 'share of each label that is spread evenly over all classes, against overconfidence',
    default: 0,
    example: 0.1,
  }),
  inputNoise: field((z) => z.number().min(0), {
    ...ofRegularization,
    says: 'standard deviation of Gaussian noise added to the inputs in training',
    unit: 'units of the standardised inputs',
    default: 0,
    example: 0.1,
  }),
};

/** The options of dropout, defaults in place. */
export interface DropoutOptions {
  readonly inputKeep: number;
  /** One for all hidden layers, or one for each. */
  readonly hiddenKeep: number | readonly number[];
  readonly dropoutScaling: 'inverted' | 'plain';
}

/**
 * Null when every unit is always kept. One number is for the layers with units of their own: a pooling hands on
 * what was dropped below it.
 * @param written the hidden layers as they were written, which a list has numbers for.
 * @throws ERR_OPTION for a keep probability outside (0, 1], or a list of another length than `written`.
 */
export function resolveDropout(o: DropoutOptions, written: readonly WrittenLayer[]): DropoutSpec | null {
  const hiddenLayers = written.length;
  const { inputKeep, dropoutScaling } = o;
  // A flag or a config file gives a list even for one number.
  const given = typeof o.hiddenKeep === 'number' ? [o.hiddenKeep] : o.hiddenKeep;
  for (const keep of [inputKeep, ...given]) {
    if (!(keep > 0 && keep <= 1)) {
      failOption(keep === inputKeep ? 'inputKeep' : 'hiddenKeep', 'a keep probability in (0, 1]', keep);
    }
  }
  const one = given.length === 1;
  if (!one && given.length !== hiddenLayers) {
    failOption('hiddenKeep', `one number, or one for each of the ${hiddenLayers} hidden layers`, given);
  }
  const hiddenKeep = written.flatMap(({ first, count, carrier, hasUnits }, layer) => {
    const keep = one ? (hasUnits ? given[0]! : 1) : given[layer]!;
    return Array.from({ length: count }, (_, at) => (first + at === carrier ? keep : 1));
  });
  if (inputKeep === 1 && hiddenKeep.every((keep) => keep === 1)) return null;
  return { inputKeep, hiddenKeep, scaling: dropoutScaling };
}

/**
 * Null for a strength of 0.
 * @param layers hidden layers counted from 1, as they were written; undefined for all with units of their own.
 * @throws ERR_OPTION for a layer that does not exist.
 */
export function resolveActivityPenalty(
  strength: number,
  layers: readonly number[] | undefined,
  written: readonly WrittenLayer[],
): ActivityPenaltySpec | null {
  const hiddenLayers = written.length;
  for (const layer of layers ?? []) {
    if (layer > hiddenLayers) {
      failOption('activityLayers', `numbers of the ${hiddenLayers} hidden layers, counted from 1`, layer);
    }
  }
  if (strength === 0) return null;
  if (hiddenLayers === 0) failOption('activityPenalty', '0 for a network without hidden layers', strength);
  const chosen = written.filter(({ hasUnits }, index) => layers?.includes(index + 1) ?? hasUnits);
  return { strength, layers: chosen.map(({ carrier }) => carrier + 1) };
}

/** @throws ERR_OPTION when labels that do not exist are to be smoothed. */
export function resolveLabelSmoothing(labelSmoothing: number, task: Task, loss: Loss): number {
  if (labelSmoothing > 0 && task.kind !== 'classification') {
    failOption('labelSmoothing', `0 for a regression of ${outputCount(task)} targets`, labelSmoothing);
  }
  if (labelSmoothing > 0 && !lossOf(loss).smooths)
    failOption('labelSmoothing', `0 for loss ${loss}`, labelSmoothing);
  return labelSmoothing;
}
