// The options of tying and snapshots: their records, and what they resolve to in a member's spec, refusing what makes
// no sense for one member alone. Whether members fit each other is checked where groups are formed.

import { failOption } from '../../errors.js';
import { lastEpochOfCycle } from '../snapshots.js';
import type { ScheduleSpec, TyingSpec } from '../spec.js';
import { field, NETWORKS } from './field.js';
import type { WrittenLayer } from './layer-options.js';

const ofTying = {
  group: 'tying',
  by: NETWORKS,
  when: { says: '`tie` is above 0', holds: ({ tie }: Pick<TyingOptions, 'tie'>) => tie > 0 },
} as const;

export const tyingFields = {
  tie: field((z) => z.number().min(0), {
    group: 'tying',
    by: NETWORKS,
    spec: 'tying.strength',
    says: 'parameter tying: λ of λ·Σ‖wᵢ − wⱼ‖², which pulls members towards each other; 0: not at all',
    default: 0,
    example: 0.01,
  }),
  tiedLayers: field((z) => z.array(z.int().min(1)).min(1), {
    ...ofTying,
    spec: 'tying.layers',
    says: 'numbers of the layers that are tied, 1 the first and the output layer the last',
    defaultSays: 'all',
    example: [1, 2],
  }),
  tyingMode: field((z) => z.enum(['rounds', 'exact']), {
    ...ofTying,
    spec: 'tying.mode',
    says: 'tying: rounds pulls to the mean of the last epoch, on all threads; exact in every step, on one thread',
    default: 'rounds',
    example: 'exact',
  }),
  tyingGroup: field((z) => z.int().min(0), {
    ...ofTying,
    says: 'tying: members with the same number here are tied to each other',
    default: 0,
    example: 1,
  }),
  snapshots: field((z) => z.int().min(1), {
    group: 'ensemble',
    by: NETWORKS,
    spec: 'schedule.cycles',
    says: 'members that one run leaves, as `snapshotMode` says',
    default: 1,
    example: 5,
  }),
};

/** The options of tying and snapshots, defaults in place, and those they are checked against. */
export interface TyingOptions {
  readonly tie: number;
  readonly tyingMode: 'rounds' | 'exact';
  readonly tyingGroup: number;
  readonly snapshots: number;
}

/**
 * Null for a strength of 0.
 * @param layers counted from 1 as they were written, the output layer last; undefined for all.
 * @param written the hidden layers.
 * @throws ERR_OPTION for a layer that does not exist, and for exact tying of runs with snapshots.
 */
export function resolveTying(
  { tie, tyingMode, tyingGroup, snapshots }: TyingOptions,
  layers: readonly number[] | undefined,
  written: readonly WrittenLayer[],
): TyingSpec | null {
  const layerCount = written.length + 1;
  for (const layer of layers ?? []) {
    if (layer > layerCount) {
      failOption('tiedLayers', `numbers of the ${layerCount} layers, 1 to ${layerCount}`, layer);
    }
  }
  if (tie === 0) return null;
  if (tyingMode === 'exact' && snapshots > 1) failOption('tyingMode', 'rounds with `snapshots`', tyingMode);
  const own = [...new Set(layers)].sort((a, b) => a - b).flatMap((layer) => layersOf(layer, written));
  const chosen = layers === undefined ? 'all' : own;
  return { strength: tie, layers: chosen, mode: tyingMode, group: tyingGroup };
}

/** The numbers of the layers that one stands for. */
function layersOf(layer: number, written: readonly WrittenLayer[]): number[] {
  const last = written.at(-1);
  const output = { first: last === undefined ? 0 : last.first + last.count, count: 1 };
  const { first, count } = written[layer - 1] ?? output;
  return Array.from({ length: count }, (_, at) => first + at + 1);
}

/** What the learning rate of a run with snapshots depends on. */
export interface CycleOptions {
  readonly epochs: number;
  readonly snapshots: number;
  readonly finalFactor: number;
  readonly warmupEpochs: number;
}

/** @throws ERR_OPTION for early stopping of a run with snapshots, which would end it before some of them. */
export function requireUnstopped({
  earlyStopping,
}: {
  readonly earlyStopping: { readonly on: string } | null;
}): void {
  if (earlyStopping !== null) failOption('earlyStopping', 'none with `snapshots`', earlyStopping.on);
}

/**
 * The cyclic schedule of a run with snapshots.
 * @param stated the schedule that was asked for, if any.
 * @throws ERR_OPTION for fewer epochs than snapshots, another schedule, or a warm-up that does
 * not end within the first cycle.
 */
export function resolveCycles(o: CycleOptions, stated: string | undefined): ScheduleSpec {
  const { epochs, snapshots: cycles, finalFactor, warmupEpochs } = o;
  if (cycles > epochs) failOption('snapshots', `at most \`epochs\` (${epochs})`, cycles);
  if (stated !== undefined && stated !== 'cosine') failOption('schedule', 'cosine with `snapshots`', stated);
  const first = lastEpochOfCycle(epochs, 0, cycles);
  if (warmupEpochs >= first) {
    failOption('warmupEpochs', `less than the ${first} epochs of the first cycle`, warmupEpochs);
  }
  return { kind: 'cyclicCosine', cycles, finalFactor, warmupEpochs };
}
