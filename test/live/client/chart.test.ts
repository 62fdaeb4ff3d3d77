// The charts of the live page: whatever the numbers, marks lie within the axes and say what they are.

import t from 'tap';
import { type Chart, drawChart } from '../../../src/live/client/chart.js';

const FRAME = { left: 56, right: 446, top: 30, bottom: 258 };

function draw(chart: Partial<Chart>): string {
  const svg = { innerHTML: '' };
  drawChart(svg, { x: 'Epoch', y: 'Loss', lines: [], xDomain: [1, 10], empty: 'Nothing yet', ...chart });
  return svg.innerHTML;
}

/** Where paths go and dots lie. */
function placesIn(markup: string): [number, number][] {
  const paths = [...markup.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)];
  const dots = [...markup.matchAll(/cx="(-?[\d.]+)" cy="(-?[\d.]+)"/g)];
  return [...paths, ...dots].map(([, x, y]) => [Number(x), Number(y)]);
}

const CASES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'a falling loss': [
    [1, 2],
    [2, 1],
    [10, 0.5],
  ],
  'all the same': [
    [1, 2],
    [10, 2],
  ],
  nothing: [
    [1, 0],
    [10, 0],
  ],
  'below zero': [
    [1, -3],
    [10, -1],
  ],
  'across zero': [
    [1, -1],
    [10, 100],
  ],
  'one epoch': [[1, 5]],
  'over many powers of ten': [
    [1, 1],
    [5, 1e-12],
    [10, 1e-300],
  ],
  'very large': [
    [1, 1e300],
    [10, 1e10],
  ],
  'not all finite': [
    [1, Number.NaN],
    [2, Number.POSITIVE_INFINITY],
    [3, 1],
    [10, 2],
  ],
};

for (const [name, points] of Object.entries(CASES)) {
  t.test(`${name}: marks lie within the axes`, async (t) => {
    for (const isLogX of [false, true]) {
      const lines = [
        { points, tone: 's1' },
        { points, tone: 's2', dots: true },
      ];
      const markup = draw({ lines, isLogX, mayBeLog: true });
      t.notMatch(markup, /NaN|Infinity|undefined/);
      const places = placesIn(markup);
      t.equal(places.length, 2 * points.filter(([, y]) => Number.isFinite(y)).length);
      for (const [x, y] of places)
        t.ok(
          x >= FRAME.left - 0.1 && x <= FRAME.right + 0.1 && y >= FRAME.top - 0.1 && y <= FRAME.bottom + 0.1,
          `${x}, ${y}`,
        );
      t.ok([...markup.matchAll(/class="rule"/g)].length >= 1, 'a line to read by');
    }
  });
}

t.test('values over many powers of ten are drawn on a logarithmic scale, which is said', async (t) => {
  const points = [
    [1, 1],
    [2, 0.1],
    [3, 0.01],
    [4, 0.001],
  ] as const;
  const markup = draw({ lines: [{ points, tone: 's1' }], mayBeLog: true });
  t.match(markup, /Loss \(logarithmic\)/);
  const heights = placesIn(markup).map(([, y]) => y);
  const steps = heights.slice(1).map((y, at) => y - heights[at]!);
  for (const step of steps) t.ok(Math.abs(step - steps[0]!) <= 0.21, `steps of ${steps}`);
  t.notMatch(draw({ lines: [{ points, tone: 's1' }] }), /logarithmic/, 'where it may be');
});

t.test('two lines that cross do so where their numbers do', async (t) => {
  const markup = draw({
    lines: [
      {
        points: [
          [1, 0],
          [10, 9],
        ],
        tone: 's1',
      },
      {
        points: [
          [1, 9],
          [10, 0],
        ],
        tone: 's2',
      },
    ],
  });
  const [a, b, c, d] = placesIn(markup) as [
    [number, number],
    [number, number],
    [number, number],
    [number, number],
  ];
  t.same([a[0], b[0]], [FRAME.left, FRAME.right]);
  t.equal(a[1], d[1]);
  t.equal(b[1], c[1]);
  t.equal(a[1], FRAME.bottom, 'losses are seen from 0');
});

t.test('counts are read at 1, 2, 5, 10 … on a logarithmic scale', async (t) => {
  const markup = draw({
    lines: [
      {
        points: [
          [1, 1],
          [30, 2],
        ],
        tone: 's1',
      },
    ],
    xDomain: [1, 30],
    isLogX: true,
  });
  const ticks = [...markup.matchAll(/text-anchor="middle">(\d+)</g)].map(([, tick]) => Number(tick));
  t.same(ticks, [1, 2, 5, 10, 20]);
});

t.test('without numbers it says why, and no text is markup', async (t) => {
  t.match(draw({}), />Nothing yet</);
  t.match(draw({ empty: '<b>&"' }), />&lt;b&gt;&amp;&quot;</);
  const named = draw({ x: '<i>', lines: [{ points: [[1, 1]], tone: 's1' }] });
  t.match(named, /&lt;i&gt;/);
  t.notMatch(named, /<i>/);
});
