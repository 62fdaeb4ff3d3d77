// What was measured, for people: the scores beside those of the mean member, and what the correlation of
// the members' errors means for averaging. One or two measurements stand side by side.

import type { Interval } from '../measure/correlation/intervals.js';
import type { FigureName } from '../measure/correlation/standard-errors.js';
import type { KindMeasurement } from '../measure/kind-measurement.js';
import type { Measurement } from '../measure/measurement.js';
import type { Scores } from '../measure/metrics/metrics.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import { baselineLines } from './baseline-text.js';
import { curveLines } from './curve-text.js';
import { kindLines } from './kind-text.js';
import type { NamedMeasurement } from './named-measurement.js';
import type { Palette } from './palette.js';
import { columnsOf, taskOf, valueTexts } from './score-columns.js';
import { confusionLines, scoresLines } from './scores-text.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, levelText, percent } from './words.js';

/** Targets that get a column of their own in the table of scores. */
const MOST_TARGETS = 4;

export interface MeasurementText {
  /** Whether every score is listed with its interval. @default true */
  readonly listsScores?: boolean;
  /** Classes, to show which are taken for which. @default none are shown */
  readonly classes?: readonly string[];
}

/** All there is to say of measurements that stand side by side. */
export function measurementLines(
  all: readonly NamedMeasurement[],
  targets: readonly string[],
  palette: Palette,
  { listsScores = true, classes = [] }: MeasurementText = {},
): string[] {
  return [
    ...scoreLines(all, targets, palette),
    ...spaced(scoresLines(listsScores ? all : all.map(ofHeads), palette)),
    ...(all.length === 1 ? spaced(confusionOf(all[0]!, classes, palette)) : []),
    ...spaced(baselineLines(all, taskOf(targets), palette)),
    ...(all.every(isOfOne) ? [] : ['', ...correlationLines(all, palette), ...percentileLines(all)]),
    ...all.flatMap(flooredLines),
    ...kindLines(all, kindScore(targets), palette),
    ...all.flatMap(({ measurement }) => curveLines(measurement, taskOf(targets), palette)),
  ];
}

/** Scores of what heads say that are no means: where there are any they are what a user asked for. */
const OF_HEADS: readonly string[] = [
  ...['labelLogLoss', 'labelAccuracy', 'labelF1'],
  ...['quantileLoss', 'quantileCoverage', 'quantileWidth'],
];

function ofHeads({ name, measurement }: NamedMeasurement): NamedMeasurement {
  const shown = measurement.scores?.scores.filter(
    (score) => OF_HEADS.includes(score.name) && score.value !== null,
  );
  const scores = shown === undefined || shown.length === 0 ? null : { ...measurement.scores!, scores: shown };
  return { name, measurement: { ...measurement, scores } };
}

/** One predictor, as a boosted sum is: nothing is averaged. */
function isOfOne({ measurement }: Pick<NamedMeasurement, 'measurement'>): boolean {
  return measurement.errorCorrelation.memberCount === 1;
}

/** Lines with an empty one before them, or none. */
function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function confusionOf(
  { measurement: { scores } }: NamedMeasurement,
  classes: readonly string[],
  palette: Palette,
) {
  return scores === null ? [] : confusionLines(scores, classes, palette);
}

/** Scores of the ensemble and of the mean member on each kind of rows. */
function scoreLines(
  all: readonly NamedMeasurement[],
  targets: readonly string[],
  palette: Palette,
): string[] {
  const rows: TextRow[] = [['', ...scoreHeads(targets), '']];
  for (const { name, measurement } of all) {
    const { ensemble, meanMember, aggregator, weighted } = measurement;
    const mean = `${weighted ? 'weighted ' : ''}${aggregators.get(aggregator).title}`;
    if (ensemble !== null)
      rows.push([`${name}, ${mean}`, ...scoreCells(ensemble, targets), rowsText(measurement)]);
    if (!isOfOne({ measurement }) || ensemble === null)
      rows.push([`${name}, mean member`, ...scoreCells(meanMember, targets), '']);
  }
  const [head, ...lines] = alignColumns(rows);
  return [palette.dim(head!), ...lines];
}

/** A head for each metric, and for each of the first targets of one that has a value for each. */
function scoreHeads(targets: readonly string[]): string[] {
  return columnsOf('scores', taskOf(targets)).flatMap(({ title, values }) =>
    values === 'one' || targets.length === 1
      ? [title]
      : targets.slice(0, MOST_TARGETS).map((target) => `${title} ${target}`),
  );
}

function scoreCells(scores: Scores, targets: readonly string[]): string[] {
  return columnsOf('scores', taskOf(targets)).flatMap((metric) =>
    valueTexts(metric, scores).slice(0, MOST_TARGETS),
  );
}

function rowsText({ ensemble, errorCorrelation: { rows, outOfBag } }: Measurement): string {
  // Weights of 0 may leave a row without any of its out-of-bag members.
  if (ensemble !== null && ensemble.rows < rows) return `${ensemble.rows} of ${rows} rows have a weight`;
  if (outOfBag === null) return counted(rows, 'row');
  const { totalRows, coverage, meanMembersPerRow } = outOfBag;
  const all =
    coverage === 1 ? `all ${totalRows} rows` : `${rows} of ${totalRows} rows (${percent(coverage, 1)})`;
  return `${all}, ${figure(meanMembersPerRow, 2)} members each`;
}

