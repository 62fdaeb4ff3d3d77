// Section 7: where predictions err. Classes: who is taken for whom, at every threshold; numbers: predicted beside true.

import { histogramChart } from '../charts/histogram-chart.js';
import { type Line, lineChart } from '../charts/line-chart.js';
import { matrixChart } from '../charts/matrix-chart.js';
import { scatterChart } from '../charts/scatter-chart.js';
import { SERIES, type Tone } from '../charts/theme.js';
import { html, type Markup } from '../page/markup.js';
import type { ClassesData, CurveData, NumbersData, PageData, SetData } from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure, tableMarkup } from '../page/parts.js';
import { counted, percent } from '../words.js';
import { figure, idOf, type ReportSection, shareText, whereText } from './section.js';

/** Classes of which a matrix can be read. */
const MOST_CELLS = 32;

export function errorsSection({ sets }: PageData): ReportSection | null {
  const [set] = sets;
  if (set === undefined) return null;
  return set.classes === null ? numbersSection(set) : classesSection(set, set.classes);
}

function classesSection(set: SetData, classes: ClassesData): ReportSection {
  const figures = [
    confusionFigure(set, classes),
    curvesFigure(set, 'roc', 'ROC curves', classes.roc, 'false positive rate', 'true positive rate', true),
    curvesFigure(set, 'pr', 'Precision–recall curves', classes.precisionRecall, 'recall', 'precision', false),
  ].filter((own) => own !== null);
  const rows = classes.perClass.map(
    ({ name, rows: count, precision, recall, f1, auroc, averagePrecision }) => ({
      cells: [
        name,
        String(count),
        shareText(precision),
        shareText(recall),
        figure(f1, 3),
        figure(auroc),
        figure(averagePrecision),
      ],
    }),
  );
  const columns = ['class', 'rows', 'precision', 'recall', 'F1', 'AUROC', 'average precision'].map(
    (title) => ({ title }),
  );
  const content = html`${lead(confusedSentence(classes))}${figuresMarkup(figures, true)}${tableMarkup(`Class by class, ${whereText(set)}`, columns, rows)}`;
  return { id: 'errors', title: 'Classes', content, figures };
}

/** The pair that is confused most. */
function confusedSentence({ confusion, names }: ClassesData): string {
  let most = { weight: 0, real: 0, said: 0 };
  for (const [real, row] of (confusion ?? []).entries()) {
    for (const [said, weight] of row.entries())
      if (real !== said && weight > most.weight) most = { weight, real, said };
  }
  if (most.weight === 0) return 'No row of one class is taken for another.';
  if (most.weight <= 1) return 'No mistake is made more than once.';
  return `The most frequent mistake is to take ${names[most.real]} for ${names[most.said]}: ${counted(Number(most.weight.toFixed(1)), 'row')}.`;
}

function confusionFigure(set: SetData, { confusion, names }: ClassesData): PageFigure | null {
  if (confusion === null || names.length > MOST_CELLS) return null;
  const title = `Confusion of classes, ${whereText(set)}`;
  const right = confusion.reduce((sum, row, at) => sum + row[at]!, 0);
  const all = confusion.flat().reduce((sum, weight) => sum + weight, 0);
  const caption = `Rows of each true class by what they are taken for. On the diagonal, in blue: right (${percent(all === 0 ? 0 : right / all, 1)}); elsewhere, in orange: mistakes.`;
  const svg = matrixChart({
    ...{
      title,
      description: caption,
      rowNames: names,
      columnNames: names,
      rowLabel: 'true class',
      columnLabel: 'predicted class',
    },
    ...{
      values: confusion,
      diagonalIsGood: true,
      text: (value: number) => (value === 0 ? '' : String(Number(value.toPrecision(4)))),
    },
  });
  const rows = confusion.map((row, at) => [names[at]!, ...row]);
  return { id: idOf(set, 'confusion'), title, caption, svg, numbers: { head: ['true', ...names], rows } };
}

function curvesFigure(
  set: SetData,
  id: string,
  what: string,
  curves: readonly CurveData[],
  x: string,
  y: string,
  diagonal: boolean,
): PageFigure | null {
  const there = curves.filter(({ points }) => points.length > 1);
  if (there.length === 0) return null;
  const title = `${what}, ${whereText(set)}`;
  const all = set.classes!.names.length;
  const of =
    there.length === 1
      ? `of ${there[0]!.name} against the rest`
      : `each class against the rest${all > there.length ? ` (the first ${there.length} of ${all})` : ''}`;
  const caption = diagonal
    ? `One curve ${of}. The nearer to the upper left, the better classes are told apart; the dotted line is chance.`
    : `One curve ${of}. The nearer to the upper right, the more rows of a class are found without taking others for it.`;
  const share = (label: string) => ({ label, written: 'percent' as const, domain: [0, 1] as const });
  // More than six colours are not told apart: then lines are alike and the table says which class does worst.
  const few = there.length <= SERIES.length;
  const lines: Line[] = there.map(({ name, points }, at) => ({
    ...{
      name: few ? shortClass(name) : at === 0 ? 'a class each' : name,
      points,
      tone: few ? SERIES[at]! : ('s1' as Tone),
    },
    ...{ width: few ? 2 : 1.4, opacity: few ? 1 : 0.55, unnamed: !few && at > 0 },
  }));
  const svg = lineChart({
    title,
    description: caption,
    x: share(x),
    y: share(y),
    lines: lines.reverse(),
    diagonal,
    height: 340,
  });
  const rows = there.flatMap(({ name, points }) => points.map((point) => [name, point.x, point.y]));
  return {
    id: idOf(set, id),
    title,
    caption,
    svg,
    numbers: { head: ['class', x.replaceAll(' ', '_'), y.replaceAll(' ', '_')], rows },
  };
}

