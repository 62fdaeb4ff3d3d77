// Charts that move: lines and dots over two axes, drawn anew whenever their data have changed, in the look of the report's.
// They are drawn here and not by the library of the report because the process that trains should not draw.

export interface ChartLine {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Its colour, by the name of a variable of the page. */
  readonly tone: string;
  readonly width?: number;
  readonly dash?: string;
  readonly opacity?: number;
  /** Dots alone. */
  readonly dots?: boolean;
  /** How much each dot is to be seen, 0…1. @default 1 */
  readonly weights?: readonly number[];
}

export interface Chart {
  readonly x: string;
  readonly y: string;
  readonly lines: readonly ChartLine[];
  /** What the x axis must hold. */
  readonly xDomain: readonly [number, number];
  /** Whether x is drawn on a logarithmic scale. */
  readonly isLogX?: boolean;
  /** Whether y may be drawn on a logarithmic scale. */
  readonly mayBeLog?: boolean;
  /** Stands in for everything where there is nothing to draw. */
  readonly empty: string;
}

const SIZE = { width: 460, height: 300 };
const MARGIN = { top: 30, right: 14, bottom: 42, left: 56 };
/** Values that reach over so many times the least are drawn on a logarithmic scale. */
const LOG_RATIO = 40;

/** Draws a chart into its svg element. */
export function drawChart(svg: { innerHTML: string }, chart: Chart): void {
  const ys = chart.lines.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  if (ys.length === 0) {
    svg.innerHTML = `<text x="${SIZE.width / 2}" y="${SIZE.height / 2}" text-anchor="middle" class="soft">${escapeText(chart.empty)}</text>`;
    return;
  }
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const isLog = chart.mayBeLog === true && low > 0 && high / low > LOG_RATIO;
  const y = isLog ? logScale(low, high) : linearScale(low, high);
  const x = chart.isLogX === true ? counting(chart.xDomain) : linearOver(chart.xDomain);
  const [left, right] = [MARGIN.left, SIZE.width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, SIZE.height - MARGIN.bottom];
  const px = (value: number) => round(left + (right - left) * x.at(value));
  const py = (value: number) => round(bottom - (bottom - top) * y.at(value));
  const rules = y.ticks.map(
    (tick) =>
      `<line x1="${left}" x2="${right}" y1="${py(tick)}" y2="${py(tick)}" class="rule"/><text x="${left - 7}" y="${py(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
  );
  const columns = x.ticks.map(
    (tick) => `<text x="${px(tick)}" y="${bottom + 17}" text-anchor="middle">${tickText(tick)}</text>`,
  );
  const named = `<text x="${(left + right) / 2}" y="${SIZE.height - 5}" text-anchor="middle">${escapeText(chart.x)}</text><text x="${left - 48}" y="13">${escapeText(isLog ? `${chart.y} (logarithmic)` : chart.y)}</text>`;
  const drawn = chart.lines.map((line) => lineMarkup(line, px, py));
  svg.innerHTML = `<g class="axes">${rules.join('')}${columns.join('')}${named}</g><g fill="none" stroke-linejoin="round">${drawn.join('')}</g>`;
}

function lineMarkup(
  { points, tone, width = 1.5, dash = '', opacity = 1, dots = false, weights = [] }: ChartLine,
  px: (value: number) => number,
  py: (value: number) => number,
): string {
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const colour = `var(--${tone})`;
  if (dots || finite.length === 1) {
    const circle = ([x, y]: readonly [number, number], at: number) =>
      `<circle cx="${px(x)}" cy="${py(y)}" r="${dots ? 3.4 : 2}" fill="${colour}" fill-opacity="${round(weights[at] ?? 1)}" stroke="var(--panel)"/>`;
    return `<g opacity="${opacity}">${finite.map(circle).join('')}</g>`;
  }
  const path = finite.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('');
  return `<path d="${path}" stroke="${colour}" stroke-width="${width}" opacity="${opacity}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;
}

interface Scale {
  /** 0…1. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

function linearScale(low: number, high: number): Scale {
  const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
  // Errors and losses near 0 are seen from 0.
  const from = low >= 0 && low < 0.6 * high ? 0 : low - room;
  return linearOver([from, high + room]);
}

function linearOver([from, to]: readonly [number, number]): Scale {
  const width = to > from ? to - from : 1;
  const step = niceStep(width / 5);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + 1e-9 * width; at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return { at: (value) => (value - from) / width, ticks };
}

function logScale(low: number, high: number): Scale {
  const [from, to] = [Math.log10(low) - 0.05, Math.log10(high) + 0.05];
  const every = Math.max(1, Math.ceil((to - from) / 6));
  const ticks: number[] = [];
  for (let power = Math.ceil(from); power <= to; power += every) ticks.push(10 ** power);
  return { at: (value) => (Math.log10(value) - from) / (to - from), ticks };
}

/** Of counts, on a logarithmic scale: 1, 2, 5, 10, 20, … */
function counting([from, to]: readonly [number, number]): Scale {
  const ticks: number[] = [];
  for (let power = 1; power <= to; power *= 10)
    ticks.push(...[power, 2 * power, 5 * power].filter((tick) => tick >= from && tick <= to));
  return { at: (value) => Math.log(value / from) / Math.log(to / from), ticks };
}

/** Without the noise of arithmetic. */
function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** 1, 2 or 5 times a power of ten, and no smaller than it is asked for. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
