// The figures of a report as numbers with stable names, which every kind of record shows under the same ones.

import { mean } from '../math/statistics.js';
import type { Measurement } from '../measure/measurement.js';
import { type ScoreSpread, scoreBy, streamedMetrics } from '../measure/metrics/metrics.js';
import type { RowScores } from '../measure/scores/row-scores.js';
import type { EnsembleReport } from '../report/ensemble-report.js';

/** What is drawn of one set of rows; null where it was not measured or does not apply. */
export interface RowCurves {
  readonly confusion: {
    readonly rows: number;
    readonly classes: readonly string[];
    /** Rows by true class, then by the class predicted. */
    readonly counts: readonly (readonly number[])[];
  } | null;
  /** Of two classes, from (0, 0) to (1, 1); a first threshold that nothing reaches is null. */
  readonly roc:
    | readonly {
        readonly falsePositiveRate: number;
        readonly truePositiveRate: number;
        readonly threshold: number | null;
      }[]
    | null;
  /** Of two classes, bin by bin. */
  readonly calibration: readonly { readonly predicted: number; readonly observed: number }[] | null;
}

/** What was measured on one set of rows. */
export interface RowFigures {
  readonly rows: 'outOfBag' | 'test';
  /** By name: `accuracy`, `meanMember/accuracy`, `rmse/price`, `v`, `c`, `rho`, …; those that are there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The squared error of ensembles of so many members, as v and c foretell it. */
  readonly curve: readonly { readonly memberCount: number; readonly squaredError: number }[];
  readonly curves: RowCurves;
}

/** Of each set of rows that was measured. */
export function figuresOf(report: EnsembleReport): RowFigures[] {
  const { outOfBag, test } = report;
  return [
    ...(outOfBag === null ? [] : [rowFigures('outOfBag', outOfBag, report)]),
    ...(test === null ? [] : [rowFigures('test', test, report)]),
  ];
}

/** The names that have a value: `null` is none. */
const CORRELATION = [
  'v',
  'c',
  'rho',
  'predicted',
  'ambiguity',
  'effectiveMembers',
  'nextMemberGain',
] as const;

function rowFigures(
  rows: RowFigures['rows'],
  measurement: Measurement,
  { targets, classes }: Pick<EnsembleReport, 'targets' | 'classes'>,
): RowFigures {
  const { ensemble, meanMember, errorCorrelation, disagreement, scores, baselines } = measurement;
  const own = CORRELATION.map((name) => [name, errorCorrelation[name]] as const);
  const entries = [
    ...(ensemble === null ? [] : scoreEntries('', ensemble, targets)),
    // Where rows have weights, the streamed ones have none of them.
    ...listEntries('', scores),
    ...scoreEntries('meanMember/', meanMember, targets),
    ...baselines.flatMap(({ name, scores: list }) => listEntries(`baseline/${name}/`, list)),
    ...own,
    ['disagreement', disagreement] as const,
  ];
  return {
    rows,
    metrics: Object.fromEntries(
      entries.filter((entry): entry is [string, number] => entry[1] !== null && Number.isFinite(entry[1])),
    ),
    curve: errorCorrelation.curve,
    curves: { ...NO_CURVES, confusion: confusionOf(scores, classes) },
  };
}

const NO_CURVES: RowCurves = { confusion: null, roc: null, calibration: null };

function confusionOf(scores: RowScores | null, classes: readonly string[]): RowCurves['confusion'] {
  if (scores === null || scores.confusion === null || scores.weighted) return null;
  return { rows: scores.rows, classes, counts: scores.confusion };
}

function listEntries(prefix: string, list: RowScores | null): (readonly [string, number | null])[] {
  return (list?.scores ?? []).map(({ name, value }) => [`${prefix}${name}`, value] as const);
}

/** A score is a number; of several targets it is one over all of them, and one of each under its name. */
function scoreEntries(
  prefix: string,
  scores: ScoreSpread,
  targets: readonly string[],
): (readonly [string, number | null])[] {
  return streamedMetrics().flatMap((metric) => {
    const { name, average = mean } = metric;
    const value = scoreBy(scores, metric);
    if (value === null || typeof value === 'number') return [[`${prefix}${name}`, value] as const];
    const each = value.map((own, at) => [`${prefix}${name}/${targets[at] ?? at}`, own] as const);
    const all = [`${prefix}${name}`, value.length === 1 ? value[0]! : average(value)] as const;
    return value.length === 1 ? [all] : [all, ...each];
  });
}
