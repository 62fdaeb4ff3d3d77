// The quantiles of heads that predict them: raw outputs, level after level, become sums in which each level is softplus of its
// own above the one before, as src/model/portable-network.ts says; and what stands for the median among them.

import { medianPlaces } from '../../predictions/quantiles.js';
import type { Graph, Value } from './graph.js';

/** Standardised quantiles, f32[members, rows, levels × targets], of raw outputs of that shape. */
export function ascending(graph: Graph, raw: Value, levels: number, targets: number): Value {
  if (levels === 1) return raw;
  const units = levels * targets;
  const sizes = graph.integers('levelSizes', [targets, units - targets]);
  const [lowest, others] = graph.nodes('Split', [raw, sizes], { axis: 2 }, ['lowest', 'rises']) as [
    Value,
    Value,
  ];
  const rises = graph.node('Softplus', [others], {}, 'rises');
  const steps = graph.node('Concat', [lowest, rises], { axis: 2 }, 'steps');
  // A product and no CumSum: targets stand between the levels of one.
  const isBelow = (from: number, to: number) => from % targets === to % targets && from <= to;
  const sums = Float32Array.from({ length: units * units }, (_, at) =>
    isBelow(Math.floor(at / units), at % units) ? 1 : 0,
  );
  return graph.node('MatMul', [steps, graph.constant('sums', [units, units], sums)], {}, 'quantiles');
}

/** What stands for the median of each target, [members, rows, targets]. */
export function medians(graph: Graph, quantiles: Value, levels: readonly number[], targets: number): Value {
  const [low, high, share] = medianPlaces(levels);
  const pick = (place: number) => {
    const places = Array.from({ length: targets }, (_, target) => place * targets + target);
    return graph.node('Gather', [quantiles, graph.integers('level', places)], { axis: 2 }, 'level');
  };
  const below = pick(low);
  if (share === 0) return below;
  const rise = graph.node('Sub', [pick(high), below], {}, 'rise');
  const part = graph.node('Mul', [rise, graph.numbers('share', share)], {}, 'part');
  return graph.node('Add', [below, part], {}, 'medians');
}

/** [rows, levels × targets] as [rows, targets, levels]. */
export function byTargets(graph: Graph, quantiles: Value, levels: number, targets: number): Value {
  const shape = graph.integers('levelShape', [-1, levels, targets]);
  const apart = graph.node('Reshape', [quantiles, shape], {}, 'levels');
  return graph.node('Transpose', [apart], { perm: [0, 2, 1] }, 'byTargets');
}
