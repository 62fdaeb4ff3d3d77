// Sections 8 and 9: whether probabilities mean what they say, how unsure the ensemble is, and where that comes from.

import { histogramChart } from '../charts/histogram-chart.js';
import { type Line, lineChart } from '../charts/line-chart.js';
import type { Tone } from '../charts/theme.js';
import { html } from '../page/markup.js';
import type {
  GuaranteeData,
  PageData,
  ReliabilityData,
  SetData,
  UncertaintyData,
} from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure } from '../page/parts.js';
import { counted, percent } from '../words.js';
import { figure, idOf, type ReportSection, whereText } from './section.js';

export function calibrationSection({ sets, ensemble }: PageData): ReportSection | null {
  const there = sets.filter(({ calibration }) => calibration !== null);
  if (there.length === 0) return null;
  // Training rows that calibrated it show how well it fits them, which is no news.
  const heldOut = there.filter(({ rowsFrom }) => rowsFrom === 'heldOut');
  const shown = ensemble.calibration === null || heldOut.length === 0 ? there : heldOut;
  const figures = shown.map((set) => reliabilityFigure(set, set.calibration!));
  const [first] = shown;
  const eces = first!.calibration!.of.map(({ name, ece }) => `${percent(ece)} ${name}`).join(', ');
  const content = html`${lead(`Of rows that are predicted with 80 % confidence, 80 % should be right. Confidence and accuracy differ by ${eces} on average (ECE, 15 bins; ${whereText(first!)}). ${howCalibrated(ensemble)}`)}${figuresMarkup(figures)}`;
  return { id: 'calibration', title: 'Calibration', content, figures };
}

function howCalibrated({ calibration }: PageData['ensemble']): string {
  if (calibration === null) {
    return 'It is not calibrated; tutti calibrate, or --calibrate as it is trained, makes probabilities fit.';
  }
  const { method, rows, folds, before, after } = calibration;
  const how = method === 'isotonic' ? 'isotonic regression' : `${method} scaling`;
  return `It was calibrated by ${how} on ${counted(rows, 'row')}; on those of them that each of ${folds} fits did not see, log-loss went from ${figure(before.logLoss)} to ${figure(after.logLoss)} and ECE from ${percent(before.ece)} to ${percent(after.ece)}.`;
}

function reliabilityFigure(set: SetData, { of }: ReliabilityData): PageFigure {
  const title = `Reliability, ${whereText(set)}`;
  const { bins } = of.at(-1)!;
  const all = bins.reduce((sum, { rows }) => sum + rows, 0);
  const over = bins.reduce(
    (sum, { rows, confidence, accuracy }) => sum + (rows / all) * (confidence - accuracy),
    0,
  );
  const verdict =
    Math.abs(over) < 0.005
      ? 'On the whole confidence is right.'
      : over > 0
        ? `On the whole it is ${percent(over, 1)} too sure.`
        : `On the whole it is ${percent(-over, 1)} less sure than it could be.`;
  const caption = `${verdict} Below the dotted line predictions are too sure, above it not sure enough; bars are 95 % intervals, dots as large as their bins are full.`;
  const tones: readonly Tone[] = of.length === 1 ? ['s1'] : ['s2', 's1'];
  const lines: Line[] = of.map(({ name, bins: own }, at) => ({
    ...{ name, tone: tones[at]!, dots: true, noLine: true },
    points: own.map(({ confidence, accuracy, low, high, rows }) => ({
      x: confidence,
      y: accuracy,
      size: 2.5 + 5.5 * Math.sqrt(rows / all),
      ...(at === of.length - 1 ? { low, high } : {}),
    })),
  }));
  const least = Math.min(
    ...of.flatMap(({ bins: own }) => own.map(({ confidence, accuracy }) => Math.min(confidence, accuracy))),
  );
  const domain = [Math.max(0, Math.floor(10 * least) / 10), 1] as const;
  const svg = lineChart({
    ...{ title, description: caption, lines, diagonal: true, height: 340 },
    x: { label: 'confidence', written: 'percent', domain },
    y: { label: 'accuracy', written: 'percent', domain },
  });
  const rows = of.flatMap(({ name, bins: own }) =>
    own.map((bin) => [name, bin.confidence, bin.accuracy, bin.low, bin.high, bin.rows]),
  );
  return {
    id: idOf(set, 'reliability'),
    title,
    caption,
    svg,
    numbers: { head: ['series', 'confidence', 'accuracy', 'low', 'high', 'rows'], rows },
  };
}

