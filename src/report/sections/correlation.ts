// Section 3: how members' errors correlate, what that foretells of averaging, and what more members would gain.

import { lineChart } from '../charts/line-chart.js';
import { html } from '../page/markup.js';
import type { PageData, SetData } from '../page/page-data.js';
import {
  figuresMarkup,
  lead,
  notesMarkup,
  type PageFigure,
  type PageNote,
  tableMarkup,
} from '../page/parts.js';
import { percent } from '../words.js';
import { figure, idOf, type ReportSection, whereText } from './section.js';

export function correlationSection({ sets, honestTest, ensemble }: PageData): ReportSection | null {
  if (sets.length === 0 || ensemble.members < 2) return null;
  const figures = sets.map((set) => curveFigure(set));
  const rows = tableRows(sets).map((cells) => ({ cells }));
  const table = tableMarkup(
    'Error correlation',
    [{ title: 'mean squared errors' }, ...sets.map(({ name }) => ({ title: name }))],
    rows,
  );
  const notes: PageNote[] = [];
  if (honestTest !== null) {
    const { predicted, measured, z, pValue, consistent } = honestTest;
    notes.push({
      kind: consistent === false ? 'bad' : 'good',
      text: `Honest test: out-of-bag errors foretell a squared error of ${figure(predicted)} on new rows, the test rows gave ${figure(measured)} (z = ${figure(z, 3)}, p = ${figure(pValue, 2)}): ${consistent === false ? 'more than' : 'no more than'} chance in the rows explains.`,
    });
  }
  const content = html`${lead(sentence(sets[0]!))}${figuresMarkup(figures)}${table}${notesMarkup(notes)}`;
  return { id: 'correlation', title: 'Error correlation', content, figures };
}

function sentence(set: SetData): string {
  const { rho, v, c, measured, nextMemberGain, effectiveMembers, memberCount } =
    set.measurement.errorCorrelation;
  if (c === null || rho === null) return 'No row has two members to compare.';
  const gain =
    nextMemberGain === null || measured <= 0
      ? ''
      : ` One more member would take ${percent(nextMemberGain / measured, 2)} off the squared error.`;
  return `Two members share ${percent(rho, 0)} of their errors (ρ = c/v), so ${memberCount} of them are worth ${figure(effectiveMembers, 3)} that erred independently: averaging takes a squared error of ${figure(v)} down towards ${figure(c)}, never below.${gain}`;
}

function tableRows(sets: readonly SetData[]): string[][] {
  const of = (cell: (set: SetData) => string) => sets.map(cell);
  const ends = (set: SetData, name: 'v' | 'c' | 'rho') => {
    const { errorCorrelation } = set.measurement;
    const interval = errorCorrelation.intervals?.[name];
    const value = figure(errorCorrelation[name]);
    return interval === null || interval === undefined
      ? value
      : `${value} [${figure(interval.low, 3)}, ${figure(interval.high, 3)}]`;
  };
  return [
    ['v, a member’s squared error', ...of((set) => ends(set, 'v'))],
    ['c, the product of two members’ errors', ...of((set) => ends(set, 'c'))],
    ['ρ = c/v', ...of((set) => ends(set, 'rho'))],
    ['predicted, v/k + (k − 1) c/k', ...of((set) => figure(set.measurement.errorCorrelation.predicted))],
    ['measured', ...of((set) => figure(set.measurement.errorCorrelation.measured))],
    [
      'ambiguity, what averaging took off',
      ...of((set) => figure(set.measurement.errorCorrelation.ambiguity)),
    ],
    [
      'effective members',
      ...of(
        (set) =>
          `${figure(set.measurement.errorCorrelation.effectiveMembers, 3)} of ${set.measurement.errorCorrelation.memberCount}`,
      ),
    ],
    ['gain of one more member', ...of((set) => figure(set.measurement.errorCorrelation.nextMemberGain, 2))],
    ...(sets.some(({ measurement }) => measurement.disagreement !== null)
      ? [
          [
            'pairs that choose different classes',
            ...of((set) =>
              set.measurement.disagreement === null ? '–' : percent(set.measurement.disagreement),
            ),
          ],
        ]
      : []),
  ];
}

/** The formula's curve with its extrapolation, what was measured over subsets, and the floor. */
function curveFigure(set: SetData): PageFigure {
  const { curve, c, memberCount } = set.measurement.errorCorrelation;
  const measured = Object.values(set.measurement.curves ?? {})[0] ?? [];
  const within = curve.filter((point) => point.memberCount <= memberCount);
  const beyond = curve.filter((point) => point.memberCount >= memberCount);
  const points = (of: typeof curve) => of.map((point) => ({ x: point.memberCount, y: point.squaredError }));
  const sampled = measured.map(({ memberCount: x, scores, spread }) => {
    const y = scores.squaredError;
    const sd = spread?.squaredError ?? 0;
    return spread === null ? { x, y } : { x, y, low: y - sd, high: y + sd };
  });
  const title = `Squared error by number of members, ${whereText(set)}`;
  const first = within[0]?.squaredError ?? 0;
  const last = within.at(-1)?.squaredError ?? first;
  const caption = `From ${figure(first)} for one member to ${figure(last)} for ${memberCount}; the dashed part foretells twice as many${c === null ? '' : `, the level c = ${figure(c)} what no number of such members passes`}.${sampled.length === 0 ? ' Out of bag each row has its own members, so the curve is the formula’s.' : ' Dots are sampled subsets with their standard deviation.'}`;
  const svg = lineChart({
    ...{ title, description: caption },
    x: { label: 'members', written: 'count', scale: 'log', ticks: ticksOf(2 * memberCount) },
    y: { label: 'squared error' },
    lines: [
      { name: 'foretold', tone: 's1', dashed: true, points: points(beyond) },
      ...(sampled.length === 0
        ? []
        : [{ name: 'measured', tone: 's2' as const, dots: true, noLine: true, points: sampled }]),
      { name: 'v/k + (k − 1) c/k', tone: 's1', points: points(within) },
    ],
    levels: c === null ? [] : [{ name: 'c', y: c, tone: 's4' }],
  });
  const at = new Map(measured.map((point) => [point.memberCount, point]));
  const rows = curve.map((point) => {
    const own = at.get(point.memberCount);
    return [
      point.memberCount,
      point.squaredError,
      own?.scores.squaredError ?? null,
      own?.spread?.squaredError ?? null,
    ];
  });
  return {
    id: idOf(set, 'curve'),
    title,
    caption,
    svg,
    numbers: { head: ['members', 'formula', 'measured', 'measured_sd'], rows },
  };
}

/** 1, 2, 4, 8 … */
function ticksOf(most: number): number[] {
  const ticks: number[] = [];
  for (let tick = 1; tick <= most; tick *= 2) ticks.push(tick);
  return ticks.length > 9 ? ticks.filter((_, at) => at % 2 === 0) : ticks;
}
