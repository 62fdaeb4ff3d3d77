// Index vectors: which rows and features a member trains on, and what that leaves out of bag.
// Every draw comes from a keyed stream, so it is regenerated from the seed instead of stored or copied.
// Sample and class weights never enter here: they multiply the loss, not the draw.

import { failOption, TuttiError } from '../errors.js';
import { joined } from '../math/joined.js';
import { RandomStream, shuffleInPlace, streamKey } from '../math/random.js';
import { threefry2x32 } from '../math/threefry.js';
import { dealGroups, dealInTurn, rowsByKey } from './deal.js';
import {
  blockLength,
  drawDistinctBlocks,
  drawMovingBlocks,
  drawOtherBlocks,
  inTimeOrder,
  nearTo,
} from './time-order.js';

/** How a member's index vector is drawn; `share` is of the rows (or groups), in (0, 1]. */
export type ResampleSpec =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'bootstrap' | 'subsample' | 'stratified' | 'grouped';
      readonly share: number;
      /** Rows of a block, of rows that are in the order of time; absent: the cube root of all. */
      readonly block?: number | undefined;
    }
  /** All rows but those of a fold. */
  | { readonly kind: 'cv'; readonly folds: number };

/** What drawing reads of a dataset: `labels` for stratified draws, `groups` for grouped ones. */
export interface ResampleSource {
  readonly rows: number;
  /** Class index of each row, i32[rows]; empty for regression. */
  readonly labels: Int32Array;
  /** Group index of each row, i32[rows], or null. */
  readonly groups: Int32Array | null;
  /** Rank of each row's time, i32[rows]: rows are drawn in its order, block by block; null or absent: they have none. */
  readonly times?: Int32Array | null | undefined;
  /** Rows in that order on either side of those drawn that are neither drawn nor out of bag; absent: 0. */
  readonly timeGap?: number | undefined;
}

/**
 * Draws a member's index vector: row numbers of the dataset, from the rows in `candidates`.
 *
 * With n candidates and m = round(share · n), at least 1:
 * - `none`: the candidates as they are; no random number is used.
 * - `bootstrap`: m draws with replacement.
 * - `subsample`: m distinct candidates.
 * - `stratified`: within each class, round(share · n_c) draws with replacement, at least 1.
 * - `grouped`: round(share · groups) groups, at least 1, with replacement; all candidate rows of each.
 * - `cv`: all candidates but those of fold member mod folds. Each ⌊member / folds⌋ deals them anew: whole groups, or each
 *   class in turn, so that `folds` members in a row leave each row out once.
 *
 * Of rows with times: `bootstrap` draws blocks of rows that follow each other, ⌈m/L⌉ of them with replacement, and of those the
 * first m rows; `subsample` m rows in blocks that do not overlap; a fold of `cv` is a stretch of time, which begins elsewhere in
 * each dealing.
 *
 * @param candidates u32[n], distinct row numbers (all rows but those held out for validation)
 * @throws ERR_OPTION for a share outside (0, 1], `stratified` without classes, `grouped` without groups, either with times, a
 * block without;
 * ERR_DATA for no candidates, and for fewer of them, or groups, than folds
 *
 * **Source:** Efron, "Bootstrap methods", Annals of Statistics 1979; Breiman, "Bagging predictors", 1996.
 */
export function drawResample(
  spec: ResampleSpec,
  seed: number,
  member: number,
  source: ResampleSource,
  candidates: Uint32Array,
): Uint32Array {
  if (candidates.length === 0) throw new TuttiError('ERR_DATA', 'Expected rows to draw from, got none');
  if (spec.kind === 'none') return Uint32Array.from(candidates);
  const times = source.times ?? null;
  if (spec.kind === 'cv') return drawOtherFolds(spec.folds, seed, member, source, candidates);
  if (spec.block !== undefined && times === null)
    failOption('blockLength', 'absent for rows without a time (`timeColumn`)', spec.block);
  checkShare('resample share', spec.share);
  const stream = new RandomStream(streamKey(seed, 'resample', member));
  if (times !== null) return drawBlocks(spec, times, candidates, stream);
  switch (spec.kind) {
    case 'bootstrap':
      return drawWithReplacement(candidates, countOf(spec.share, candidates.length), stream);
    case 'subsample':
      return drawDistinct(candidates, countOf(spec.share, candidates.length), stream);
    case 'stratified':
      return drawStratified(spec.share, source, candidates, stream);
    case 'grouped':
      return drawGroups(spec.share, source, candidates, stream);
    default:
      return spec satisfies never;
  }
}

function drawBlocks(
  { kind, share, block }: Extract<ResampleSpec, { share: number }>,
  times: Int32Array,
  candidates: Uint32Array,
  stream: RandomStream,
): Uint32Array {
  if (kind === 'stratified' || kind === 'grouped')
    failOption('resample', 'none, bootstrap, subsample or cv for rows in the order of time', kind);
  const order = inTimeOrder(times, candidates);
  const draw = kind === 'bootstrap' ? drawMovingBlocks : drawDistinctBlocks;
  return draw(order, blockLength(order.length, block), countOf(share, order.length), stream);
}

/**
 * The candidates that an index vector never drew, in the candidates' order.
 * After a `grouped` draw these are exactly the rows of the groups not drawn. Of rows with times, those of the time of a drawn
 * one, or within the gap of one, are left out too.
 */