export function uncertaintySection({ sets }: PageData): ReportSection | null {
  const [set] = sets;
  if (set?.uncertainty == null) return null;
  const { uncertainty } = set;
  const figures = [
    ...[riskFigure(set, uncertainty), spreadFigure(set, uncertainty)].filter((own) => own !== null),
    ...(set.guarantee === null ? [] : guaranteeFigures(set, set.guarantee)),
  ];
  if (figures.length === 0) return null;
  const content = html`${lead(meansSentence(uncertainty))}${figuresMarkup(figures)}`;
  return { id: 'uncertainty', title: 'Uncertainty', content, figures };
}

/** Whether the share asked for is kept, and what it costs in width. */
function guaranteeFigures(set: SetData, { what, method, points, rows }: GuaranteeData): PageFigure[] {
  const classes = what === 'sets';
  const title = `Coverage of ${what}, ${whereText(set)}`;
  const nearest = points.find(({ asked }) => asked === 0.9) ?? points.at(-1)!;
  const { value, low, high } = nearest.measured;
  const caption = `Asked to hold the truth ${percent(nearest.asked, 0)} of the time, ${what} (${method}) held it for ${percent(value, 1)} [${percent(low!, 1)}, ${percent(high!, 1)}] of ${counted(rows, 'row')}. On the dotted line the promise is kept to the dot; above it, more than kept.`;
  const least = Math.min(...points.map(({ asked, measured }) => Math.min(asked, measured.low ?? 1)));
  const domain = [Math.max(0, Math.floor(10 * least) / 10), 1] as const;
  const x = { label: 'coverage asked for', written: 'percent' as const, domain };
  const svg = lineChart({
    ...{
      title,
      description: caption,
      x,
      y: { label: 'coverage measured', written: 'percent', domain },
      diagonal: true,
    },
    lines: [
      {
        ...{ name: method, tone: 's1', dots: true, noLine: true },
        points: points.map(({ asked, measured }) => ({
          x: asked,
          y: measured.value,
          low: measured.low!,
          high: measured.high!,
          size: 4.5,
        })),
      },
    ],
  });
  const sizeTitle = `${classes ? 'Classes in a set' : 'Width of intervals'} by coverage, ${whereText(set)}`;
  const [first, last] = [points[0]!, points.at(-1)!];
  const sizeCaption = `What a promise costs: on average ${figure(first.size, 3)} ${classes ? 'classes' : 'wide'} for ${percent(first.asked, 0)}, ${figure(last.size, 3)} for ${percent(last.asked, 0)}.`;
  const sizeSvg = lineChart({
    ...{ title: sizeTitle, description: sizeCaption, x },
    y: { label: classes ? 'classes in a set, mean' : 'width, mean', domain: [0, 0] },
    lines: [
      {
        name: method,
        tone: 's1',
        dots: true,
        points: points.map(({ asked, size }) => ({ x: asked, y: size })),
      },
    ],
  });
  const table = {
    head: ['asked', 'measured', 'low', 'high', classes ? 'classes' : 'width'],
    rows: points.map(({ asked, measured, size }) => [
      asked,
      measured.value,
      measured.low,
      measured.high,
      size,
    ]),
  };
  return [
    { id: idOf(set, 'coverage'), title, caption, svg, numbers: table },
    {
      id: idOf(set, classes ? 'set-size' : 'width'),
      title: sizeTitle,
      caption: sizeCaption,
      svg: sizeSvg,
      numbers: table,
    },
  ];
}

