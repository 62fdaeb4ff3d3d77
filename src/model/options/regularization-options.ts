// Turns what a user writes about dropout, the activity penalty and label smoothing into the plain data of a
// member's spec, refusing what makes no sense. The options' names and types are in options.ts.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import type { ActivityPenaltySpec, DropoutSpec } from '../spec.js';

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
 * @param ownUnits for each hidden layer whether it has units of its own.
 * @throws ERR_OPTION for a keep probability outside (0, 1], or a list of another length than `ownUnits`.
 */
export function resolveDropout(o: DropoutOptions, ownUnits: readonly boolean[]): DropoutSpec | null {
  const hiddenLayers = ownUnits.length;
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
  const hiddenKeep = ownUnits.map((own, layer) => (one ? (own ? given[0]! : 1) : given[layer]!));
  if (inputKeep === 1 && hiddenKeep.every((keep) => keep === 1)) return null;
  return { inputKeep, hiddenKeep, scaling: dropoutScaling };
}

/**
 * Null for a strength of 0.
 * @param layers hidden layers counted from 1; undefined for all with units of their own.
 * @throws ERR_OPTION for a layer that does not exist.
 */
export function resolveActivityPenalty(
  strength: number,
  layers: readonly number[] | undefined,
  ownUnits: readonly boolean[],
): ActivityPenaltySpec | null {
  const hiddenLayers = ownUnits.length;
  for (const layer of layers ?? []) {
    if (layer > hiddenLayers) {
      failOption('activityLayers', `numbers of the ${hiddenLayers} hidden layers, counted from 1`, layer);
    }
  }
  if (strength === 0) return null;
  if (hiddenLayers === 0) failOption('activityPenalty', '0 for a network without hidden layers', strength);
  const all = ownUnits.map((_, index) => index + 1);
  const chosen = all.filter((layer) => layers?.includes(layer) ?? ownUnits[layer - 1]);
  return { strength, layers: chosen };
}

/** @throws ERR_OPTION when labels that do not exist are to be smoothed. */
export function resolveLabelSmoothing(labelSmoothing: number, task: Task): number {
  if (labelSmoothing > 0 && task.kind !== 'classification') {
    failOption('labelSmoothing', `0 for a regression of ${outputCount(task)} targets`, labelSmoothing);
  }
  return labelSmoothing;
}
