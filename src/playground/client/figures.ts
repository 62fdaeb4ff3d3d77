// The figures of the page: the error of the mean over the number of members, learning curves, and the plane.

import { AVERAGING_AXES, foretoldLines } from '../../live/client/averaging.js';
import type { Chart, ChartLine } from '../../live/client/chart.js';
import { showChart } from '../../live/client/show-chart.js';
import { figure, percent } from '../../report/words.js';
import type { ArrivalMessage, Ending, Plane, Surface } from './protocol.js';

/** What has been measured so far, and in the end. */
export interface Averaging {
  readonly planned: number;
  readonly arrivals: readonly ArrivalMessage[];
  readonly ending: Ending | null;
}

export function drawAveraged({ planned, arrivals, ending }: Averaging): void {
  const newest = arrivals.at(-1);
  const { v, c } = ending ?? newest ?? { v: 0, c: null };
  const lines = c === null ? [] : foretoldLines(v, c, planned);
  lines.push({
    points: arrivals.map(({ arrived, squaredError }) => [arrived, squaredError]),
    ...{ tone: 's2', dots: true },
    // One order of many: in the end the subsets say more.
    opacity: ending === null ? 1 : 0.35,
  });
  if (ending !== null) lines.push({ points: ending.subsets, tone: 's3', dots: true });
  const chart: Chart = {
    ...{ ...AVERAGING_AXES, lines },
    xDomain: [1, Math.max(2, planned)],
    empty: 'Drawn as members come.',
  };
  showChart('averaged', chart, averagedText(newest));
}

function averagedText(newest: ArrivalMessage | undefined): string {
  if (newest === undefined) return 'Each dot is the mean of the members so far.';
  const { arrived, squaredError, errorRate } = newest;
  const who = arrived === 1 ? 'The first member has' : `The mean of ${arrived} members has`;
  return `${who} a squared error of ${figure(squaredError, 3)} and ${percent(errorRate, 1)} of the rows wrong.`;
}

/** A curve of each member: epochs and losses. */
export type Curves = ReadonlyMap<number, readonly (readonly [epoch: number, loss: number])[]>;

export function drawCurves(curves: Curves, finished: ReadonlySet<number>): void {
  const lines = [...curves].map(([member, points]): ChartLine => {
    const looks = finished.has(member)
      ? { tone: 'member', width: 1.2, opacity: 0.55 }
      : { tone: 's1', width: 1.8 };
    return { points, ...looks };
  });
  // Those that move lie on top.
  lines.sort((a, b) => (a.opacity ?? 1) - (b.opacity ?? 1));
  const last = Math.max(2, ...[...curves.values()].map((points) => points.at(-1)![0]));
  const chart: Chart = {
    ...{ x: 'Epoch', y: 'Loss', lines, xDomain: [1, last], mayBeLog: true },
    empty: 'No epoch has ended yet.',
  };
  const losses = [...curves.values()].map((points) => points.at(-1)![1]);
  const range = `${figure(Math.min(...losses), 3)} to ${figure(Math.max(...losses), 3)}`;
  const now = losses.length === 0 ? '' : `, now ${range}`;
  showChart('curves', chart, `Each line is a member: its mean loss over the rows that it drew${now}.`);
}

type Colour = readonly [red: number, green: number, blue: number];

/** The plane as one of them sees it, with the rows that are trained on. */
export function drawPlane(id: string, plane: Plane, surface: Surface, which: 'mean' | 'member'): void {
  const canvas = document.getElementById(id) as HTMLCanvasElement;
  const context = canvas.getContext('2d')!;
  const [one, other, panel, ink] = (['s1', 's2', 'panel', 'ink'] as const).map(colourOf);
  const { side } = surface;
  const cell = canvas.width / side;
  for (const [at, probability] of surface[which].entries()) {
    // As pale as it is undecided.
    const share = 0.12 + 0.6 * Math.abs(2 * probability - 1);
    context.fillStyle = cssOf(mixed(panel!, probability < 0.5 ? one! : other!, share));
    const [x, y] = [at % side, Math.floor(at / side)];
    context.fillRect(x * cell, canvas.height - (y + 1) * cell, cell + 0.6, cell + 0.6);
  }
  drawRows(context, plane, [one!, other!], ink!);
  const share = surface[which].filter((probability) => probability >= 0.5).length / surface[which].length;
  const who = which === 'mean' ? 'All members' : 'The newest member';
  canvas.setAttribute('aria-label', `${who}: ${percent(share, 0)} of the square is the second class`);
}

function drawRows(
  context: CanvasRenderingContext2D,
  { low, high, points, labels }: Plane,
  colours: readonly Colour[],
  ink: Colour,
): void {
  const scale = context.canvas.width / (high - low);
  context.strokeStyle = cssOf(ink);
  context.lineWidth = 1.4;
  for (const [row, label] of labels.entries()) {
    const x = (points[2 * row]! - low) * scale;
    const y = context.canvas.height - (points[2 * row + 1]! - low) * scale;
    context.fillStyle = cssOf(colours[label]!);
    context.beginPath();
    if (label === 0) context.arc(x, y, 5, 0, 2 * Math.PI);
    else context.rect(x - 4.4, y - 4.4, 8.8, 8.8);
    context.fill();
    context.stroke();
  }
}

/** A colour of the page's theme; all are written #rrggbb. */
function colourOf(name: string): Colour {
  const text = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim().slice(1);
  const whole = text.length === 3 ? [...text].map((digit) => digit + digit).join('') : text;
  const part = (at: number) => Number.parseInt(whole.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

function mixed(a: Colour, b: Colour, share: number): Colour {
  const of = (at: 0 | 1 | 2) => a[at] + share * (b[at] - a[at]);
  return [of(0), of(1), of(2)];
}

function cssOf([red, green, blue]: Colour): string {
  return `rgb(${red.toFixed(0)} ${green.toFixed(0)} ${blue.toFixed(0)})`;
}
