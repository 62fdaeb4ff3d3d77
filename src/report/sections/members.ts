// Sections 4 to 6: which members err alike, what each of them is and adds, and how they learnt.

import { lineChart } from '../charts/line-chart.js';
import { matrixChart } from '../charts/matrix-chart.js';
import { scatterChart } from '../charts/scatter-chart.js';
import { html, type Markup } from '../page/markup.js';
import type { MemberData, PageData, SetData } from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure, tableMarkup } from '../page/parts.js';
import { counted } from '../words.js';
import { figure, idOf, type ReportSection, valueText, whereText } from './section.js';

/** Members that have a row in the table: the best and the worst of more are shown. */
const MOST_ROWS = 64;
const MOST_FAILURES = 20;

export function matrixSection({ sets }: PageData): ReportSection | null {
  const set = sets.find(({ matrix }) => matrix !== null);
  if (set?.matrix == null) return null;
  const figures = [matrixFigure(set), scatterFigure(set)].filter((own) => own !== null);
  const content = html`${lead('Members that err alike stand beside each other: the order is that of a clustering (average linkage on 1 − correlation). A good member errs little, and on other rows than the rest.')}${figuresMarkup(figures)}`;
  return { id: 'members', title: 'Members together', content, figures };
}

function matrixFigure(set: SetData): PageFigure {
  const { order, correlation } = set.matrix!;
  const names = order.map(String);
  let nearest = { value: -2, pair: '' };
  for (const [i, row] of correlation.entries()) {
    for (const [j, value] of row.entries()) {
      if (i < j && value !== null && value > nearest.value)
        nearest = { value, pair: `${order[i]} and ${order[j]}` };
    }
  }
  const pairs = correlation.flatMap((row, i) =>
    row.filter((value, j) => i !== j && value !== null),
  ) as number[];
  const least = Math.max(0, Math.min(...pairs));
  const title = `Correlation of members’ errors, ${whereText(set)}`;
  const caption = `Members ${nearest.pair} err most alike, with a correlation of ${figure(nearest.value, 3)}. The deeper the blue, the more alike; ${figure(least, 3)} is palest.`;
  const svg = matrixChart({
    ...{
      title,
      description: caption,
      rowNames: names,
      columnNames: names,
      rowLabel: 'member',
      columnLabel: 'member',
    },
    ...{ values: correlation, least, most: nearest.value, text: (value: number) => value.toFixed(2) },
  });
  const rows = correlation.map((row, at) => [order[at]!, ...row]);
  return { id: idOf(set, 'matrix'), title, caption, svg, numbers: { head: ['member', ...names], rows } };
}

function scatterFigure(set: SetData): PageFigure | null {
  const there = (set.leaderboard?.members ?? []).filter(
    ({ squaredError, rho }) => squaredError !== null && rho !== null,
  );
  if (there.length === 0) return null;
  const points = there.map(({ index, squaredError, rho }) => ({
    x: squaredError!,
    y: rho!,
    name: String(index),
  }));
  const title = `Own error and likeness to the rest, ${whereText(set)}`;
  const best = [...points].sort((a, b) => a.x - b.x)[0]!;
  const caption = `Best is the lower left: little error, and unlike the others’. Member ${best.name} errs least by itself.`;
  const svg = scatterChart({
    ...{ title, description: caption, points },
    ...{ x: { label: 'own squared error' }, y: { label: 'correlation with the mean of the rest' } },
  });
  const numbers = {
    head: ['member', 'own_squared_error', 'correlation_with_the_rest'],
    rows: there.map(({ index, squaredError, rho }) => [index, squaredError, rho]),
  };
  return { id: idOf(set, 'scatter'), title, caption, svg, numbers };
}

export function leaderboardSection({ members, sets, failures }: PageData): ReportSection | null {
  const set = sets.find(({ leaderboard }) => leaderboard !== null);
  if (set?.leaderboard == null) return null;
  const { title, written, better, members: ranked } = set.leaderboard;
  const facts = new Map(members.map((member) => [member.index, member]));
  const has = {
    differs: members.some(({ differs }) => differs !== ''),
    weight: members.some(({ weight }) => weight !== 1),
    early: members.some(({ stopped }) => stopped === 'early'),
  };
  const columns = [
    { title: 'member', number: false },
    ...(has.differs ? [{ title: 'options that differ', number: false }] : []),
    ...[
      { title },
      { title: 'own squared error' },
      { title: 'ρ with the rest' },
      { title: 'worse without it by' },
    ],
    ...(has.weight ? [{ title: 'weight' }] : []),
    { title: 'epochs' },
    ...(has.early ? [{ title: 'stopped', number: false }] : []),
    { title: 'rows in bag' },
  ];
  const rows = ranked.slice(0, MOST_ROWS).map((own) => {
    const member = facts.get(own.index);
    return {
      cells: [
        String(own.index),
        ...(has.differs ? [member?.differs ?? ''] : []),
        valueText(own.score, written),
        figure(own.squaredError),
        figure(own.rho, 3),
        contributionText(own),
        ...(has.weight ? [figure(member?.weight, 3)] : []),
        member === undefined ? '–' : epochsText(member),
        ...(has.early ? [member?.stopped === 'early' ? 'early' : 'at its end'] : []),
        String(member?.inBagRows ?? '–'),
      ],
    };
  });
  const more = ranked.length > MOST_ROWS ? ` The best ${MOST_ROWS} of ${ranked.length} are shown.` : '';
  const says = `“Worse without it by” is how much the ensemble’s ${title} would ${better === 'less' ? 'rise' : 'fall'} if it were left out, ± its standard error over the choice of rows; below 0 the others do better alone.`;
  const content = html`${lead(`Each member by itself, best first. ${says}${more}`)}${tableMarkup(`Members by their own ${title}, ${whereText(set)}`, columns, rows)}${failedTable(failures)}`;
  return { id: 'leaderboard', title: 'Leaderboard of members', content, figures: [] };
}

