// The place of numbers among quantiles, and its standard normal deviate, and back, by operators of ONNX, in double precision: what
// src/data/dataset/quantile-map.ts does.

import { NORMAL_CENTRE, NORMAL_TAIL } from '../../math/normal.js';
import type { Graph, Value } from './graph.js';

const DOUBLE = 11;
const INT64 = 7;
/** The tail beyond z over e^(−z²/2). */
const TAIL_RATIO = [
  [
    220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165,
    0.700383064443688, 0.0352624965998911,
  ],
  [
    440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
    1.75566716318264, 0.0883883476483184,
  ],
] as const;
/** As in quantile-map.ts: it keeps the tail within what one of the two approximations of tails covers. */
const LEAST_SHARE = 1e-7;

/**
 * Deviates, f64[rows, columns]; NaN where x is.
 *
 * @param x f64[rows, columns]
 * @param quantiles ascending, of each column
 */
export function normalDeviates(graph: Graph, x: Value, quantiles: readonly (readonly number[])[]): Value {
  const { level, last } = levelsOf(graph, x, quantiles);
  const double = (about: string, value: number) => graph.numbers(about, value, 'double');
  const rest = graph.node('Sub', [last, level], {}, 'rest');
  const share = graph.node('Div', [graph.node('Min', [level, rest], {}, 'lesser'), last], {}, 'share');
  const tail = graph.node('Max', [share, double('leastShare', LEAST_SHARE)], {}, 'tail');
  const size = deviateOf(graph, tail);
  const isLow = graph.node('Less', [level, rest], {}, 'isLow');
  const z = graph.node('Where', [isLow, graph.node('Neg', [size], {}, 'negative'), size], {}, 'deviate');
  return graph.node('Where', [graph.node('IsNaN', [x], {}, 'missing'), x, z], {}, 'deviates');
}

/** For each value the level that it has, from 0 to the last of its column's. */
function levelsOf(
  graph: Graph,
  x: Value,
  quantiles: readonly (readonly number[])[],
): { level: Value; last: Value } {
  const double = (about: string, values: readonly number[] | number) =>
    graph.numbers(about, values, 'double');
  const columns = quantiles.length;
  const widest = Math.max(...quantiles.map(({ length }) => length));
  const padded = quantiles.flatMap((own) => [
    ...own,
    ...new Array<number>(widest - own.length).fill(Number.POSITIVE_INFINITY),
  ]);
  const table = graph.constant('quantiles', [columns, widest], Float64Array.from(padded));
  const apart = graph.node('Unsqueeze', [x, graph.integers('axis', [2])], {}, 'apart');
  const count = (test: Value, about: string) =>
    graph.node(
      'ReduceSum',
      [graph.node('Cast', [test], { to: DOUBLE }, about), graph.integers('axis', [2])],
      { keepdims: 0 },
      about,
    );
  const below = count(graph.node('Less', [table, apart], {}, 'isBelow'), 'below');
  const upTo = count(graph.node('GreaterOrEqual', [apart, table], {}, 'isUpTo'), 'upTo');
  const one = double('one', 1);
  const last = double(
    'lastLevels',
    quantiles.map(({ length }) => length - 1),
  );
  const lastPiece = double(
    'lastPieces',
    quantiles.map(({ length }) => length - 2),
  );
  const zero = double('zero', 0);
  const before = graph.node('Sub', [upTo, one], {}, 'before');
  const piece = graph.node('Max', [graph.node('Min', [before, lastPiece], {}, 'piece'), zero], {}, 'piece');
  const starts = double(
    'starts',
    quantiles.map((_, column) => column * widest),
  );
  const { low, high } = endsOfPieces(graph, piece, starts, padded);
  const part = graph.node(
    'Div',
    [graph.node('Sub', [x, low], {}, 'above'), graph.node('Sub', [high, low], {}, 'span')],
    {},
    'part',
  );
  const between = graph.node(
    'Min',
    [graph.node('Max', [graph.node('Add', [piece, part], {}, 'between'), zero], {}, 'between'), last],
    {},
    'between',
  );
  const both = graph.node('Sub', [graph.node('Add', [below, upTo], {}, 'both'), one], {}, 'both');
  const middle = graph.node('Mul', [both, double('half', 0.5)], {}, 'middle');
  const isShared = graph.node('Less', [below, upTo], {}, 'isShared');
  return { level: graph.node('Where', [isShared, middle, between], {}, 'level'), last };
}

/** The quantiles that pieces lie between. @param starts where those of each column start in `flat`, which has them all */
function endsOfPieces(graph: Graph, piece: Value, starts: Value, flat: readonly number[]) {
  const place = graph.node('Cast', [graph.node('Add', [piece, starts], {}, 'place')], { to: INT64 }, 'place');
  const all = graph.constant('quantiles', [flat.length], Float64Array.from(flat));
  const low = graph.node('Gather', [all, place], { axis: 0 }, 'low');
  const next = graph.node('Add', [place, graph.integers('oneMore', [1])], {}, 'next');
  return { low, high: graph.node('Gather', [all, next], { axis: 0 }, 'high') };
}

