// Measured coverage, for people: what was asked for, how often the truth was held, and at which width or size.

import type { CoveredShare, MeasuredCoverage, SetFigures } from '../conformal/measured-coverage.js';
import type { Task } from '../data/dataset/dataset.js';
import type { Palette } from './palette.js';
import { alignColumns, type TextRow } from './text-table.js';
import { figure, grouped, percent } from './words.js';

/** Classes, or targets, that get a line of their own. */
const MOST_LINES = 12;

export function coverageLines(measured: MeasuredCoverage, task: Task, palette: Palette): string[] {
  const { asked, level } = measured;
  const [head, ...lines] = alignColumns(
    measured.kind === 'classification' ? setRows(measured, task) : intervalRows(measured, task),
  );
  const verdict = verdictOf(measured);
  return [
    `Coverage of ${percent(asked, 1)} asked for, measured with intervals of ${percent(level, 0)}`,
    ...[palette.dim(head!), ...lines],
    ...(verdict === null ? [] : [verdict]),
  ];
}

function setRows(measured: MeasuredCoverage & { kind: 'classification' }, task: Task): TextRow[] {
  const names = task.kind === 'classification' ? task.classes : [];
  const row = (name: string, own: SetFigures): TextRow => [
    ...[name, percent(own.coverage.value, 1), between(own.coverage), figure(own.meanSize, 3)],
    ...[percent(own.singletons, 1), percent(own.empty, 1), grouped(own.rows)],
  ];
  const head = [`sets (${measured.conformal})`, 'held', '', 'classes', 'single', 'empty', 'rows'];
  const byClass = measured.classes.flatMap((own, at) => (own === null ? [] : [row(names[at]!, own)]));
  const shown = byClass.slice(0, MOST_LINES);
  const more = byClass.length - shown.length;
  return [head, row('all', measured), ...shown, ...(more > 0 ? [[`and ${more} classes more`]] : [])];
}

function intervalRows({ targets }: MeasuredCoverage & { kind: 'regression' }, task: Task): TextRow[] {
  const names = task.kind === 'regression' ? task.targets : [];
  const shown = targets.slice(0, MOST_LINES).map((own, at) => {
    const held = [percent(own.coverage.value, 1), between(own.coverage)];
    return [names[at]!, ...held, figure(own.meanWidth), grouped(own.rows)];
  });
  const more = targets.length - shown.length;
  return [
    ['intervals', 'held', '', 'mean width', 'rows'],
    ...shown,
    ...(more > 0 ? [[`and ${more} targets more`]] : []),
  ];
}

function between({ interval: { low, high } }: CoveredShare): string {
  return `${(100 * low).toFixed(1)} to ${percent(high, 1)}`;
}

/** Where chance does not explain that less was held. */
function verdictOf(measured: MeasuredCoverage): string | null {
  const { asked } = measured;
  const all = measured.kind === 'classification' ? [measured] : measured.targets;
  if (all.every(({ coverage }) => coverage.interval.high >= asked)) return null;
  return 'These rows are held less often than was asked for: they are not drawn as those were that the guarantee rests on.';
}
