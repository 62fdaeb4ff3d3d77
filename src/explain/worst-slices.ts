// Parts of the data that an ensemble does worse on than on the rest, beyond what chance makes of as many parts as were
// looked at.

import type { Dataset } from '../data/dataset/dataset.js';
import { median } from '../math/statistics.js';
import type { Interval } from '../measure/correlation/intervals.js';
import { checkOptions, described, type OptionTable, option } from '../option-names.js';
import type { KnownRows } from '../predictions/known-rows.js';
import { placedColumnsOf, requirePlaced } from './explained-columns.js';
import { rowLosses } from './row-losses.js';
import { type RawRows, type SliceColumn, sliceColumn } from './slice-columns.js';
import {
  chanceAbove,
  holm,
  marginOf,
  meanOf,
  type PartAndRest,
  partsAndRests,
  sliceSums,
} from './slice-sums.js';

export interface SliceOptions {
  /** Columns to cut. @default all that members see */
  readonly columns?: readonly string[];
  /** Equally full ranges of a column of numbers. @default 4 */
  readonly bins?: number;
  /** Slices of fewer rows, or beside fewer, are not looked at. @default 30 */
  readonly minRows?: number;
  /** Whether pairs of slices of two columns are looked at too. @default false, since there are many */
  readonly pairs?: boolean;
  /** 1 − the probability that any slice is listed where all are alike; of the intervals too. @default 0.95 */
  readonly level?: number;
  /** Slices listed at most. @default 10 */
  readonly most?: number;
  /** The table that the dataset's rows came from, so that missing cells are a slice. */
  readonly raw?: RawRows | null;
}

export const SLICE_OPTIONS = {
  columns: option.texts,
  bins: described(option.integer(2), {
    kind: 'number',
    says: 'equally full ranges of a column of numbers',
    default: 4,
  }),
  minRows: described(option.integer(2), {
    kind: 'number',
    says: 'slices of fewer rows are not looked at',
    default: 30,
  }),
  pairs: described(option.flag, { kind: 'flag', says: 'look at pairs of slices of two columns too' }),
  level: option.number('a number > 0 and < 1', (level) => level > 0 && level < 1),
  most: described(option.integer(1), {
    kind: 'number',
    says: 'rows and slices of each list at most',
    defaultSays: '10; of rows 20, of which 10 are printed',
  }),
  raw: { expected: 'null, or { table, rows } that the dataset came from', holds: isRaw },
} satisfies OptionTable<SliceOptions>;

function isRaw(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  const { table, rows } = (value ?? { table: {}, rows: null }) as Partial<Record<keyof RawRows, unknown>>;
  return typeof table === 'object' && table !== null && (rows === null || rows instanceof Uint32Array);
}

/** A part of the data. */
export interface Slice {
  /** What its rows have in common: `size > 8`; of two columns joined by `and`. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Its score, and that of all other rows. */
  readonly score: number;
  readonly interval: Interval;
  readonly rest: number;
  /** Classification: the share of its rows whose predicted class is wrong. */
  readonly errorRate: number | null;
  /** How often a slice of equal rows would be so much worse by chance, and the same of any of those looked at. */
  readonly chance: number;
  readonly chanceOfAny: number;
}

export interface WorstSlices {
  /** `logLoss`, or of numbers `rmse` (of several targets each in units of its deviation). */
  readonly metric: 'logLoss' | 'rmse';
  /** Of all rows. */
  readonly score: number;
  readonly rows: number;
  /** How many slices were looked at, which is what chances are corrected for. */
  readonly lookedAt: number;
  readonly level: number;
  readonly minRows: number;
  /** Those that are worse than the rest beyond chance, the worst score first. */
  readonly slices: readonly Slice[];
}

const LEVEL = 0.95;
/** More of the rows are no part that could be better than the rest: the rest is. */
const MOST_SHARE = 0.75;
const MOST = 10;

/**
 * Finds the slices with the worst score: the mean loss of each slice of at least `minRows` rows, and at most three quarters of
 * them all, is held against that of all other rows, at least as many (Welch's t, one-sided), and listed where Holm's correction for the number of slices leaves it below
 * 1 − `level`. A pair is listed only if it is worse than both of its slices.
 *
 * @param known rows of `dataset`, at the places `known.index`
 * @throws ERR_OPTION for a column that is none
 */
