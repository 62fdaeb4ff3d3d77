// The one record of what was measured of an ensemble, whoever measured it: `train` out of bag and on test rows, `extend`
// the same, `evaluate` on the rows of a file. It is plain data: shown as text and as JSON, and kept in the ensemble's
// file, where `inspect` finds it.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { HonestTest } from '../measure/honest-test.js';
import type { Measurement } from '../measure/measurement.js';
import type { ActiveUnits } from './active-text.js';

export interface EnsembleReport {
  /** Of this record as it is kept in files; one that is read otherwise would have another. */
  readonly version: 1;
  /** Names of the targets of a regression; none of classes. */
  readonly targets: readonly string[];
  /** Names of the classes; none of a regression, and of files from before they were kept. */
  readonly classes: readonly string[];
  /** Over the training rows, by the members that never saw each; null where no row is out of bag. */
  readonly outOfBag: Measurement | null;
  /** Over rows that no member was trained on; null without any. */
  readonly test: Measurement | null;
  /** What the test rows are called: `test`, or their file. */
  readonly testName: string;
  /** The one set against the other; null where either is missing. */
  readonly honestTest: HonestTest | null;
  /** Null without an activity penalty. */
  readonly activeUnits: ActiveUnits | null;
}

/** The record of an ensemble, with null for whatever was not measured. */
export function ensembleReport(
  { task }: Pick<TrainedEnsemble, 'task'>,
  measured: Partial<Omit<EnsembleReport, 'version' | 'targets' | 'classes'>>,
): EnsembleReport {
  return {
    version: 1,
    targets: task.kind === 'regression' ? task.targets : [],
    classes: task.kind === 'classification' ? task.classes : [],
    outOfBag: null,
    test: null,
    testName: 'test',
    honestTest: null,
    activeUnits: null,
    ...measured,
  };
}