function shortClass(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}

function numbersSection(set: SetData): ReportSection | null {
  if (set.numbers.length === 0) return null;
  const figures = set.numbers.flatMap((target, at) => numberFigures(set, target, at));
  const tables = set.numbers.map((target): Markup => {
    const rows = target.byQuantile.map(({ from, to, rows: count, meanError, rmse }) => ({
      cells: [`${figure(from, 4)} to ${figure(to, 4)}`, String(count), figure(meanError, 3), figure(rmse, 4)],
    }));
    const columns = [`true ${target.name}`, 'rows', 'mean error', 'RMSE'].map((title) => ({ title }));
    return tableMarkup(
      `Errors by fifths of ${target.name}: a mean error above 0 predicts too much`,
      columns,
      rows,
    );
  });
  const content = html`${lead('Predicted values beside true ones, and what is left over. Residuals are true less predicted.')}${figuresMarkup(figures)}${tables}`;
  return { id: 'errors', title: 'Residuals', content, figures };
}

function numberFigures(
  set: SetData,
  { name, points, shown, residuals, quantiles }: NumbersData,
  at: number,
): PageFigure[] {
  const where = whereText(set);
  const of = (id: string) => idOf(set, at === 0 ? id : `${id}-${at + 1}`);
  const thin = shown < set.rows ? ` ${counted(shown, 'row')} of ${counted(set.rows, 'row')} are drawn.` : '';
  const scatterTitle = `Predicted and true ${name}, ${where}`;
  const scatterCaption = `On the dashed line predictions are true.${thin}`;
  const residualTitle = `Residuals of ${name}, ${where}`;
  const residualCaption = 'How far the truth lies from the prediction; left of 0 too much was predicted.';
  const predictedTitle = `Residuals by predicted ${name}, ${where}`;
  const predictedCaption = 'A slope or a funnel means that errors depend on what is predicted.';
  const scattered = points.map(({ x, y }) => ({ x: y, y: Number((x - y).toPrecision(5)) }));
  const width = (residuals.high - residuals.low) / residuals.counts.length;
  const figures: PageFigure[] = [
    {
      ...{ id: of('predicted'), title: scatterTitle, caption: scatterCaption },
      svg: scatterChart({
        title: scatterTitle,
        description: scatterCaption,
        x: { label: `true ${name}` },
        y: { label: `predicted ${name}` },
        points,
        line: { slope: 1, intercept: 0 },
      }),
      numbers: { head: ['true', 'predicted'], rows: points.map(({ x, y }) => [x, y]) },
    },
    {
      ...{ id: of('residuals-predicted'), title: predictedTitle, caption: predictedCaption },
      svg: scatterChart({
        title: predictedTitle,
        description: predictedCaption,
        x: { label: `predicted ${name}` },
        y: { label: 'true − predicted' },
        points: scattered,
        line: { slope: 0, intercept: 0 },
      }),
      numbers: { head: ['predicted', 'residual'], rows: scattered.slice(0, 300).map(({ x, y }) => [x, y]) },
    },
    {
      ...{ id: of('residuals'), title: residualTitle, caption: residualCaption },
      svg: histogramChart({
        title: residualTitle,
        description: residualCaption,
        x: { label: 'true − predicted' },
        y: { label: 'rows', written: 'count' },
        of: [{ ...residuals, tone: 's1' }],
      }),
      numbers: {
        head: ['from', 'to', 'rows'],
        rows: residuals.counts.map((count, bin) => [
          residuals.low + bin * width,
          residuals.low + (bin + 1) * width,
          count,
        ]),
      },
    },
  ];
  if (quantiles.length === 0) return figures;
  const title = `Residuals of ${name} and the normal distribution, ${where}`;
  const ends = quantiles.at(-1)!;
  const heavy =
    ends.y > ends.x * 1.15
      ? 'The ends lie beyond the line: large errors are more frequent than normal ones.'
      : 'On the line residuals are normal.';
  const svg = scatterChart({
    title,
    description: heavy,
    x: { label: 'normal quantile' },
    y: { label: 'residual, in standard deviations' },
    points: [...quantiles],
    line: { slope: 1, intercept: 0 },
  });
  return [
    ...figures,
    {
      id: of('normal'),
      title,
      caption: heavy,
      svg,
      numbers: { head: ['normal', 'residual'], rows: quantiles.map(({ x, y }) => [x, y]) },
    },
  ];
}
