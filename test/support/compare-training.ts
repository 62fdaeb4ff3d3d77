// A training of one member, in both arithmetics, against the double-precision reference: its weights and its losses.

import type { Dataset } from '../../src/data/dataset/dataset.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { trainReference } from './reference-training.js';
import { relativeDistance } from './relative-distance.js';

export interface ComparisonOptions {
  /** How far the weights may be off, relative to what `of` says. */
  readonly tolerance: number;
  /** Of the weights themselves, or of how far training has moved them. @default 'weights' */
  readonly of?: 'weights' | 'steps';
}

/** @param t the test. @param options of training, complete. */
export async function compareTraining(
  t: { ok(value: boolean, message: string): unknown },
  dataset: Dataset,
  options: TrainingOptions,
  { tolerance, of = 'weights' }: ComparisonOptions,
): Promise<void> {
  for (const arithmetic of ['strict', 'fused'] as const) {
    const ensemble = await trainEnsemble(dataset, { ...options, arithmetic });
    const { weights, initial, losses } = trainReference(dataset, ensemble.plan, 0);
    const member = ensemble.members[0]!;
    const relative = relativeDistance(member.parameters, weights, of === 'steps' ? initial : null);
    t.ok(relative < tolerance, `${arithmetic}: ${of} differ by ${relative}`);
    member.history.forEach(({ loss }, epoch) => {
      const wanted = losses[epoch]!;
      const near = Math.abs(loss - wanted) < 1e-4 * Math.abs(wanted) + 1e-6;
      t.ok(near, `${arithmetic}: loss ${loss}, not ${wanted}`);
    });
  }
}