export function worstSlices(known: KnownRows, dataset: Dataset, options: SliceOptions = {}): WorstSlices {
  checkOptions('worstSlices', options, SLICE_OPTIONS);
  const { bins = SLICE_OPTIONS.bins.default, minRows = SLICE_OPTIONS.minRows.default } = options;
  const { pairs = false, level = LEVEL, most = MOST, raw = null } = options;
  const placed = placedColumnsOf(dataset, dataset.preprocessing);
  const wanted = options.columns?.map((name) => requirePlaced(placed, 'columns', name)) ?? placed;
  const columns = wanted.map((column) => sliceColumn(column, dataset, known.index, bins, raw));
  const judge = createJudge(known);
  const single = columns.flatMap((column) => judge.slices(column, minRows));
  const double = pairs ? pairSlices(columns, judge, single, minRows) : [];
  const all = [...single, ...double];
  const corrected = holm(all.map(({ chance }) => chance));
  const rooted = known.task.kind === 'regression';
  const found = all
    .map((slice, at) => ({ ...slice, chanceOfAny: corrected[at]! }))
    .filter(({ chanceOfAny, isWorse }) => isWorse && chanceOfAny < 1 - level)
    .sort((a, b) => b.mean - a.mean || a.chance - b.chance)
    .slice(0, most);
  const score = (loss: number) => (rooted ? Math.sqrt(Math.max(0, loss)) : loss);
  return {
    metric: rooted ? 'rmse' : 'logLoss',
    score: score(judge.overall),
    rows: known.rows,
    lookedAt: all.length,
    ...{ level, minRows },
    slices: found.map((slice) => {
      const margin = slice.margin(level);
      return {
        ...{ label: slice.label, columns: slice.columns, rows: slice.rows },
        score: score(slice.mean),
        interval: { low: score(Math.max(0, slice.mean - margin)), high: score(slice.mean + margin) },
        rest: score(slice.rest),
        errorRate: slice.errorRate,
        ...{ chance: slice.chance, chanceOfAny: slice.chanceOfAny },
      };
    }),
  };
}

/** A slice held against the rest. */
interface JudgedSlice {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Mean losses of its rows, and of the others. */
  readonly mean: number;
  readonly rest: number;
  readonly chance: number;
  readonly errorRate: number | null;
  /** Whether it says more than what it is made of. */
  readonly isWorse: boolean;
  margin(level: number): number;
}

interface Judge {
  readonly overall: number;
  /** @param column cut; `columns`, its names where it is of several. */
  slices(column: SliceColumn & { readonly columns?: readonly string[] }, minRows: number): JudgedSlice[];
}

function createJudge(known: KnownRows): Judge {
  const { weights, rows } = known;
  const losses = rowLosses(known);
  // Not about their mean, from which a few huge ones take the digits of all others.
  const center = median(losses);
  for (let row = 0; row < rows; row++) losses[row]! -= center;
  const all = sliceSums(new Int32Array(rows), 1, losses, weights)[0]!;
  const wrong = wrongRows(known);
  return {
    overall: center + all.loss / all.weight,
    slices({ name, codes, labels, columns = [name] }, minRows) {
      const sums = partsAndRests(codes, labels.length, losses, weights);
      const errors = wrong && sliceSums(codes, labels.length, wrong, weights);
      return labels.flatMap((label, at) => {
        const { part: own, rest } = sums[at]!;
        const few = own.rows < minRows || rest.rows < minRows || own.weight > MOST_SHARE * all.weight;
        const judged = few ? null : againstRest(sums[at]!);
        if (judged === null) return [];
        return {
          ...{ label, columns, rows: own.rows, isWorse: true },
          mean: center + judged.part.mean,
          rest: center + judged.rest.mean,
          chance: chanceAbove(judged.part, judged.rest),
          errorRate: errors && errors[at]!.loss / errors[at]!.weight,
          margin: (level: number) => marginOf(judged.part, level),
        };
      });
    },
  };
}

/** Null where a mean of the slice, or of the rest, says nothing. */
function againstRest(sums: PartAndRest) {
  const [part, rest] = [meanOf(sums.part), meanOf(sums.rest)];
  return part === null || rest === null ? null : { part, rest };
}

/** 1 where the predicted class is wrong, f64[rows]; null for a regression. */
function wrongRows({ task, rows, truth, combined }: KnownRows): Float64Array | null {
  if (task.kind === 'regression') return null;
  return Float64Array.from({ length: rows }, (_, row) =>
    combined.labels![row] === truth.labels[row] ? 0 : 1,
  );
}

/** Slices of each two columns. */
function pairSlices(
  columns: readonly SliceColumn[],
  judge: Judge,
  single: readonly JudgedSlice[],
  minRows: number,
): JudgedSlice[] {
  const meanOfLabel = new Map(single.map(({ label, mean: own }) => [label, own]));
  return columns.flatMap((one, at) =>
    columns.slice(at + 1).flatMap((other) => {
      const width = other.labels.length;
      const codes = one.codes.map((code, row) =>
        code < 0 || other.codes[row]! < 0 ? -1 : code * width + other.codes[row]!,
      );
      const labels = one.labels.flatMap((a) => other.labels.map((b) => `${a} and ${b}`));
      const parents = one.labels.flatMap((a) => other.labels.map((b) => [a, b] as const));
      const named = { name: one.name, codes, labels, columns: [one.name, other.name] };
      return judge.slices(named, minRows).map((slice) => {
        const of = parents[labels.indexOf(slice.label)]!;
        const isWorse = of.every(
          (label) => slice.mean > (meanOfLabel.get(label) ?? Number.NEGATIVE_INFINITY),
        );
        return { ...slice, isWorse };
      });
    }),
  );
}
