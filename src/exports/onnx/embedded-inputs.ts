// What networks make of their features before the first layer, all networks of one shape as one.

import { joined } from '../../math/joined.js';
import type { PortableInputs, PortablePart } from '../../model/portable-input-types.js';
import type { Graph, Value } from './graph.js';

type Numbers = Extract<PortablePart, { readonly kind: 'numbers' }>;
type Category = Extract<PortablePart, { readonly kind: 'category' }>;

/** The inputs as a shape, without weights: equal for networks that can run as one. */
export function inputsKey(inputs: PortableInputs | null): string {
  if (inputs === null) return '';
  const parts = inputs.parts.map((part) => {
    if (part.kind !== 'numbers')
      return [part.kind, part.from, part.count, part.kind === 'category' && part.size];
    return [part.kind, part.from, part.count, part.expansion, part.terms, part.projection?.size];
  });
  return JSON.stringify([parts, inputs.factors !== null]);
}

/** [members, rows, units] of [rows, features], the features in the order of the ensemble. */
export function callInputs(graph: Graph, features: Value, group: readonly PortableInputs[]): Value {
  const count = group.length;
  const parts = group[0]!.parts.map((part, at) => {
    const width = part.count;
    const indices = Array.from({ length: width }, (_, i) => part.from + i);
    const columns = graph.node('Gather', [features, graph.integers('columns', indices)], { axis: 1 }, 'part');
    const own = group.map(({ parts }) => parts[at]!);
    if (part.kind === 'numbers') return callNumbers(graph, columns, own as readonly Numbers[]);
    const alone = reshaped(graph, columns, [1, -1, width]);
    if (part.kind === 'category') return callTable(graph, alone, own as readonly Category[]);
    return forEach(graph, alone, count, [1, 1]);
  });
  const all = parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: 2 }, 'embedded');
  if (group[0]!.factors === null) return all;
  const factors = joined(group.map((inputs) => inputs.factors!));
  const shape = [count, 1, group[0]!.units];
  return graph.node('Mul', [all, graph.constant('factors', shape, factors)], {}, 'scaled');
}

/** The same for each member, along the first axis. */
function forEach(graph: Graph, value: Value, count: number, others: readonly number[]): Value {
  if (count === 1) return value;
  const zeros = graph.constant('zeros', [count, ...others], new Float32Array(count));
  return graph.node('Add', [value, zeros], {}, 'members');
}

function callTable(graph: Graph, columns: Value, group: readonly Category[]): Value {
  const { count, size } = group[0]!;
  const tables = graph.constant(
    'tables',
    [group.length, count, size],
    joined(group.map(({ weight }) => weight)),
  );
  return graph.node('MatMul', [columns, tables], {}, 'looked up');
}

/** [members, rows, numbers × what each becomes]. */
function callNumbers(graph: Graph, columns: Value, group: readonly Numbers[]): Value {
  const { count, terms, projection } = group[0]!;
  const x = reshaped(graph, columns, [1, -1, count, 1]);
  const expanded = expand(graph, x, group);
  const became = projection === null ? expanded : project(graph, expanded, group);
  const width = 1 + (projection?.size ?? terms);
  const own = forEach(graph, x, group.length, [1, 1, 1]);
  const all = graph.node('Concat', [own, became], { axis: 3 }, 'numbers');
  return reshaped(graph, all, [group.length, -1, count * width]);
}

/** Terms of each number, [members, rows, numbers, terms]. */
function expand(graph: Graph, x: Value, group: readonly Numbers[]): Value {
  const { count, terms, expansion } = group[0]!;
  const constant = (about: string, of: (part: Numbers) => Float32Array) =>
    graph.constant(about, [group.length, 1, count, terms], joined(group.map(of)));
  if (expansion === 'periodic') {
    const turns = constant('frequencies', ({ first }) => first.map((value) => 2 * Math.PI * value));
    const angles = graph.node('Mul', [x, turns], {}, 'turned');
    return graph.node(
      'Cos',
      [graph.node('Add', [angles, constant('phases', ({ second }) => second)])],
      {},
      'waves',
    );
  }
  const beyond = graph.node('Sub', [x, constant('bins', ({ first }) => first)], {}, 'beyond');
  const through = graph.node('Mul', [beyond, constant('per unit', ({ second }) => second)], {}, 'through');
  return graph.node('Clip', [through, graph.numbers('low', 0), graph.numbers('high', 1)], {}, 'terms');
}

function project(graph: Graph, expanded: Value, group: readonly Numbers[]): Value {
  const { count, terms, projection } = group[0]!;
  const { size } = projection!;
  const weights = joined(group.map((part) => part.projection!.weight));
  const biases = joined(group.map((part) => part.projection!.bias));
  const w = graph.constant('projections', [group.length, count, terms, size], weights);
  const b = graph.constant('biases', [group.length, count, 1, size], biases);
  const apart = graph.node('Transpose', [expanded], { perm: [0, 2, 1, 3] }, 'terms');
  const z = graph.node('Add', [graph.node('MatMul', [apart, w], {}, 'product'), b], {}, 'projected');
  return graph.node('Transpose', [z], { perm: [0, 2, 1, 3] }, 'projected');
}

function reshaped(graph: Graph, value: Value, shape: readonly number[]): Value {
  return graph.node('Reshape', [value, graph.integers('shape', shape)], {}, 'reshaped');
}
