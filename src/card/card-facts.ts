// What a card is made of: an ensemble, what its file says beside it, and how its user calls things.

import type { Environment } from '../bundle/environment.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { Measurement } from '../measure/measurement.js';
import type { EnsembleReport } from '../report/ensemble-report.js';

export interface CardFacts {
  readonly ensemble: TrainedEnsemble;
  /** Null where it was not measured. */
  readonly report: EnsembleReport | null;
  /** Where it was saved; null for one that is in memory. */
  readonly environment: Environment | null;
  readonly contentHash: string;
  /** What the model is called. */
  readonly name: string;
  /** What its data is called; null where nobody says. */
  readonly dataName: string | null;
  readonly license: string | null;
  /** The file to load it from. */
  readonly file: string;
}

/** A set of rows that was measured. */
export interface MeasuredRows {
  readonly rows: 'test' | 'outOfBag';
  /** As texts call it. */
  readonly title: string;
  readonly measurement: Measurement;
}

/** Test rows first: no member has anything to do with them. */
export function measuredRows({ report }: Pick<CardFacts, 'report'>): MeasuredRows[] {
  if (report === null) return [];
  const { test, outOfBag } = report;
  return [
    ...(test === null ? [] : [{ rows: 'test', title: 'test', measurement: test } as const]),
    ...(outOfBag === null ? [] : [{ rows: 'outOfBag', title: 'out of bag', measurement: outOfBag } as const]),
  ];
}
