// The options of what becomes of the weights that a run passes through: their average, or several members. Their records, and
// what they resolve to in a member's spec.

import { failOption } from '../../errors.js';
import { epochsOfCycles } from '../snapshots.js';
import type { ScheduleSpec, SnapshotSpec, SwagSpec, WeightAverageSpec } from '../spec.js';
import { field, NETWORKS } from './field.js';

const ofNetworks = { group: 'training', by: NETWORKS } as const;

export const trajectoryFields = {
  weightAverage: field((z) => z.enum(['none', 'ema', 'swa']), {
    ...ofNetworks,
    spec: 'weightAverage.kind',
    says:
      'what a member becomes: its last weights, an exponential average of those of every step, or the mean of those of the ' +
      'last epochs',
    default: 'none',
    example: 'ema',
  }),
  averageDecay: field((z) => z.number().min(0).lt(1), {
    ...ofNetworks,
    spec: 'weightAverage.decay',
    says: 'share of the average that each step keeps (ema)',
    default: 0.98,
    example: 0.99,
    when: { says: '`weightAverage` is ema', holds: (o: TrajectoryOptions) => o.weightAverage === 'ema' },
  }),
  snapshotMode: field((z) => z.enum(['cycles', 'fastGeometric', 'swag']), {
    group: 'ensemble',
    by: NETWORKS,
    says:
      'how a run leaves several members: at the ends of cosine cycles, at those of short triangular ones after a common ' +
      'beginning, or drawn at its end from the Gaussian of its last weights',
    default: 'cycles',
    example: 'swag',
    when: { says: '`snapshots` is above 1', holds: (o: TrajectoryOptions) => o.snapshots > 1 },
  }),
  swagRank: field((z) => z.int().min(1), {
    group: 'ensemble',
    by: NETWORKS,
    spec: 'swag.rank',
    says: 'the last epochs whose weights say how weights vary together (swag)',
    unit: 'epochs',
    default: 20,
    example: 10,
    when: { says: '`snapshotMode` is swag', holds: (o: TrajectoryOptions) => modeOf(o) === 'swag' },
  }),
  trajectoryStart: field((z) => z.number().min(0).lt(1), {
    ...ofNetworks,
    says: 'share of the epochs before weights are averaged, or members gathered (ema, swa, fastGeometric, swag)',
    defaultSays: '0 for ema, 0.75 for the others',
    example: 0.5,
    when: {
      says: '`weightAverage` is ema or swa, or `snapshotMode` fastGeometric or swag',
      holds: (o: TrajectoryOptions) =>
        o.weightAverage !== 'none' || ['fastGeometric', 'swag'].includes(modeOf(o)),
    },
  }),
};

const DEFAULT_START = 0.75;

/** The options of a run's weights, defaults in place. */
export interface TrajectoryOptions {
  readonly weightAverage: 'none' | 'ema' | 'swa';
  readonly averageDecay: number;
  readonly snapshotMode: 'cycles' | 'fastGeometric' | 'swag';
  readonly swagRank: number;
  readonly snapshots: number;
}

/** How a run leaves several members, if it does. */
function modeOf({ snapshots, snapshotMode }: Pick<TrajectoryOptions, 'snapshots' | 'snapshotMode'>) {
  return snapshots === 1 ? 'none' : snapshotMode;
}

/**
 * Of a spec what these options say; what is off is absent.
 * @param start as stated. @throws ERR_OPTION for an average of a run that leaves several members.
 */
export function resolveTrajectory(
  o: TrajectoryOptions,
  start: number | undefined,
): {
  readonly weightAverage?: WeightAverageSpec;
  readonly swag?: SwagSpec;
  readonly snapshot: SnapshotSpec | null;
} {
  const snapshot = { index: 0, of: o.snapshots };
  if (o.snapshots > 1 && o.weightAverage !== 'none') {
    failOption('weightAverage', 'none with `snapshots`', o.weightAverage);
  }
  if (modeOf(o) === 'swag') {
    const swag = { trajectoryStart: start ?? DEFAULT_START, rank: o.swagRank };
    return { swag, snapshot: { ...snapshot, at: 'end' } };
  }
  if (o.snapshots > 1) return { snapshot };
  if (o.weightAverage === 'none') return { snapshot: null };
  const weightAverage: WeightAverageSpec =
    o.weightAverage === 'ema'
      ? { kind: 'ema', decay: o.averageDecay, trajectoryStart: start ?? 0 }
      : { kind: 'swa', trajectoryStart: start ?? DEFAULT_START };
  return { weightAverage, snapshot: null };
}

/** What the learning rate of fast geometric ensembling depends on. */
export interface GeometricOptions {
  readonly epochs: number;
  readonly snapshots: number;
  readonly finalFactor: number;
  readonly warmupEpochs: number;
}

/** @param start as stated. @throws ERR_OPTION for too few epochs, or a warm-up beyond those before the cycles. */
export function resolveGeometric(
  { epochs, snapshots: cycles, finalFactor, warmupEpochs }: GeometricOptions,
  start: number | undefined,
): ScheduleSpec {
  const schedule = { kind: 'fastGeometric', cycles, finalFactor, warmupEpochs } as const;
  const trajectoryStart = start ?? DEFAULT_START;
  const { before, left } = epochsOfCycles({ trajectoryStart }, epochs);
  // Half a cycle, and whole ones, each of two epochs at least.
  const least = 2 * cycles - 1;
  if (left < least) {
    failOption('epochs', `at least ${least} after \`trajectoryStart\` for ${cycles} \`snapshots\``, left);
  }
  if (warmupEpochs > before)
    failOption('warmupEpochs', `at most the ${before} before the cycles`, warmupEpochs);
  return { ...schedule, trajectoryStart };
}