/**
 * The values whose deviates are given, f64 of their shape; NaN where they are.
 *
 * @param deviates f64[…, copies × columns]: so many for each column, the columns side by side
 * @param quantiles ascending, of each column
 */
export function valuesOfDeviates(
  graph: Graph,
  deviates: Value,
  quantiles: readonly (readonly number[])[],
  copies: number,
): Value {
  const each = (of: (column: number) => number) =>
    Array.from({ length: copies }, () => quantiles.map((_, column) => of(column))).flat();
  const double = (about: string, values: readonly number[] | number) =>
    graph.numbers(about, values, 'double');
  const zero = double('zero', 0);
  const missing = graph.node('IsNaN', [deviates], {}, 'missing');
  const z = graph.node('Where', [missing, zero, deviates], {}, 'deviate');
  const lastLevel = (column: number) => quantiles[column]!.length - 1;
  const last = double('lastLevels', each(lastLevel));
  const tail = graph.node('Mul', [tailOf(graph, z), last], {}, 'tail');
  const isLow = graph.node('Less', [z, zero], {}, 'isLow');
  const rest = graph.node('Sub', [last, tail], {}, 'rest');
  const level = graph.node('Where', [isLow, tail, rest], {}, 'level');
  const lastPiece = double(
    'lastPieces',
    each((column) => lastLevel(column) - 1),
  );
  const piece = graph.node('Min', [graph.node('Floor', [level], {}, 'piece'), lastPiece], {}, 'piece');
  let end = 0;
  const starts = quantiles.map(({ length }) => {
    end += length;
    return end - length;
  });
  const first = double(
    'starts',
    each((column) => starts[column]!),
  );
  const { low, high } = endsOfPieces(graph, piece, first, quantiles.flat());
  const part = graph.node('Sub', [level, piece], {}, 'part');
  const gap = graph.node('Sub', [high, low], {}, 'gap');
  const value = graph.node('Add', [low, graph.node('Mul', [part, gap], {}, 'part')], {}, 'value');
  return graph.node('Where', [missing, deviates, value], {}, 'values');
}

/**
 * The share of a standard normal distribution that lies beyond |z|, within 3e-16; from 7 on that beyond 7.
 *
 * **Source:** Hart et al. 1968, Computer approximations, 5666, as in West 2005, Better approximations to cumulative normal functions,
 * Wilmott magazine.
 */
function tailOf(graph: Graph, z: Value): Value {
  const size = graph.node('Max', [z, graph.node('Neg', [z], {}, 'negative')], {}, 'size');
  const held = graph.node('Min', [size, graph.numbers('mostDeviate', 7, 'double')], {}, 'held');
  const square = graph.node('Mul', [held, held], {}, 'square');
  const half = graph.node('Mul', [square, graph.numbers('minusHalf', -0.5, 'double')], {}, 'half');
  const density = graph.node('Exp', [half], {}, 'density');
  return graph.node('Mul', [density, ratio(graph, TAIL_RATIO, held)], {}, 'tail');
}

/** How far out a standard normal deviate lies whose tail is this, from 1e-7 to a half: AS 241. */
function deviateOf(graph: Graph, tail: Value): Value {
  const double = (about: string, value: number) => graph.numbers(about, value, 'double');
  const q = graph.node('Sub', [double('half', 0.5), tail], {}, 'q');
  const square = graph.node('Mul', [q, q], {}, 'square');
  const inner = graph.node('Sub', [double('centre', 0.180625), square], {}, 'inner');
  const centre = graph.node('Mul', [q, ratio(graph, NORMAL_CENTRE, inner)], {}, 'centre');
  const log = graph.node('Neg', [graph.node('Log', [tail], {}, 'log')], {}, 'log');
  const root = graph.node(
    'Sub',
    [graph.node('Sqrt', [log], {}, 'root'), double('tailStart', 1.6)],
    {},
    'root',
  );
  const isCentral = graph.node('Less', [q, double('central', 0.425)], {}, 'isCentral');
  return graph.node('Where', [isCentral, centre, ratio(graph, NORMAL_TAIL, root)], {}, 'size');
}

function ratio(
  graph: Graph,
  [above, below]: readonly [readonly number[], readonly number[]],
  x: Value,
): Value {
  return graph.node('Div', [polynomial(graph, above, x), polynomial(graph, below, x)], {}, 'ratio');
}

function polynomial(graph: Graph, terms: readonly number[], x: Value): Value {
  const [highest, ...others] = terms.map((term) => graph.numbers('term', term, 'double')).reverse();
  return others.reduce(
    (sum, term) => graph.node('Add', [graph.node('Mul', [sum, x], {}, 'power'), term], {}, 'sum'),
    highest!,
  );
}
