// The two figures of the page: learning curves, and the error of the mean against the number of members.

import { figure, percent } from '../../report/words.js';
import { AVERAGING_AXES, averagedError, foretoldLines } from './averaging.js';
import type { Chart, ChartLine } from './chart.js';
import type { RunArrivals, RunState } from './protocol.js';
import { showChart } from './show-chart.js';
import type { Store } from './store.js';

/** Curves that are drawn: more cannot be told apart. */
const MOST_CURVES = 120;

export function drawCurves(store: Store): void {
  const { members } = store.state;
  const drawn = [...store.curves].filter(([, points]) => points.length > 0).slice(-MOST_CURVES);
  const lines: ChartLine[] = [];
  let lastEpoch = 1;
  let validated = false;
  for (const [member, points] of drawn) {
    const isRunning = members[member]?.status === 'training';
    lastEpoch = Math.max(lastEpoch, points.at(-1)![0]);
    const own = points.map(([epoch, loss]) => [epoch, loss] as const);
    const looks = isRunning ? { tone: 's1', width: 1.8 } : { tone: 'member', width: 1.2, opacity: 0.55 };
    lines.push({ points: own, ...looks });
    const validation = points.flatMap(([epoch, , loss]) => (loss === null ? [] : [[epoch, loss] as const]));
    if (validation.length === 0) continue;
    validated = true;
    lines.push({ points: validation, tone: 's2', width: 1.2, dash: '4 3', opacity: isRunning ? 1 : 0.4 });
  }
  // Those that move lie on top.
  lines.sort((a, b) => (a.opacity ?? 1) - (b.opacity ?? 1));
  const chart: Chart = {
    ...{ x: 'Epoch', y: 'Loss', lines, xDomain: [1, Math.max(2, lastEpoch)], mayBeLog: true },
    empty: 'No epoch has ended yet.',
  };
  showChart('curves', chart, curvesText(store));
  document.querySelector<HTMLElement>('#curves .validated')!.hidden = !validated;
}

function curvesText({ curves, state: { members } }: Store): string {
  const last = members.filter(({ loss }) => loss !== null);
  if (last.length === 0) return 'Each line is a member: its mean loss over the examples of each epoch.';
  const losses = last.map(({ loss }) => loss!);
  const range = `${figure(Math.min(...losses), 3)} to ${figure(Math.max(...losses), 3)}`;
  const more = curves.size > MOST_CURVES ? ` The newest ${MOST_CURVES} are drawn.` : '';
  return `Each line is a member: its mean loss over the examples of each epoch, now ${range}.${more}`;
}

export function drawArrivals({ arrivals, phase }: RunState): void {
  const isDrawn = arrivals !== null && typeof arrivals !== 'string';
  const empty = isDrawn ? '' : (arrivals ?? waiting(phase));
  const chart: Chart = isDrawn
    ? { ...AVERAGING_AXES, lines: arrivalLines(arrivals), xDomain: [1, Math.max(2, arrivals.planned)], empty }
    : { ...AVERAGING_AXES, lines: [], xDomain: [1, 2], empty: 'Nothing to draw' };
  showChart('arrivals', chart, isDrawn ? arrivalsText(arrivals) : empty);
  document.querySelector<HTMLElement>('#arrivals .key')!.hidden = !isDrawn;
}

function waiting(phase: RunState['phase']): string {
  return phase === 'preparing' || phase === 'training'
    ? 'Drawn as members arrive, from the rows that each never saw.'
    : 'No member was measured as it arrived.';
}

function arrivalLines({ v, c, planned, points }: RunArrivals): ChartLine[] {
  const measured: ChartLine = {
    points: points.map(({ averaged, squaredError }) => [averaged, squaredError]),
    ...{ tone: 's2', dots: true },
    // What few rows say is worth less.
    weights: points.map(({ coverage }) => 0.2 + 0.8 * coverage),
  };
  return c === null ? [measured] : [...foretoldLines(v, c, planned), measured];
}

function arrivalsText({ rowsFrom, rows, totalRows, v, c, planned, points }: RunArrivals): string {
  const { arrived, squaredError, errorRate } = points.at(-1)!;
  const who = arrived === 1 ? 'The first member' : `The first ${arrived} members`;
  const where = rowsFrom === 'outOfBag' ? 'on rows that they never saw' : 'on the held-out rows';
  const some = rows < totalRows ? ` (${rows} of ${totalRows} of them)` : '';
  const wrong = errorRate === null ? '' : `, error rate ${percent(errorRate, 1)}`;
  const now = `${who} ${where}${some}: squared error ${figure(squaredError, 3)}${wrong}.`;
  if (c === null) return now;
  const all = figure(averagedError(v, c, planned), 3);
  const rho = figure(v === 0 ? null : c / v, 2);
  return `${now} Errors correlate by ρ = ${rho}: all ${planned} are expected to come to ${all}.${points[0]!.coverage < 0.9 ? ' Pale dots are of fewer rows.' : ''}`;
}