/** v, c, ρ with their intervals, predicted beside measured, and what one more member would gain. */
export function correlationLines(all: readonly NamedMeasurement[], palette: Palette): string[] {
  const reports = all.map(({ measurement }) => measurement.errorCorrelation);
  const row = (label: string, cell: (report: (typeof reports)[number]) => string): TextRow => [
    label,
    ...reports.map(cell),
  ];
  const level = reports[0]!.intervals?.level;
  // The weights of the average above have no part in these figures.
  const weighted = all.some(({ measurement }) => measurement.weighted);
  const rows: TextRow[] = [
    [
      `Error correlation${weighted ? ', equal weights' : ''}${level === undefined ? '' : ` [${levelText(level)} interval]`}`,
      ...all.map(({ name }) => name),
    ],
    row("v   a member's squared error", ({ v, intervals }) => withInterval(v, intervals?.v)),
    row('c   the product of two members’ errors', ({ c, intervals }) => withInterval(c, intervals?.c)),
    row('ρ = c/v', ({ rho, intervals }) => withInterval(rho, intervals?.rho)),
    row('predicted v/k + (k−1)c/k', ({ predicted }) => figure(predicted)),
    row(`measured, of the ${weighted ? 'unweighted' : 'arithmetic'} mean`, ({ measured }) =>
      figure(measured),
    ),
    ...relativeRows(all),
    row('ambiguity, what averaging takes off', ({ ambiguity }) => figure(ambiguity)),
    ...pairRows(all),
    row(
      'effective members',
      ({ effectiveMembers, memberCount }) => `${figure(effectiveMembers, 3)} of ${memberCount}`,
    ),
    row('gain of one more member', (report) => gainText(report)),
  ];
  const [head, ...lines] = alignColumns(rows, '   ');
  return [palette.bold(head!), ...lines.map((line) => `  ${line}`)];
}

/** Squared errors beside the variance of the targets, which says how large they are; nothing for classes. */
function relativeRows(all: readonly NamedMeasurement[]): TextRow[] {
  if (all.every(({ measurement }) => measurement.targetVariance === null)) return [];
  const cells = all.map(({ measurement: { targetVariance, errorCorrelation } }) => {
    if (targetVariance === null || targetVariance === 0) return '–';
    const { v, c, measured } = errorCorrelation;
    return [v, c, measured].map((own) => (own === null ? '–' : percent(own / targetVariance, 1))).join(', ');
  });
  return [['v, c, measured to the target’s variance', ...cells]];
}

/** How pairs of members differ; nothing for numbers. */
function pairRows(all: readonly NamedMeasurement[]): TextRow[] {
  const pairs = all.map(({ measurement }) => measurement.diversity);
  if (pairs.every((own) => own === null)) return [];
  const share = (value: number | null | undefined) => (typeof value === 'number' ? percent(value, 1) : '–');
  return [
    [
      'two members: differ, both wrong',
      ...pairs.map((own) => `${share(own?.disagreement)}, ${share(own?.doubleFault)}`),
    ],
    [
      'two members: Q, κ of being right',
      ...pairs.map((own) => `${figure(own?.q, 3)}, ${figure(own?.kappa, 3)}`),
    ],
  ];
}

/** How much of a geometric mean is the floor of probabilities and not the members' own. */
function flooredLines({ name, measurement }: NamedMeasurement): string[] {
  const { flooredCount, flooredShare } = measurement;
  if (flooredCount === 0) return [];
  const probabilities = counted(flooredCount, 'probability', 'probabilities');
  return [
    `${name}: ${probabilities} (${percent(flooredShare, 1)}) lay below the tolerance of the geometric mean and count as it;`,
    `  a product of them says more of that floor than of the members. The arithmetic mean needs none.`,
  ];
}

/** The first score of the table for one kind. */
function kindScore(targets: readonly string[]) {
  return {
    head: scoreHeads(targets)[0]!,
    of: ({ meanMember }: KindMeasurement) =>
      meanMember === null ? '–' : scoreCells(meanMember, targets)[0]!,
  };
}

const FIGURE_NAMES: Readonly<Record<FigureName, string>> = {
  v: 'v',
  c: 'c',
  rho: 'ρ',
  vMinusC: 'v − c',
  measured: 'the measured error',
  estimate: 'the estimate for all members',
};

/** The figures whose intervals are not what the table says, where there are any. */
function percentileLines(all: readonly NamedMeasurement[]): string[] {
  return all.flatMap(({ name, measurement: { errorCorrelation } }) => {
    const names = errorCorrelation.intervals?.percentile.map((figureName) => FIGURE_NAMES[figureName]) ?? [];
    if (names.length === 0) return [];
    return [
      `Too few rows differ in their errors (${name}): the intervals of ${names.join(', ')} are too narrow.`,
    ];
  });
}

function gainText({ nextMemberGain, measured }: Measurement['errorCorrelation']): string {
  if (nextMemberGain === null) return '–';
  const share = measured > 0 ? ` (${percent(nextMemberGain / measured, 1)})` : '';
  return `${figure(nextMemberGain, 2)}${share}`;
}

function withInterval(value: number | null, interval: Interval | null | undefined): string {
  if (interval === null || interval === undefined) return figure(value);
  return `${figure(value)} [${figure(interval.low, 3)}, ${figure(interval.high, 3)}]`;
}
