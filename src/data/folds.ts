// Rows dealt into folds for cross-validation: each row is tested on once per repeat, by what was trained on the others.
// Classes keep their proportions, or groups stay whole, or training rows come before those tested on. Works on row numbers
// alone and copies no data.

import { failOption, TuttiError } from '../errors.js';
import { RandomStream, streamKey } from '../math/random.js';
import { checkOptions, described, type OptionTable, option } from '../option-names.js';
import { dealGroups, dealInTurn, rowsByKey } from './deal.js';

/** How folds are made: what decides it. */
export type FoldKind = 'shuffled' | 'stratified' | 'grouped' | 'timeOrdered';

export interface FoldOptions {
  /** Rows 0 … rows − 1 are dealt. */
  readonly rows: number;
  /** @default 5 */
  readonly folds?: number;
  /** How often all rows are dealt, each time anew. @default 1 */
  readonly repeats?: number;
  /** @default 0 */
  readonly seed?: number;
  /** Class index of each row: each fold has its share of every class. Empty or absent: rows are dealt as they are. */
  readonly labels?: Int32Array;
  /** Names of the classes, for messages. */
  readonly classes?: readonly string[];
  /** Group index of each row: no group is divided. Groups go before classes when both are given. */
  readonly groups?: Int32Array | null;
  /** When each row happened, f64[rows]: every fold is trained on what happened before it alone. */
  readonly times?: Float64Array | null;
  /** With `times`: rows just before a fold that are not trained on. @default 0 */
  readonly gap?: number;
}

/** The options that the command line has too. */
export const FOLD_OPTIONS = {
  folds: described(option.integer(2), {
    kind: 'number',
    says: 'parts that the rows are dealt into, each tested on once',
    default: 5,
  }),
  repeats: described(option.integer(1), {
    kind: 'number',
    says: 'how often all rows are dealt, each time anew',
    default: 1,
  }),
  gap: described(option.integer(0), {
    kind: 'number',
    says: 'rows just before a fold in time that are not trained on',
    default: 0,
  }),
} as const;

const OPTIONS = {
  ...FOLD_OPTIONS,
  rows: option.required(option.integer(0)),
  seed: option.seed,
  labels: option.numbers,
  classes: option.texts,
  groups: option.orNull(option.numbers),
  times: option.orNull(option.numbers),
} satisfies OptionTable<FoldOptions>;

export interface Fold {
  /** Both from 0. */
  readonly repeat: number;
  readonly fold: number;
  /** Ascending row numbers. Without times all rows but those tested on. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** What decides the folds of such options. */
export function foldKind({ labels, groups, times }: Omit<FoldOptions, 'rows'>): FoldKind {
  if (times) return 'timeOrdered';
  if (groups) return 'grouped';
  return labels !== undefined && labels.length > 0 ? 'stratified' : 'shuffled';
}

/**
 * Deals rows into folds, repeat by repeat.
 *
 * - stratified: each class is shuffled and dealt like cards, one class after the other, so that the rows of a class, and all
 *   rows, are spread over the folds as evenly as can be;
 * - grouped: the largest groups first, those of one size in random order, each to the fold with the fewest rows so far;
 * - in the order of time: with n rows and k folds the last k · ⌊n/(k + 1)⌋ rows are tested on, block by block, each by what
 *   happened before, but for the `gap` rows just before it and rows of the very time at which it begins.
 *
 * @throws ERR_DATA for fewer rows, groups, or rows of a class, than folds, and where no row is left to train on; ERR_OPTION for
 * a gap without times, and for groups or repeats with times
 *
 * **Source:** Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 1974; Bergmeir and Benítez, "On
 * the use of cross-validation for time series predictor evaluation", Information Sciences 2012.
 */
export function makeFolds(options: FoldOptions): readonly Fold[] {
  checkOptions('makeFolds', options, OPTIONS);
  const { rows, folds = 5, repeats = 1, seed = 0, times = null, groups = null, gap = 0 } = options;
  if (rows < folds) throw tooFew('rows', folds, rows);
  if (times !== null) {
    if (groups !== null) failOption('groups', 'absent with `times`, whose folds may divide groups', 'both');
    if (repeats > 1) failOption('repeats', '1 with `times`, whose folds leave nothing to chance', repeats);
    return timeFolds(times, folds, gap);
  }
  if (gap > 0) failOption('gap', 'absent without `times`', gap);
  const deal = dealer(options, folds);
  return Array.from({ length: repeats }, (_, repeat) => {
    const foldOf = deal(new RandomStream(streamKey(seed, 'folds', repeat)));
    return foldsOf(foldOf, folds, repeat);
  }).flat();
}

/** Gives each row its fold, i32[rows]. */
type Deal = (stream: RandomStream) => Int32Array;

function dealer(options: FoldOptions, folds: number): Deal {
  const { rows, labels, classes, groups } = options;
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  if (groups) {
    const byGroup = rowsByKey(groups, all);
    if (byGroup.length < folds) throw tooFew('groups', folds, byGroup.length);
    return (stream) => dealGroups(byGroup, rows, folds, stream);
  }
  if (labels === undefined || labels.length === 0) return (stream) => dealInTurn([all], rows, folds, stream);
  const byClass = rowsByKey(labels, all);
  for (const own of byClass) {
    if (own.length >= folds) continue;
    const label = labels[own[0]!]!;
    throw tooFew(`rows of class ${JSON.stringify(classes?.[label] ?? String(label))}`, folds, own.length);
  }
  return (stream) => dealInTurn(byClass, rows, folds, stream);
}

function foldsOf(foldOf: Int32Array, folds: number, repeat: number): Fold[] {
  const all = Uint32Array.from(foldOf, (_, row) => row);
  return Array.from({ length: folds }, (_, fold) => ({
    ...{ repeat, fold },
    train: all.filter((row) => foldOf[row] !== fold),
    test: all.filter((row) => foldOf[row] === fold),
  }));
}

function timeFolds(times: Float64Array, folds: number, gap: number): Fold[] {
  const rows = times.length;
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => times[a]! - times[b]! || a - b,
  );
  const size = Math.floor(rows / (folds + 1));
  return Array.from({ length: folds }, (_, fold) => {
    const start = rows - (folds - fold) * size;
    let end = Math.max(0, start - gap);
    // What happened at the same time is not known before.
    while (end > 0 && times[order[end - 1]!] === times[order[start]!]) end--;
    if (size === 0 || end === 0) throw nothingBefore(rows, folds, gap, fold);
    return {
      ...{ repeat: 0, fold },
      train: order.slice(0, end).sort(),
      test: order.slice(start, start + size).sort(),
    };
  });
}

function tooFew(what: string, folds: number, got: number): TuttiError {
  return new TuttiError('ERR_DATA', `Expected at least ${folds} ${what} for ${folds} folds, got ${got}`, {
    folds,
  });
}

function nothingBefore(rows: number, folds: number, gap: number, fold: number): TuttiError {
  const gapText = gap === 0 ? '' : ` with a gap of ${gap}`;
  const message =
    `Expected rows to train on before fold ${fold + 1} of ${folds} in time${gapText}, got none of ${rows} rows; ` +
    'fewer folds or a smaller gap leave more';
  return new TuttiError('ERR_DATA', message, { rows });
}
