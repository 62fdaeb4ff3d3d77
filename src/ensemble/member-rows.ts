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
import { blockLength, inTimeOrder } from '../data/time-order.js';
import { type EnsemblePlan, type MemberSpec, seedOf } from '../model/spec.js';

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

/** Takes the validation share out, stratified by class, with groups whole, or the latest, before anything is resampled. */
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
    ...(source.times ? { times: source.times, timeGap: source.timeGap ?? 0 } : {}),
  });
  return { candidates: split.train, validation: split.test };
}

/** The candidates of all members of an ensemble. */
export interface EnsembleRows {
  /** Rows that some member draws from, ascending. */
  readonly all: Uint32Array;
  /** Those of one member: members that joined from another training have a validation share of their own draw. */
  of(spec: MemberSpec): CandidateRows;
}

/** Draws the candidates of each seed that members have. */
export function drawEnsembleRows(plan: EnsemblePlan, source: ResampleSource): EnsembleRows {
  const own = drawCandidates(plan, source);
  const joined = new Set(plan.members.map((spec) => seedOf(plan, spec)).filter((seed) => seed !== plan.seed));
  if (joined.size === 0 || plan.validationShare === 0) return { all: own.candidates, of: () => own };
  const drawn = new Map([...joined].map((seed) => [seed, drawCandidates({ ...plan, seed }, source)]));
  const all = new Set(own.candidates);
  for (const { candidates } of drawn.values()) for (const row of candidates) all.add(row);
  return { all: Uint32Array.from(all).sort(), of: (spec) => drawn.get(seedOf(plan, spec)) ?? own };
}

/** The stretch of time that each row is of, as long as a block: rows that follow each other go to one half. */
function stretchesOf({ resample }: MemberSpec, times: Int32Array, candidates: Uint32Array): Int32Array {
  const stated = 'block' in resample ? resample.block : undefined;
  const length = blockLength(candidates.length, stated);
  const stretches = new Int32Array(times.length);
  const order = inTimeOrder(times, candidates);
  for (let place = 0; place < order.length; place++) stretches[order[place]!] = Math.floor(place / length);
  return stretches;
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
  const left = outOfBagRows(inBag, rows.candidates, source);
  // Of rows with times some are neither.
  const inBagRows = source.times ? new Set(inBag).size : rows.candidates.length - left.length;
  switch (spec.earlyStopping?.on) {
    case undefined:
      return { inBag, inBagRows, columns, stopping: new Uint32Array(0), outOfBag: left };
    case 'validation':
      return { inBag, inBagRows, columns, stopping: rows.validation, outOfBag: left };
    case 'outOfBag': {
      const stretches = source.times ? stretchesOf(spec, source.times, rows.candidates) : source.groups;
      const { stopping, figures } = splitOutOfBagHalf(left, seed, spec.streams.resample, stretches);
      return { inBag, inBagRows, columns, stopping, outOfBag: figures };
    }
  }
}
