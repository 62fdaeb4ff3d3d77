// Section 13, where it was asked for: how scores fall as rows are moved against the ensemble or a member.

import { type Line, lineChart } from '../charts/line-chart.js';
import { html } from '../page/markup.js';
import type { PageData, RobustnessData } from '../page/page-data.js';
import { figuresMarkup, lead, type PageFigure, tableMarkup } from '../page/parts.js';
import { counted, grouped } from '../words.js';
import { figure, type ReportSection, valueText } from './section.js';

type Point = RobustnessData['points'][number];

export function robustnessSection({ robustness }: PageData): ReportSection | null {
  if (robustness === null) return null;
  const figures = [robustnessFigure(robustness)];
  const columns = COLUMNS.filter(({ of }) => robustness.points.every((point) => of(point) !== null));
  const table = tableMarkup(
    `${capital(robustness.title)} by size, ${rowsText(robustness)}`,
    [{ title: 'size' }, ...columns.map(({ title }) => ({ title }))],
    robustness.points.map((point) => ({
      cells: [
        sizeText(point.epsilon, robustness),
        ...columns.map(({ of }) => valueText(of(point), robustness.written)),
      ],
    })),
  );
  const content = html`${lead(leadText(robustness))}${figuresMarkup(figures)}${table}`;
  return { id: 'robustness', title: 'Robustness', content, figures };
}

/** All there may be, with their names in tables and in files. */
const COLUMNS: readonly {
  readonly title: string;
  readonly name: string;
  readonly of: (point: Point) => number | null;
}[] = [
  { title: 'ensemble, attacked as a whole', name: 'ensemble', of: ({ ensemble }) => ensemble },
  {
    title: 'its mean member, by that attack',
    name: 'mean_member_by_that_attack',
    of: ({ itsMembers }) => itsMembers,
  },
  { title: 'mean member, attacked itself', name: 'mean_member', of: ({ member }) => member },
  {
    title: 'other members, by attacks on one',
    name: 'other_members_by_that_attack',
    of: ({ otherMembers }) => otherMembers,
  },
  {
    title: 'ensemble, by attacks on a member',
    name: 'ensemble_by_attack_on_a_member',
    of: ({ ensembleByMember }) => ensembleByMember,
  },
];

function leadText(data: RobustnessData): string {
  const { norm, steps, scale, bounds, rangesFrom, rows, of, rowsFrom, weighted } = data;
  const size = scale === 'range' ? 'as a share of each column’s range' : 'in the units of the data';
  const measured = norm === 'linf' ? `no column by more than its size, ${size}` : `its length, ${size}`;
  const how = `Every row is moved up the gradient of its loss by ${counted(steps, 'step')} (${norm === 'linf' ? 'L∞' : 'L2'}: ${measured}) and stays within ${bounds === null ? RANGES[rangesFrom] : `${figure(bounds[0])} and ${figure(bounds[1])}`}.`;
  const sentences = [
    'What small changes of the inputs can do when whoever makes them knows the weights and the truth: the worst of their size that is soon found, not what noise does.',
    how,
    rows < of
      ? `${grouped(rows)} of ${grouped(of)} rows were attacked, drawn by a fixed seed, since time grows with them.`
      : `All ${counted(rows, 'row')} were attacked.`,
    'The ensemble predicts by the arithmetic mean, not calibrated.',
    ...(weighted ? ['Rows count alike, whatever their weights.'] : []),
    ...(rowsFrom === 'outOfBag'
      ? [
          'No row is new to all members, and all of them predict here: scores are better than on new rows, and how they fall is what counts.',
        ]
      : []),
  ];
  return sentences.join(' ');
}

const RANGES: Readonly<Record<RobustnessData['rangesFrom'], string>> = {
  training: 'the columns’ ranges in the training rows',
  attacked: 'the columns’ ranges in these rows',
  given: 'the columns’ ranges',
};

function robustnessFigure(data: RobustnessData): PageFigure {
  const { points, metric, title: score, written, better, members, scale } = data;
  const title = `${capital(score)} under attack, ${rowsText(data)}`;
  const drawn = (name: string, of: (point: Point) => number | null, look: Omit<Line, 'name' | 'points'>) => {
    const own = points.flatMap((point) => {
      const y = of(point);
      return y === null ? [] : [{ x: point.epsilon, y }];
    });
    return own.length === 0 ? [] : [{ ...{ name, points: own, dots: true }, ...look }];
  };
  // A member of its own, where members were attacked.
  const ofMember = ({ member, itsMembers }: Point) => member ?? itsMembers;
  const alone = points[0]!.member === null ? 'mean member, by that attack' : 'mean member, attacked itself';
  const svg = lineChart({
    ...{ title, description: captionOf(data) },
    x: {
      label: `size of the change, ${scale === 'range' ? 'share of each column’s range' : 'units of the data'}`,
      written: scale === 'range' ? 'percent' : 'number',
    },
    y: {
      label: `${score}: ${better} is better`,
      written: written === 'share' ? 'percent' : 'number',
    },
    lines:
      members === 1
        ? drawn('the one member', ({ ensemble }) => ensemble, { tone: 's1' })
        : [
            ...drawn('ensemble, by the attack on a member', ({ ensembleByMember }) => ensembleByMember, {
              tone: 's1',
              dashed: true,
              width: 1.5,
            }),
            ...drawn(alone, ofMember, { tone: 's2' }),
            ...drawn('ensemble, attacked as a whole', ({ ensemble }) => ensemble, { tone: 's1', width: 2.6 }),
          ],
  });
  const numbers = {
    head: ['size', ...COLUMNS.map(({ name }) => (name === 'ensemble' ? `ensemble_${metric}` : name))],
    rows: points.map((point) => [point.epsilon, ...COLUMNS.map(({ of }) => of(point))]),
  };
  return { id: 'robustness', title, caption: captionOf(data), svg, numbers };
}

/** From no change to the largest. */
function captionOf(data: RobustnessData): string {
  const { points, title, written, members } = data;
  const [first, last] = [points[0]!, points.at(-1)!];
  const of = (from: number, to: number) => `from ${valueText(from, written)} to ${valueText(to, written)}`;
  const moved = `${capital(title)} goes ${of(first.ensemble, last.ensemble)}`;
  const size = sizeText(last.epsilon, data);
  const length = data.norm === 'l2' ? 'a length of ' : '';
  const most = `${length}${size}${data.scale === 'range' ? ' of each column’s range' : ''}`;
  if (members === 1) return `${moved} as rows are moved by ${most} against the one member.`;
  const member = of(first.member ?? first.itsMembers, last.member ?? last.itsMembers);
  const whom =
    last.member === null
      ? 'for its mean member by the same attack'
      : 'for the mean member, attacked by itself';
  return `${moved} for the ensemble as rows are moved by ${most} against it, and ${member} ${whom}.`;
}

function sizeText(epsilon: number, { scale }: RobustnessData): string {
  return scale === 'range' ? `${Number((100 * epsilon).toPrecision(4))} %` : figure(epsilon);
}

function rowsText({ rows, rowsFrom }: RobustnessData): string {
  return counted(rows, rowsFrom === 'heldOut' ? 'test row' : 'training row');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
