// What a kind of record is told of a training, in the order in which it happens. Nothing is awaited: a sink writes behind
// the training.

import type { EpochRecord, TrainedEnsemble } from '../ensemble/ensemble.js';
import type { EnsemblePlan } from '../model/spec.js';
import type { RowFigures } from './figures.js';
import type { EndStatus } from './lines.js';

/** All times are in milliseconds since 1970. */
export interface RecordSink {
  /** What is to be trained; told once, before any epoch. @param members that are not there yet. */
  plan(plan: EnsemblePlan, members: readonly number[], at: number): void;
  /** @param record an epoch of a member that was not told of yet, after those before it. */
  epoch(member: number, record: EpochRecord, at: number): void;
  /** A member begins again: what was told of its epochs is void. */
  restart(member: number, at: number): void;
  /** The training has ended. */
  end(ending: Ending, at: number): void;
}

/** How a training ended. */
export interface Ending {
  readonly status: EndStatus;
  /** Null where there is none. */
  readonly ensemble: TrainedEnsemble | null;
  /** Of each set of rows that was measured. */
  readonly figures: readonly RowFigures[];
}

/** What the records of a member are called: `member-003`. */
export function memberName(member: number): string {
  return `member-${String(member).padStart(3, '0')}`;
}

/** The numbers of an epoch that are there, by their names. */
export function epochValues({ loss, validationLoss, learningRate }: EpochRecord): [string, number][] {
  const all: [string, number | undefined][] = [
    ['loss', loss],
    ['validationLoss', validationLoss],
    ['learningRate', learningRate],
  ];
  return all.filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
}

/** The mean over members of each number of each epoch, over those that have it. */
export function meanHistory({ members }: Pick<TrainedEnsemble, 'members'>): MeanEpoch[] {
  const sums = new Map<number, Map<string, { sum: number; count: number }>>();
  for (const { history } of members) {
    for (const record of history) {
      const own = sums.get(record.epoch) ?? new Map<string, { sum: number; count: number }>();
      sums.set(record.epoch, own);
      for (const [name, value] of epochValues(record)) {
        const { sum, count } = own.get(name) ?? { sum: 0, count: 0 };
        own.set(name, { sum: sum + value, count: count + 1 });
      }
    }
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({
      epoch,
      values: [...values].map(([name, { sum, count }]) => [name, sum / count]),
    }));
}

/** The numbers of an epoch, by their names, as means over members. */
export interface MeanEpoch {
  readonly epoch: number;
  readonly values: readonly (readonly [name: string, value: number])[];
}
