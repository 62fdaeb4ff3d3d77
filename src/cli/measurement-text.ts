// What was measured, for people: the scores beside those of the mean member, and what the correlation of
// the members' errors means for averaging. One or two measurements stand side by side.

import type { Aggregator } from '../ensemble/aggregate/aggregate.js';
import type { Interval } from '../measure/intervals.js';
import type { Measurement } from '../measure/measurement.js';
import type { Scores } from '../measure/scores.js';
import type { FigureName } from '../measure/standard-errors.js';
import { MEAN_NAMES } from './means.js';
import type { Palette } from './terminal.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, percent } from './words.js';

/** A measurement and what its rows are called: `out of bag`, `test`. */
export interface NamedMeasurement {
  readonly name: string;
  readonly measurement: Measurement;
}

/** Targets that get a column of their own in the table of scores. */
const MOST_TARGETS = 4;

/** All there is to say of measurements that stand side by side. */
export function measurementLines(
  all: readonly NamedMeasurement[],
  targets: readonly string[],
  palette: Palette,
): string[] {
  return [
    ...scoreLines(all, targets, palette),
    '',
    ...correlationLines(all, palette),
    ...percentileLines(all),
    ...kindLines(all, targets, palette),
  ];
}

/** Scores of the ensemble and of the mean member on each kind of rows. */
function scoreLines(
  all: readonly NamedMeasurement[],
  targets: readonly string[],
  palette: Palette,
): string[] {
  const rows: TextRow[] = [['', ...scoreHeads(all[0]!.measurement, targets), '']];
  for (const { name, measurement } of all) {
    const { ensemble, meanMember, aggregator } = measurement;
    const mean = MEAN_NAMES[aggregator as Aggregator];
    if (ensemble !== null)
      rows.push([`${name}, ${mean}`, ...scoreCells(ensemble, targets), rowsText(measurement)]);
    rows.push([`${name}, mean member`, ...scoreCells(meanMember, targets), '']);
  }
  const [head, ...lines] = alignColumns(rows);
  return [palette.dim(head!), ...lines];
}

function scoreHeads({ meanMember }: Measurement, targets: readonly string[]): string[] {
  if (meanMember.accuracy !== null) return ['accuracy', 'log-loss', 'squared error'];
  return targets.length === 1 ? ['RMSE'] : targets.slice(0, MOST_TARGETS).map((target) => `RMSE ${target}`);
}

function scoreCells({ accuracy, logLoss, squaredError, rmse }: Scores, targets: readonly string[]): string[] {
  if (accuracy !== null) return [percent(accuracy), figure(logLoss), figure(squaredError)];
  return targets.slice(0, MOST_TARGETS).map((_, target) => figure(rmse?.[target]));
}

function rowsText({ errorCorrelation: { rows, outOfBag } }: Measurement): string {
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
  const rows: TextRow[] = [
    [
      `Error correlation${level === undefined ? '' : ` [${percent(level, 0)} interval]`}`,
      ...all.map(({ name }) => name),
    ],
    row("v   a member's squared error", ({ v, intervals }) => withInterval(v, intervals?.v)),
    row('c   the product of two members’ errors', ({ c, intervals }) => withInterval(c, intervals?.c)),
    row('ρ = c/v', ({ rho, intervals }) => withInterval(rho, intervals?.rho)),
    row('predicted v/k + (k−1)c/k', ({ predicted }) => figure(predicted)),
    row('measured, of the arithmetic mean', ({ measured }) => figure(measured)),
    row(
      'effective members',
      ({ effectiveMembers, members }) => `${figure(effectiveMembers, 3)} of ${members}`,
    ),
    row('gain of one more member', (report) => gainText(report)),
  ];
  const [head, ...lines] = alignColumns(rows, '   ');
  return [palette.bold(head!), ...lines.map((line) => `  ${line}`)];
}

const FIGURE_NAMES: Readonly<Record<FigureName, string>> = {
  ...{ v: 'v', c: 'c', rho: 'ρ', vMinusC: 'v − c', measured: 'the measured error' },
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

/** What each kind of a mixed ensemble's members did by itself; nothing when all are of one kind. */
function kindLines(all: readonly NamedMeasurement[], targets: readonly string[], palette: Palette): string[] {
  if (all.every(({ measurement }) => measurement.kinds.length === 0)) return [];
  const [score] = scoreHeads(all[0]!.measurement, targets);
  const rows: TextRow[] = [['By kind', 'members', `mean ${score}`, 'v', 'c', 'ρ = c/v']];
  for (const { name, measurement } of all) {
    for (const { kind, members, meanMember, errorCorrelation } of measurement.kinds) {
      const scored = meanMember === null ? '–' : scoreCells(meanMember, targets)[0]!;
      const figures = [errorCorrelation?.v, errorCorrelation?.c, errorCorrelation?.rho];
      rows.push([`${name}, ${kind}`, `${members.length}`, scored, ...figures.map((own) => figure(own))]);
    }
  }
  const [head, ...lines] = alignColumns(rows);
  return ['', palette.bold(head!), ...lines];
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
