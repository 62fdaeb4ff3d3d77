// Members of all shapes side by side: in which order the graph has them, their averages, and how they are handed out.

import type { PortableHead } from '../../model/portable-network.js';
import type { ExportedEnsemble } from '../shared/exported-ensemble.js';
import type { Graph, Value } from './graph.js';
import type { NumberType } from './inputs.js';

/** What members that run together put out: f32[members, rows, units], raw. */
export interface RawOutputs {
  readonly value: Value;
  readonly members: readonly RawMember[];
}

export interface RawMember {
  /** Its place in the plan. */
  readonly member: number;
  readonly head: PortableHead;
}

/** What the graph answers, by name; each made when it is asked for. */
export interface Answers {
  readonly [name: string]: Answer;
}

export interface Answer {
  readonly type: 'string' | NumberType;
  readonly shape: readonly (number | string)[];
  readonly about: string;
  value(): Value;
}

/** Weights in the order in which the graph has the members, and how these become the plan's order; null for as they are. */
export function orderOf({ members, weights }: ExportedEnsemble, raw: readonly RawOutputs[]) {
  const inGraph = raw.flatMap((group) => group.members.map(({ member }) => member));
  const inPlan = members.map(({ member }) => member);
  const order = inPlan.map((member) => inGraph.indexOf(member));
  const own = inGraph.map((member) => weights[inPlan.indexOf(member)]!);
  return { weights: own, order: order.every((place, at) => place === at) ? null : order };
}

export type Order = ReturnType<typeof orderOf>;

/** [members, rows, …] of all groups. */
export function joined(graph: Graph, values: readonly Value[], about: string): Value {
  return values.length === 1 ? values[0]! : graph.node('Concat', values, { axis: 0 }, about);
}

/** [members, rows, n] as [rows, members, n], members in the order of the plan. */
export function byRows(graph: Graph, value: Value, { order }: Order): Value {
  const ordered =
    order === null
      ? value
      : graph.node('Gather', [value, graph.integers('order', order)], { axis: 0 }, 'ordered');
  return graph.node('Transpose', [ordered], { perm: [1, 0, 2] }, 'byRows');
}

/** Σ wᵢ vᵢ over members, [rows, n]. */
export function average(graph: Graph, values: Value, { weights }: Order, about: string): Value {
  if (weights.length === 1) return graph.node('Squeeze', [values, graph.integers('axes', [0])], {}, about);
  if (weights.every((weight) => weight === weights[0]))
    return graph.node('ReduceMean', [values], { axes: [0], keepdims: 0 }, about);
  const shares = graph.constant('shares', [weights.length, 1, 1], Float32Array.from(weights));
  const weighed = graph.node('Mul', [values, shares], {}, 'weighed');
  return graph.node('ReduceSum', [weighed, graph.integers('axes', [0])], { keepdims: 0 }, about);
}

/** Σ wᵢ (vᵢ − mean)², [rows, n]. */
export function spread(graph: Graph, values: Value, mean: Value, order: Order): Value {
  const deviations = graph.node('Sub', [values, mean], {}, 'deviations');
  return average(graph, graph.node('Mul', [deviations, deviations], {}, 'squares'), order, 'spread');
}
