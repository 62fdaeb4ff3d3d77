// What errors are made of over training sets, as lines for people.

import type { TrainingSetsReport } from '../studies/bias-variance.js';
import type { Palette } from './palette.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, percent } from './words.js';

/** Nothing where no training sets were drawn. */
export function biasVarianceLines(report: TrainingSetsReport | null, palette: Palette): string[] {
  if (report === null) return [];
  const { trainingSets, rowsEach, incomplete, member, ensemble, variance, wrong, memberCount } = report;
  const left = incomplete === 0 ? '' : `, ${incomplete} more left out as members failed`;
  const squared: TextRow[] = [
    ['', 'squared error', '= noise + bias²', '+ variance'],
    ...[['a member', member] as const, ['the ensemble', ensemble] as const].map(([name, parts]): TextRow => {
      return [name, figure(parts.error), figure(parts.noiseAndBias), figure(parts.variance)];
    }),
  ];
  const classes: TextRow[] =
    wrong === null
      ? []
      : [
          ['', 'wrong', '= bias', '+ net variance'],
          ...[['a member', wrong.member] as const, ['the ensemble', wrong.ensemble] as const].map(
            ([name, parts]): TextRow => [
              name,
              percent(parts.error),
              percent(parts.bias),
              `${parts.netVariance < 0 ? '−' : ''}${percent(Math.abs(parts.netVariance))}`,
            ],
          ),
        ];
  const [head, ...lines] = alignColumns(squared);
  const [wrongHead, ...wrongLines] = alignColumns(classes);
  return [
    '',
    palette.bold(
      `Bias and variance over ${counted(trainingSets, 'training set')} of ${counted(rowsEach, 'row')}${left}`,
    ),
    palette.dim(`  ${head}`),
    ...lines.map((line) => `  ${line}`),
    ...(wrongHead === undefined
      ? []
      : [palette.dim(`  ${wrongHead}`), ...wrongLines.map((line) => `  ${line}`)]),
    ...(variance === null
      ? []
      : [
          `Of a member's variance ${figure(variance.trainingSet)} is the training set's, ${figure(variance.chance)} its own chance, of which ${memberCount} members leave 1/${memberCount}.`,
        ]),
  ];
}
