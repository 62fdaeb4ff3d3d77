// Charts are drawings by themselves: well-formed, described, in the colours of either theme, with all of their data, and safe
// whatever the names in them are.

import t from 'tap';
import { histogramChart } from '../../../src/report/charts/histogram-chart.js';
import { intervalChart } from '../../../src/report/charts/interval-chart.js';
import { lineChart } from '../../../src/report/charts/line-chart.js';
import { matrixChart } from '../../../src/report/charts/matrix-chart.js';
import { MOST_POINTS, scatterChart } from '../../../src/report/charts/scatter-chart.js';
import { DARK, LIGHT, type Theme } from '../../../src/report/charts/theme.js';
import { histogramOf } from '../../../src/report/collect/histogram.js';
import { malformed } from '../../support/well-formed.js';

const HOSTILE = '</title><script>alert("1")</script>&\'\u202e';
const TEXT = { title: `Of ${HOSTILE}`, description: `Seen: ${HOSTILE}` };
const [X, Y] = [{ label: `x ${HOSTILE}` }, { label: `y ${HOSTILE}` }];

const line = (points: readonly { x: number; y: number; low?: number; high?: number }[]) =>
  lineChart({ ...TEXT, x: X, y: Y, lines: [{ name: HOSTILE, points, tone: 's1', dots: true }] });
const scatter = (count: number, name?: string) =>
  scatterChart({
    ...{ ...TEXT, x: X, y: Y, line: { slope: 1, intercept: 0 } },
    points: Array.from({ length: count }, (_, at) => ({
      ...{ x: Math.sin(at), y: Math.cos(at) },
      ...(name === undefined ? {} : { name }),
    })),
  });
const matrix = (names: readonly string[], values: readonly (readonly (number | null)[])[]) =>
  matrixChart({
    ...{ ...TEXT, rowNames: names, columnNames: names, rowLabel: HOSTILE, columnLabel: HOSTILE, values },
    text: (value) => `${value}${HOSTILE}`,
  });

const CHARTS: Readonly<Record<string, string>> = {
  lines: line([1, 2, 3].map((x) => ({ x, y: x * x, low: 0, high: 20 }))),
  'a line of one point': line([{ x: 1, y: 2, low: 1, high: 3 }]),
  'a line of nothing': line([]),
  'a line of what cannot be drawn': line([
    { x: Number.NaN, y: 1 },
    { x: 1, y: Number.POSITIVE_INFINITY },
  ]),
  'logarithmic lines': lineChart({
    ...{
      ...TEXT,
      x: { ...X, scale: 'log' },
      y: { ...Y, scale: 'log' },
      levels: [{ name: HOSTILE, y: 1, tone: 's4' }],
    },
    lines: [{ name: HOSTILE, tone: 's2', dashed: true, points: [0, 1, 2].map((x) => ({ x, y: x })) }],
  }),
  intervals: intervalChart({
    ...TEXT,
    x: X,
    rows: [
      { name: HOSTILE, value: 1, low: 0, high: 2 },
      { name: 'b', value: 1 },
    ],
  }),
  bars: intervalChart({
    ...TEXT,
    x: X,
    bars: true,
    level: 0,
    rows: [{ name: HOSTILE, value: -1, low: -2, high: 2 }],
  }),
  'a matrix': matrix(
    [HOSTILE, 'b'],
    [
      [1, -1],
      [null, 0],
    ],
  ),
  'a large matrix': matrix(
    Array.from({ length: 30 }, () => HOSTILE),
    Array.from({ length: 30 }, () => new Array(30).fill(0.5)),
  ),
  points: scatter(20, HOSTILE),
  'a crowd': scatter(5000),
  'no points': scatter(0),
  histogram: histogramChart({
    ...TEXT,
    x: X,
    y: Y,
    of: [
      { ...histogramOf(HOSTILE, [1, 1, 2], 5), tone: 's1' },
      { ...histogramOf('b', [1], 5), tone: 's2' },
    ],
  }),
};

for (const [name, svg] of Object.entries(CHARTS)) {
  t.test(`${name}: well-formed, described, without script, style or an id`, async (t) => {
    t.equal(malformed(svg), null);
    t.match(
      svg,
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img" aria-label="[^"]+" viewBox="0 0 460 \d+"/,
    );
    t.match(svg, /<title>Of &lt;\/title&gt;&lt;script&gt;/);
    t.notMatch(svg, /<script|<style|<foreignObject|\bid=|\bclass=|\u202e|NaN|Infinity|undefined/);
    t.notMatch(svg, /#[\da-f]{3,6}\b|\brgb|"(?:white|black)"/i, 'colours are those of the theme');
  });
}

t.test('every line, dot, cell and interval of the data is drawn', async (t) => {
  const count = (name: string, what: RegExp) => [...CHARTS[name]!.matchAll(what)].length;
  t.equal(count('lines', /<circle/g), 3);
  t.equal(count('intervals', /<circle/g), 2);
  t.equal(count('a matrix', /<rect/g), 3);
  t.equal(count('a large matrix', /<rect/g), 900);
  t.equal(count('points', /<circle/g), 20);
  t.ok(count('histogram', /<rect|<path/g) >= 3);
});

t.test('a crowd of points is counted in places, so that its size does not grow with it', async (t) => {
  t.ok(scatter(100_000).length < 1.5 * CHARTS['a crowd']!.length);
  t.match(scatter(MOST_POINTS), /<circle/);
  t.notMatch(scatter(MOST_POINTS + 1), /<circle/);
});

t.test('charts are the same however many were drawn before', async (t) => {
  t.equal(
    line([
      { x: 1, y: 2 },
      { x: 2, y: 3 },
    ]),
    line([
      { x: 1, y: 2 },
      { x: 2, y: 3 },
    ]),
  );
});

t.test('histograms count every value once', async (t) => {
  const { low, high, counts } = histogramOf('', [0, 0.1, 0.5, 1], 2);
  t.same({ low, high, counts }, { low: 0, high: 1, counts: [2, 2] });
  t.same(histogramOf('', [3, 3], 2).counts, [0, 2], 'of one value');
  t.same(histogramOf('', [], 2).counts, [0, 0]);
});

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function contrast(first: string, second: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

for (const [name, theme] of Object.entries({ LIGHT, DARK } satisfies Record<string, Theme>)) {
  t.test(`${name}: text stands 4.5 : 1 against its ground, strokes 3 : 1`, async (t) => {
    for (const ground of [theme.paper, theme.panel]) {
      for (const text of ['ink', 'soft', 'accent', 'good', 'warn', 'bad'] as const) {
        t.ok(contrast(theme[text], ground) >= 4.5, `${text} on ${ground}`);
      }
      for (const stroke of ['s1', 's2', 's3', 's4', 's5', 's6', 'member', 'faint'] as const) {
        t.ok(
          contrast(theme[stroke], ground) >= 3,
          `${stroke} on ${ground}: ${contrast(theme[stroke], ground)}`,
        );
      }
    }
  });
}
