// Turns what a user writes about tying and snapshots into the plain data of a member's spec, refusing what
// makes no sense for one member alone. Whether members fit each other is checked where groups are formed.

import { failOption } from '../../errors.js';
import { lastEpochOfCycle } from '../snapshots.js';
import type { ScheduleSpec, TyingSpec } from '../spec.js';

/** The options of tying and snapshots, defaults in place, and those they are checked against. */
export interface TyingOptions {
  readonly tie: number;
  readonly tyingMode: 'rounds' | 'exact';
  readonly tyingGroup: number;
  readonly snapshots: number;
}

/**
 * Null for a strength of 0.
 * @param layers counted from 1, the output layer last; undefined for all.
 * @param layerCount hidden layers and the output layer.
 * @throws ERR_OPTION for a layer that does not exist, and for exact tying of runs with snapshots.
 */
export function resolveTying(
  { tie, tyingMode, tyingGroup, snapshots }: TyingOptions,
  layers: readonly number[] | undefined,
  layerCount: number,
): TyingSpec | null {
  for (const layer of layers ?? []) {
    if (layer > layerCount) {
      failOption('tiedLayers', `numbers of the ${layerCount} layers, 1 to ${layerCount}`, layer);
    }
  }
  if (tie === 0) return null;
  if (tyingMode === 'exact' && snapshots > 1) failOption('tyingMode', 'rounds with `snapshots`', tyingMode);
  const chosen = layers === undefined ? 'all' : [...new Set(layers)].sort((a, b) => a - b);
  return { strength: tie, layers: chosen, mode: tyingMode, group: tyingGroup };
}

/** What the learning rate of a run with snapshots depends on. */
export interface CycleOptions {
  readonly epochs: number;
  readonly snapshots: number;
  readonly finalFactor: number;
  readonly warmupEpochs: number;
  readonly earlyStopping: { readonly on: string } | null;
}

/**
 * The cyclic schedule of a run with snapshots.
 * @param stated the schedule that was asked for, if any.
 * @throws ERR_OPTION for fewer epochs than snapshots, another schedule, early stopping, or a warm-up that does
 * not end within the first cycle.
 */
export function resolveCycles(o: CycleOptions, stated: string | undefined): ScheduleSpec {
  const { epochs, snapshots: cycles, finalFactor, warmupEpochs, earlyStopping } = o;
  if (cycles > epochs) failOption('snapshots', `at most \`epochs\` (${epochs})`, cycles);
  if (stated !== undefined && stated !== 'cosine') failOption('schedule', 'cosine with `snapshots`', stated);
  if (earlyStopping !== null) failOption('earlyStopping', 'none with `snapshots`', earlyStopping.on);
  const first = lastEpochOfCycle(epochs, 0, cycles);
  if (warmupEpochs >= first) {
    failOption('warmupEpochs', `less than the ${first} epochs of the first cycle`, warmupEpochs);
  }
  return { kind: 'cyclicCosine', cycles, finalFactor, warmupEpochs };
}
