// A member that keeps rows: squared distances to all of them as ‖x‖² − 2 x·s + ‖s‖², in double precision, since of near rows it
// is a small difference of great numbers; then the nearest vote, as src/engines/neighbours has them.

import type { PortableNeighbours } from '../shared/portable-members.js';
import type { Graph, Value } from './graph.js';
import type { EncodedFeatures } from './inputs.js';
import type { RawOutputs } from './members.js';

const FLOAT = 1;
const DOUBLE = 11;

/** @param classes how many, or 0 for targets. */
export function callNeighbours(
  graph: Graph,
  encoded: EncodedFeatures,
  own: PortableNeighbours,
  classes: number,
): RawOutputs {
  const { neighbours: k } = own;
  const squares = squaredDistances(graph, encoded, own);
  const [nearest, places] = graph.nodes(
    'TopK',
    [squares, graph.integers('neighbours', [k])],
    { axis: 1, largest: 0, sorted: 1 },
    ['nearest', 'nearestRows'],
  );
  const [sizes, says] = saidBy(own, classes);
  const said = graph.constant('said', sizes, says);
  const ofNearest = graph.node('Gather', [said, places!], { axis: 0 }, 'saidByNearest');
  const mean = graph.node(
    'ReduceSum',
    [graph.node('Mul', [ofNearest, shares(graph, own, nearest!)], {}, 'votes'), graph.integers('axes', [1])],
    { keepdims: 0 },
    'voted',
  );
  const single = graph.node('Cast', [mean], { to: FLOAT }, 'single');
  const z = classes === 0 ? single : logarithms(graph, own, single, classes);
  const whole = encoded.gaps === null ? z : graph.node('Add', [z, encoded.gaps()], {}, 'withGaps');
  const shape = graph.integers('shape', [1, -1, sizes[1]!]);
  return { value: graph.node('Reshape', [whole, shape], {}, 'member'), members: [own] };
}

/** [rows, stored rows], f64. */
function squaredDistances(
  graph: Graph,
  encoded: EncodedFeatures,
  { columns, rows, stored, inUnits }: PortableNeighbours,
): Value {
  const { places, factors } = encoded;
  const width = stored.length / rows;
  const features = Array.from({ length: width }, (_, at) => columns?.[at] ?? at);
  // What is 0 in every row makes no distance.
  const used = Array.from(features.keys()).filter((at) => places[features[at]!]! >= 0);
  const from = inUnits ? encoded.inUnits() : encoded.value;
  const own = graph.integers(
    'columns',
    used.map((at) => places[features[at]!]!),
  );
  const picked = graph.node('Gather', [from, own], { axis: 1 }, 'columns');
  const scales = used.map((at) => (inUnits ? 1 : factors[features[at]!]!));
  const single = inUnits ? graph.node('Cast', [picked], { to: FLOAT }, 'single') : picked;
  const scaled = scales.every((factor) => factor === 1)
    ? single
    : graph.node('Mul', [single, graph.numbers('factors', scales)], {}, 'unscaled');
  const x = graph.node('Cast', [scaled], { to: DOUBLE }, 'wide');
  const table = new Float32Array(used.length * rows);
  const norms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (const [place, at] of used.entries()) {
      const value = stored[row * width + at]!;
      table[place * rows + row] = value;
      norms[row]! += value * value;
    }
  }
  const kept = graph.node(
    'Cast',
    [graph.constant('rows', [used.length, rows], table)],
    { to: DOUBLE },
    'rows',
  );
  const products = graph.node('MatMul', [x, kept], {}, 'products');
  const square = graph.node('Mul', [x, x], {}, 'squares');
  const norm = graph.node('ReduceSum', [square, graph.integers('axes', [1])], { keepdims: 1 }, 'norm');
  const both = graph.node('Add', [norm, graph.constant('norms', [rows], norms)], {}, 'norms');
  const twice = graph.node('Mul', [products, graph.numbers('two', 2, 'double')], {}, 'twice');
  const apart = graph.node('Sub', [both, twice], {}, 'distances');
  const least = graph.node('Mul', [both, graph.numbers('same', SAME, 'double')], {}, 'least');
  const isSame = graph.node('Less', [apart, least], {}, 'isSame');
  return graph.node('Where', [isSame, graph.numbers('zero', 0, 'double'), apart], {}, 'distances');
}

/**
 * Rows are the same whose squared distance is a smaller share of their squares: encoding in single precision moves each of them
 * by as much, and a row at distance 0 has all the votes.
 */
const SAME = 1e-13;

/** What each of the nearest counts, f64[rows, k, 1], Σ = 1: 1/k, or in proportion to the nearest distance over its own. */
function shares(graph: Graph, { neighbours: k, votes }: PortableNeighbours, squares: Value): Value {
  if (votes === 'equal') return graph.numbers('share', 1 / k, 'double');
  const distances = graph.node('Sqrt', [squares], {}, 'distances');
  const nearest = graph.node('Gather', [distances, graph.integers('first', [0])], { axis: 1 }, 'nearest');
  const ratios = graph.node('Div', [nearest, distances], {}, 'ratios');
  const isNearest = graph.node('Equal', [distances, nearest], {}, 'isNearest');
  const counts = graph.node('Where', [isNearest, graph.numbers('one', 1, 'double'), ratios], {}, 'counts');
  const sum = graph.node('ReduceSum', [counts, graph.integers('axes', [1])], { keepdims: 1 }, 'counts');
  const own = graph.node('Div', [counts, sum], {}, 'shares');
  return graph.node('Unsqueeze', [own, graph.integers('axis', [2])], {}, 'shares');
}

/** What each stored row says: its targets, or 1 for its class. */
function saidBy({ rows, targets }: PortableNeighbours, classes: number): [readonly number[], Float64Array] {
  if (classes === 0) return [[rows, targets.length / rows], Float64Array.from(targets)];
  const said = new Float64Array(rows * classes);
  for (const [row, label] of targets.entries()) said[row * classes + label] = 1;
  return [[rows, classes], said];
}

/** ln P, P = (votes + s/C) / (k + s). */
function logarithms(
  graph: Graph,
  { neighbours: k, voteSmoothing: s }: PortableNeighbours,
  mean: Value,
  classes: number,
): Value {
  const scaled = graph.node('Mul', [mean, graph.numbers('counted', k / (k + s))], {}, 'counted');
  const even = graph.numbers('even', s / classes / (k + s));
  return graph.node('Log', [graph.node('Add', [scaled, even], {}, 'probabilities')], {}, 'logarithms');
}