function contributionText({
  contribution,
  standardError,
}: {
  contribution: number | null;
  standardError: number | null;
}): string {
  if (contribution === null) return '–';
  return standardError === null
    ? figure(contribution, 2)
    : `${figure(contribution, 2)} ± ${figure(standardError, 1)}`;
}

function failedTable(failures: PageData['failures']): Markup | null {
  if (failures.length === 0) return null;
  const columns = [{ title: 'member' }, { title: 'code', number: false }, { title: 'why', number: false }];
  const rows = failures.slice(0, MOST_FAILURES).map(({ index, code, message }) => ({
    cells: [String(index), code, message.split('\n')[0]!.slice(0, 200)],
  }));
  return tableMarkup('Members that failed', columns, rows);
}

function epochsText({ epoch, epochs }: MemberData): string {
  return epoch === epochs ? String(epochs) : `${epoch} of ${epochs}`;
}

export function learningSection({ members }: PageData): ReportSection | null {
  const figures = [
    curvesFigure(members, 'training-loss', 'Training loss', ({ loss }) => loss),
    curvesFigure(members, 'validation-loss', 'Validation loss', ({ validationLoss }) => validationLoss),
  ].filter((own) => own !== null);
  if (figures.length === 0) return null;
  const last = (of: (member: MemberData) => MemberData['loss']) => {
    const ends = members.flatMap((member) => of(member).at(-1)?.y ?? []);
    return ends.length === 0 ? null : ends.reduce((sum, value) => sum + value, 0) / ends.length;
  };
  const [train, validation] = [last(({ loss }) => loss), last(({ validationLoss }) => validationLoss)];
  const gap =
    train === null || validation === null
      ? ''
      : ` At their ends members lose ${figure(train)} on rows they train on and ${figure(validation)} on those that stop them: a gap of ${figure(validation - train)}.`;
  const content = html`${lead(`How the loss fell epoch by epoch: thin lines are members, the thick one is their mean, in which those that stopped keep their last loss.${gap}`)}${figuresMarkup(figures)}`;
  return { id: 'learning', title: 'Learning curves', content, figures };
}

function curvesFigure(
  members: readonly MemberData[],
  id: string,
  title: string,
  of: (member: MemberData) => MemberData['loss'],
): PageFigure | null {
  const curves = members
    .map((member) => ({ member, points: of(member) }))
    .filter(({ points }) => points.length > 1);
  if (curves.length === 0) return null;
  const mean = meanCurve(curves.map(({ points }) => points));
  const positive = curves.every(({ points }) => points.every(({ y }) => y > 0));
  const [first, last] = [mean[0], mean.at(-1)];
  const caption = `${counted(curves.length, 'member')}; on average the loss goes from ${figure(first?.y)} in epoch ${first?.x} to ${figure(last?.y)} in epoch ${last?.x}.`;
  const svg = lineChart({
    ...{
      title,
      description: caption,
      x: { label: 'epoch', written: 'count' as const },
      y: { label: positive ? 'loss, logarithmic' : 'loss', ...(positive ? { scale: 'log' as const } : {}) },
    },
    lines: [
      ...curves.map(({ member, points }, at) => ({
        name: at === 0 ? 'members' : `member ${member.index}`,
        points,
        tone: 'member' as const,
        width: 1,
        opacity: curves.length > 32 ? 0.35 : 0.7,
        unnamed: at > 0,
      })),
      { name: 'mean of the members', points: mean, tone: 's1', width: 2.6 },
    ],
  });
  const rows = curves.flatMap(({ member, points }) => points.map(({ x, y }) => [member.index, x, y]));
  return { id, title, caption, svg, numbers: { head: ['member', 'epoch', 'loss'], rows } };
}

/** Over all epochs; members that have stopped count with their last loss. */
function meanCurve(curves: readonly MemberData['loss'][]): { x: number; y: number }[] {
  const epochs = [...new Set(curves.flatMap((points) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const places = curves.map(() => 0);
  return epochs.map((x) => {
    let sum = 0;
    for (const [at, points] of curves.entries()) {
      while (places[at]! + 1 < points.length && points[places[at]! + 1]!.x <= x) places[at]!++;
      sum += points[places[at]!]!.y;
    }
    return { x, y: sum / curves.length };
  });
}
