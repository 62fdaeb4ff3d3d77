// What distilling an ensemble into one net came to, as plain data. Types alone.

import type { EnsembleComparison } from '../studies/comparison/compare-ensembles.js';
import type { Fidelity } from './fidelity.js';

/** `Own` is the form of the ensemble: its plain record, or one with methods. */
export interface Distilled<Own> {
  /** An ensemble of one member, to be used as any other. */
  readonly ensemble: Own;
  readonly report: DistillationReport;
}

export interface DistillationReport {
  /** Rows that the net was trained on, and perturbed copies of each of them. */
  readonly rows: number;
  readonly copies: number;
  /** What these became: a row with several probable classes is several examples, weighted. */
  readonly examples: number;
  /** The net in words, and its parameters; those of all members of the ensemble, networks or not. */
  readonly network: string;
  readonly parameters: number;
  readonly ensembleParameters: number;
  /** The rows that judge. */
  readonly heldOut: {
    readonly rows: number;
    /** Whether the caller gave them, or they are a share of the rows given. */
    readonly from: 'given' | 'share';
    /** Whether the ensemble is known to have been trained on them: then its scores are better than on new rows. */
    readonly knownToEnsemble: boolean;
  };
  /** How near it is to the ensemble. */
  readonly fidelity: Fidelity;
  /**
   * How near it is to the truth on the rows held out, first, and beside it `ensemble` and `best member`, each with differences
   * to it and intervals from the same resampled rows. The best member is the one that scores best on these very rows, which
   * flatters it; an ensemble of one has none.
   */
  readonly scores: EnsembleComparison;
}