export function outOfBagRows(
  indices: Uint32Array,
  candidates: Uint32Array,
  { rows, times, timeGap = 0 }: Pick<ResampleSource, 'rows' | 'times' | 'timeGap'>,
): Uint32Array {
  const drawn = new Uint8Array(rows);
  for (let i = 0; i < indices.length; i++) drawn[indices[i]!] = 1;
  if (times) {
    const order = inTimeOrder(times, candidates);
    const near = nearTo({ times, timeGap }, order, (row) => drawn[row] === 1);
    for (let place = 0; place < order.length; place++) if (near[place] === 1) drawn[order[place]!] = 1;
  }
  const left = new Uint32Array(candidates.length);
  let count = 0;
  for (let i = 0; i < candidates.length; i++) {
    if (drawn[candidates[i]!] === 0) left[count++] = candidates[i]!;
  }
  return left.slice(0, count);
}

/**
 * A member's random subspace: round(share · features) distinct features, at least 1, ascending.
 * Null when that is all of them.
 *
 * @throws ERR_OPTION for a share outside (0, 1]
 *
 * **Source:** Ho, "The random subspace method for constructing decision forests", IEEE PAMI 1998.
 */
export function drawFeatureSubset(
  share: number,
  seed: number,
  member: number,
  features: number,
): Uint32Array | null {
  checkShare('featureShare', share);
  const count = countOf(share, features);
  if (count >= features) return null;
  const stream = new RandomStream(streamKey(seed, 'subspace', member));
  return drawDistinct(
    Uint32Array.from({ length: features }, (_, i) => i),
    count,
    stream,
  ).sort();
}

/** A member's out-of-bag rows in two parts that share no row (nor group). */
export interface OutOfBagHalves {
  /** Rows that decide when the member stops; they must not enter out-of-bag figures. */
  readonly stopping: Uint32Array;
  /** Rows that stay honest and enter out-of-bag figures. */
  readonly figures: Uint32Array;
}

/**
 * Splits a member's out-of-bag rows for early stopping by one random bit of each (seed, member, row).
 *
 * A row's side does not depend on which other rows are out of bag. With groups the bit belongs to the
 * group, because rows of one group predict each other. The sizes vary about one half, so either part of
 * a small out-of-bag set may be empty.
 */
export function splitOutOfBagHalf(
  outOfBag: Uint32Array,
  seed: number,
  member: number,
  groups: Int32Array | null = null,
): OutOfBagHalves {
  const [k0, k1] = streamKey(seed, 'outOfBagHalf', member);
  const words = new Uint32Array(2);
  const stopping = new Uint32Array(outOfBag.length);
  const figures = new Uint32Array(outOfBag.length);
  let [stops, counts] = [0, 0];
  for (const row of outOfBag) {
    threefry2x32(k0, k1, groups === null ? row : groups[row]!, 0, words);
    if (words[0]! >>> 31 === 1) stopping[stops++] = row;
    else figures[counts++] = row;
  }
  return { stopping: stopping.slice(0, stops), figures: figures.slice(0, counts) };
}

function drawWithReplacement(from: Uint32Array, count: number, stream: RandomStream): Uint32Array {
  const drawn = new Uint32Array(count);
  for (let i = 0; i < count; i++) drawn[i] = from[stream.below(from.length)]!;
  return drawn;
}

function drawDistinct(from: Uint32Array, count: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from(from);
  shuffleInPlace(order, stream);
  return order.slice(0, count);
}

function drawStratified(
  share: number,
  source: ResampleSource,
  candidates: Uint32Array,
  stream: RandomStream,
): Uint32Array {
  if (source.labels.length === 0) {
    failOption('resample', 'none, bootstrap, subsample or grouped for regression', 'stratified');
  }
  const strata = rowsByKey(source.labels, candidates);
  const draws = strata.map((rows) => drawWithReplacement(rows, countOf(share, rows.length), stream));
  return joined(draws);
}

function drawGroups(
  share: number,
  source: ResampleSource,
  candidates: Uint32Array,
  stream: RandomStream,
): Uint32Array {
  if (source.groups === null) {
    throw new TuttiError('ERR_OPTION', 'Expected a group column for `resample` "grouped", got none', {
      option: 'resample',
    });
  }
  const groups = rowsByKey(source.groups, candidates);
  const count = countOf(share, groups.length);
  return joined(Array.from({ length: count }, () => groups[stream.below(groups.length)]!));
}

function drawOtherFolds(
  folds: number,
  seed: number,
  member: number,
  { rows, labels, groups, times, timeGap = 0 }: ResampleSource,
  candidates: Uint32Array,
): Uint32Array {
  const stream = new RandomStream(streamKey(seed, 'resample', Math.floor(member / folds)));
  const units = groups === null ? [candidates] : rowsByKey(groups, candidates);
  const count = groups === null ? candidates.length : units.length;
  if (count < folds) {
    const what = groups === null ? 'rows' : 'groups';
    throw new TuttiError('ERR_DATA', `Expected at least ${folds} ${what} for ${folds} folds, got ${count}`, {
      folds,
    });
  }
  if (times) {
    // The first dealing begins with the earliest row.
    const turn = member < folds ? 0 : stream.below(count);
    return drawOtherBlocks({ times, timeGap }, inTimeOrder(times, candidates), folds, member % folds, turn);
  }
  const classes = labels.length === 0 ? [candidates] : rowsByKey(labels, candidates);
  const foldOf =
    groups === null ? dealInTurn(classes, rows, folds, stream) : dealGroups(units, rows, folds, stream);
  return candidates.filter((row) => foldOf[row] !== member % folds);
}

function countOf(share: number, n: number): number {
  return Math.max(1, Math.round(share * n));
}

function checkShare(option: string, share: number): void {
  if (!(share > 0 && share <= 1)) failOption(option, 'a number in (0, 1]', share);
}
