// Which rows and columns belong to a member, as a pure function of the plan and the dataset.
// Threads draw them to train and the coordinator draws them again to measure, so they are never stored.

import {
  drawFeatureSubset,
  drawResample,
  outOfBagRows,
  type ResampleSource,
  splitOutOfBagHalf,
} from '../data/resample.js';
import { type RowSplit, splitRows } from '../data/split.js';
import type { EnsemblePlan, MemberSpec } from '../model/spec.js';

/** Rows that members draw from, and rows held out for early stopping; both ascending. */
export interface CandidateRows {
  readonly candidates: Uint32Array;
  readonly validation: Uint32Array;
}

/** Everything one member's seed decides about the dataset. */
export interface MemberDraw {
  readonly inBag: Uint32Array;
  /** Distinct rows in bag. */
  readonly inBagRows: number;
  /** Random subspace, ascending, or null for all features. */
  readonly columns: Uint32Array | null;
  /** Rows that decide when to stop; empty without early stopping. */
  readonly stopping: Uint32Array;
  /** Rows the member has never seen in any way: the honest out-of-bag rows. */
  readonly outOfBag: Uint32Array;
}

/** Takes the validation share out, stratified by class and with groups whole, before anything is resampled. */
export function drawCandidates(plan: EnsemblePlan, source: ResampleSource): CandidateRows {
  if (plan.validationShare === 0) {
    const candidates = Uint32Array.from({ length: source.rows }, (_, row) => row);
    return { candidates, validation: new Uint32Array(0) };
  }
  const split: RowSplit = splitRows({
    rows: source.rows,
    share: plan.validationShare,
    seed: plan.seed,
    purpose: 'validation',
    labels: source.labels,
    groups: source.groups,
  });
  return { candidates: split.train, validation: split.test };
}

/** Draws a member's rows and columns. */
export function drawMember(
  seed: number,
  spec: MemberSpec,
  source: ResampleSource,
  features: number,
  rows: CandidateRows,
): MemberDraw {
  const inBag = drawResample(spec.resample, seed, spec.streams.resample, source, rows.candidates);
  const columns = drawFeatureSubset(spec.featureShare, seed, spec.streams.resample, features);
  const left = outOfBagRows(inBag, rows.candidates, source.rows);
  const inBagRows = rows.candidates.length - left.length;
  switch (spec.earlyStopping?.on) {
    case undefined:
      return { inBag, inBagRows, columns, stopping: new Uint32Array(0), outOfBag: left };
    case 'validation':
      return { inBag, inBagRows, columns, stopping: rows.validation, outOfBag: left };
    case 'outOfBag': {
      const { stopping, figures } = splitOutOfBagHalf(left, seed, spec.streams.resample, source.groups);
      return { inBag, inBagRows, columns, stopping, outOfBag: figures };
    }
  }
}
