// What distilling came to, for people: the net, how near it is to the ensemble, and both beside the truth.

import type { DistillationReport } from '../distillation/distillation.js';
import { metrics } from '../measure/metrics/metrics.js';
import { differenceText } from './comparison-text.js';
import type { Palette } from './palette.js';
import { metricText } from './score-columns.js';
import { alignColumns, type TextRow } from './text-table.js';
import { counted, figure, grouped, levelText, percent } from './words.js';

/** The scores that say most; all of them are in the JSON. */
const SHOWN: readonly string[] = [
  ...['accuracy', 'logLoss', 'squaredError', 'rmse', 'mae', 'nll'],
  ...['labelLogLoss', 'labelAccuracy', 'labelF1'],
];

export function distillationLines(report: DistillationReport, palette: Palette): string[] {
  const { rows, copies, network, parameters, ensembleParameters, heldOut } = report;
  const size = ensembleParameters === 0 ? '' : ` in place of ${grouped(ensembleParameters)}`;
  const more = copies === 0 ? '' : ` and ${counted(copies, 'perturbed copy', 'perturbed copies')} of each`;
  return [
    palette.bold(`One net, ${network}: ${grouped(parameters)} parameters${size}`),
    `trained on what the ensemble says of ${counted(rows, 'row')}${more}`,
    '',
    palette.bold(`Beside the ensemble, on ${counted(heldOut.rows, 'row')} that it was not trained on`),
    ...fidelityLines(report),
    '',
    ...scoreLines(report, palette),
    ...(heldOut.knownToEnsemble
      ? ['The ensemble was trained on these rows: all scores are better than on new ones.']
      : []),
    ...(report.scores.ensembles.length > 2
      ? ['The best member is the best one on these very rows, which flatters it.']
      : []),
  ];
}

function fidelityLines({ fidelity }: DistillationReport): string[] {
  const { divergence, agreement, targets } = fidelity;
  const nats = divergence === null ? [] : [`divergence ${figure(divergence)} nats`];
  if (agreement !== null) return [`the same class in ${percent(agreement)} of them, ${nats.join('')}`];
  return targets.map(({ target, rmse, explained }, at) => {
    const follows = explained === null ? '' : `, which follows ${percent(explained)} of their variance`;
    const also = at === 0 && nats.length > 0 ? `; ${nats[0]}` : '';
    return `${target}: ${figure(rmse)} (RMSE) from the ensemble’s answers${follows}${also}`;
  });
}

function scoreLines({ scores }: DistillationReport, palette: Palette): string[] {
  const { ensembles, comparisons, level } = scores;
  const names = ensembles.map(({ name }) => name);
  const interval = level === null ? '' : ` [${levelText(level)}]`;
  const shown = comparisons[0]!.scores.filter(({ metric }) => SHOWN.includes(metric));
  const rows: TextRow[] = [
    ['', names[0]!, ...names.slice(1).flatMap((name) => [name, `${name} − ${names[0]}${interval}`])],
    ...shown.map(({ metric: name, title, first }): TextRow => {
      const metric = metrics.get(name);
      const others = comparisons.flatMap((own) => {
        const score = own.scores.find((one) => one.metric === name)!;
        return [metricText(metric, score.second), differenceText(metric, score)];
      });
      return [title, metricText(metric, first), ...others];
    }),
  ];
  const [head, ...lines] = alignColumns(rows, '   ');
  return [palette.dim(head!), ...lines];
}
