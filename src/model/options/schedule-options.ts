// The options of the learning rate over the epochs: their records, and what they resolve to in a member's spec.

import { failOption } from '../../errors.js';
import type { ScheduleSpec } from '../spec.js';
import { BY_EPOCHS, field } from './field.js';

const ofTraining = { group: 'training', by: BY_EPOCHS } as const;
const ofSteps = {
  ...ofTraining,
  when: { says: '`schedule` is step', holds: (o: ScheduleOptions) => o.schedule === 'step' },
} as const;

export const scheduleFields = {
  schedule: field((z) => z.enum(['constant', 'step', 'cosine', 'flatCos', 'coslog4']), {
    ...ofTraining,
    spec: 'schedule.kind',
    says:
      'learning rate over the epochs: as it is, lower by steps, down along a cosine, as it is and then down along a ' +
      'cosine, or up and down four times in ever longer waves',
    default: 'constant',
    example: 'cosine',
  }),
  stepEvery: field((z) => z.int().min(1), {
    ...ofSteps,
    spec: 'schedule.everyEpochs',
    says: 'how long from one change of the learning rate to the next (step schedule)',
    unit: 'epochs',
    default: 10,
    example: 5,
  }),
  stepFactor: field((z) => z.number().gt(0).max(1), {
    ...ofSteps,
    spec: 'schedule.factor',
    says: 'what the learning rate is multiplied by at each change (step schedule)',
    default: 0.5,
    example: 0.1,
  }),
  flatShare: field((z) => z.number().min(0).lt(1), {
    ...ofTraining,
    spec: 'schedule.flatShare',
    says: 'share of the steps before the learning rate begins to fall (flatCos schedule)',
    default: 0.5,
    example: 0.75,
    when: { says: '`schedule` is flatCos', holds: (o: ScheduleOptions) => o.schedule === 'flatCos' },
  }),
  finalFactor: field((z) => z.number().min(0).max(1), {
    ...ofTraining,
    says: 'last learning rate as a share of the first (cosine and flatCos schedules, snapshots)',
    default: 0,
    example: 0.01,
    when: {
      says: '`schedule` is cosine or flatCos, or `snapshots` above 1 come by cycles',
      holds: ({ schedule, snapshots, snapshotMode }: ScheduleOptions) =>
        schedule === 'cosine' || schedule === 'flatCos' || (snapshots > 1 && snapshotMode !== 'swag'),
    },
  }),
  warmupEpochs: field((z) => z.int().min(0), {
    ...ofTraining,
    says: 'how long the learning rate rises to its full size',
    unit: 'epochs',
    default: 0,
    example: 5,
  }),
};

/** The options of the learning rate, defaults in place. */
export interface ScheduleOptions {
  readonly schedule: 'constant' | 'step' | 'cosine' | 'flatCos' | 'coslog4';
  readonly stepEvery: number;
  readonly stepFactor: number;
  readonly flatShare: number;
  readonly finalFactor: number;
  readonly warmupEpochs: number;
  readonly snapshots: number;
  readonly snapshotMode: 'cycles' | 'fastGeometric' | 'swag';
}

/** The schedule of a run that leaves one member. @throws ERR_OPTION for a warm-up beyond the epochs. */
export function resolveSchedule(o: ScheduleOptions, epochs: number): ScheduleSpec {
  const { warmupEpochs, finalFactor } = o;
  if (warmupEpochs > epochs) failOption('warmupEpochs', `at most \`epochs\` (${epochs})`, warmupEpochs);
  switch (o.schedule) {
    case 'constant':
      return { kind: 'constant', warmupEpochs };
    case 'step':
      return { kind: 'step', everyEpochs: o.stepEvery, factor: o.stepFactor, warmupEpochs };
    case 'cosine':
      return { kind: 'cosine', finalFactor, warmupEpochs };
    case 'flatCos':
      return { kind: 'flatCos', flatShare: o.flatShare, finalFactor, warmupEpochs };
    case 'coslog4':
      return { kind: 'coslog4', warmupEpochs };
    default:
      return o.schedule satisfies never;
  }
}
