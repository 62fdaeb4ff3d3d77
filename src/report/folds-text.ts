// A cross-validation, for people: scores over the folds and out of fold, and what correlation of errors there is.

import { metrics } from '../measure/metrics/metrics.js';
import type {
  CrossValidation,
  FoldedScore,
  FoldResult,
} from '../studies/cross-validation/cross-validation.js';
import { measurementLines } from './measurement-text.js';
import type { Palette } from './palette.js';
import { alignColumns } from './text-table.js';
import { counted, figure, percent } from './words.js';

const KINDS: Readonly<Record<CrossValidation['kind'], string>> = {
  shuffled: 'folds',
  stratified: 'stratified folds',
  grouped: 'folds of whole groups',
  timeOrdered: 'folds in the order of time',
};

export function foldsLines(report: CrossValidation, name: string, palette: Palette): string[] {
  const { task, folds, repeats, kind, gap, planned, outOfFold, results, scores } = report;
  const targets = task.kind === 'regression' ? task.targets : [];
  const tested = outOfFold[0]?.known.rows ?? 0;
  const rows =
    tested === report.rows ? counted(tested, 'row') : `${tested} of ${counted(report.rows, 'row')}`;
  const dealt = `${folds} ${KINDS[kind]}${gap > 0 ? ` with a gap of ${gap}` : ''}`;
  const again = repeats === 1 ? '' : `, ${repeats} times`;
  return [
    palette.bold(`${name}: ${rows} in ${dealt}${again}; ${counted(planned, 'member')} each`),
    '',
    ...scoreLines(scores, outOfFold.length, palette),
    '',
    ...foldLines(results, repeats, scores, palette),
    '',
    ...measurementLines(
      outOfFold.map(({ repeat, measurement }) => ({
        name: repeats === 1 ? 'out of fold' : `out of fold, repeat ${repeat + 1}`,
        // Its scores are those above.
        measurement: { ...measurement, scores: null, baselines: [] },
      })),
      targets,
      palette,
    ),
  ];
}

function scoreLines(scores: readonly FoldedScore[], repeats: number, palette: Palette): string[] {
  const over = repeats > 1 ? 'out of fold, mean of repeats' : 'out of fold';
  const [head, ...lines] = alignColumns([
    ['', 'mean of folds', '± folds', over, 'interval'],
    ...scores
      .filter(({ mean, outOfFold }) => mean !== null || outOfFold !== null)
      .map(({ name, title, mean, std, outOfFold, interval }) => {
        const text = writerOf(name);
        const ends = interval === null ? '–' : `${text(interval.low)} – ${text(interval.high)}`;
        return [title, text(mean), text(std), text(outOfFold), ends];
      }),
  ]);
  return [palette.dim(head!), ...lines];
}

/** Metrics that each fold is printed by. */
const OF_FOLDS = ['accuracy', 'logLoss', 'rmse', 'r2'];

function foldLines(
  results: readonly FoldResult[],
  repeats: number,
  scores: readonly FoldedScore[],
  palette: Palette,
): string[] {
  const shown = scores.filter(({ name }) => OF_FOLDS.includes(name));
  const [head, ...lines] = alignColumns([
    ['fold', 'trained on', 'tested on', 'members', ...shown.map(({ title }) => title)],
    ...results.map((result, at) => [
      ...[repeats === 1 ? `${result.fold + 1}` : `${result.repeat + 1}.${result.fold + 1}`],
      ...[`${result.trainRows}`, `${result.testRows}`, `${result.members}`],
      ...shown.map(({ name, values }) => writerOf(name)(values[at]!)),
    ]),
  ]);
  return [palette.dim(head!), ...lines];
}

function writerOf(name: string): (value: number | null) => string {
  const share = metrics.get(name).written === 'share';
  return (value) => (value === null ? '–' : share ? percent(value) : figure(value));
}