function meansSentence({ means, unit }: UncertaintyData): string {
  const { total, aleatoric, epistemic } = means;
  if (total === null || aleatoric === null) {
    return `Members differ by ${figure(epistemic, 3)} on average (${unit}): what the training rows leave open. How noisy the target itself is, only members with a Gaussian head say.`;
  }
  if (unit !== 'nats')
    return `The deviation of a prediction is ${figure(total, 3)} on average: ${figure(aleatoric, 3)} of noise in the data, ${figure(epistemic, 3)} of disagreement of the members.`;
  const share = total === 0 ? 0 : epistemic / total;
  return `On average a prediction’s entropy is ${figure(total, 3)} nats: ${figure(aleatoric, 3)} of noise that members agree on, and ${figure(epistemic, 3)} (${percent(share, 0)}) that they disagree on, which more data would take away.`;
}

function riskFigure(set: SetData, { riskCoverage, riskLabel }: UncertaintyData): PageFigure | null {
  const there = riskCoverage.filter(({ points }) => points.length > 1);
  if (there.length === 0) return null;
  const title = `Risk and coverage, ${whereText(set)}`;
  const classes = set.classes !== null;
  const written = (value: number) => (classes ? percent(value) : figure(value));
  const at = (share: number) => there[0]!.points.find(({ x }) => x >= share)?.y;
  const [half, all] = [at(0.5), there[0]!.points.at(-1)!.y];
  const caption = `Keeping the surer half of the rows (${there[0]!.name}) changes the ${classes ? 'error rate' : 'squared error'} from ${written(all)} to ${half === undefined ? '–' : written(half)}. A useful measure of sureness makes the curve rise to the right.`;
  const tones: readonly Tone[] = ['s1', 's3'];
  const svg = lineChart({
    ...{ title, description: caption },
    x: { label: 'share of rows kept, surest first', written: 'percent', domain: [0, 1] },
    y: { label: riskLabel, written: classes ? 'percent' : 'number', ...(classes ? {} : {}) },
    lines: there.map(({ name, points }, series) => ({ name, tone: tones[series]!, points })).reverse(),
  });
  const rows = there.flatMap(({ name, points }) => points.map(({ x, y }) => [name, x, y]));
  return {
    id: idOf(set, 'risk-coverage'),
    title,
    caption,
    svg,
    numbers: { head: ['by', 'coverage', 'risk'], rows },
  };
}

function spreadFigure(
  set: SetData,
  { total, aleatoric, epistemic, unit }: UncertaintyData,
): PageFigure | null {
  const named = (name: string, tone: Tone, of: typeof total) => (of === null ? [] : [{ ...of, name, tone }]);
  const of =
    unit === 'nats'
      ? [
          ...named('entropy of the mean (total)', 's1', total),
          ...named('mean entropy (aleatoric)', 's2', aleatoric),
        ]
      : [...named('total', 's1', total), ...named('disagreement (epistemic)', 's2', epistemic)];
  if (of.length === 0) return null;
  const title = `How unsure predictions are, ${whereText(set)}`;
  const caption =
    unit === 'nats'
      ? 'Rows by the entropy of the ensemble’s prediction and by the mean entropy of its members’. Where blue reaches farther right, members disagree.'
      : `Rows by the ${unit}. The last bar takes all beyond.`;
  const svg = histogramChart({
    title,
    description: caption,
    x: { label: unit === 'nats' ? 'entropy, nats' : unit },
    y: { label: 'rows', written: 'count' },
    of,
  });
  const bins = of[0]!.counts.length;
  const width = (of[0]!.high - of[0]!.low) / bins;
  const rows = Array.from({ length: bins }, (_, bin) => [
    of[0]!.low + bin * width,
    ...of.map(({ counts }) => counts[bin]!),
  ]);
  return {
    id: idOf(set, 'entropy'),
    title,
    caption,
    svg,
    numbers: { head: ['from', ...of.map(({ name }) => name)], rows },
  };
}
