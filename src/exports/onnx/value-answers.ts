// Members' raw outputs become means and variances of targets, and these one, as src/predictions/aggregate does: in
// standardised units, and in the user's at the end.

import type { Scale, TargetMap } from '../../data/dataset/encoding.js';
import { VARIANCE_FLOOR } from '../../model/portable-network.js';
import type { ExportedEnsemble } from '../shared/exported-ensemble.js';
import { type Graph, once, type Value } from './graph.js';
import type { NumberType } from './inputs.js';
import {
  type Answers,
  average,
  byRows,
  joined,
  type Order,
  orderOf,
  type RawOutputs,
  spread,
} from './members.js';
import { ascending, byTargets, medians } from './quantile-head.js';
import { valuesOfDeviates } from './quantiles.js';

/** The answers of an ensemble of targets. */
export function answersOfValues(
  graph: Graph,
  ensemble: ExportedEnsemble,
  raw: readonly RawOutputs[],
  type: NumberType,
): Answers {
  const order = orderOf(ensemble, raw);
  const { mean: centre, std } = ensemble.encoding.targets;
  const targets = std.length;
  const parts = once(() => raw.map((group) => meansAndVariances(graph, ensemble, group)));
  const means = once(() =>
    joined(
      graph,
      parts().map(({ mean }) => mean),
      'means',
    ),
  );
  const variances = () =>
    joined(
      graph,
      parts().map(({ variance }) => variance!),
      'variances',
    );
  const combined = once(() =>
    ensemble.aggregator === 'geometricMean'
      ? product(graph, means(), variances(), order)
      : mixture(graph, means(), ensemble.givesVariances ? variances() : null, order),
  );
  const k = ensemble.weights.length;
  const levels = commonLevelsOf(raw);
  const inUnits = (value: Value, factors: readonly number[], offsets: readonly number[] | null) => {
    const wide = type === 'double' ? graph.node('Cast', [value], { to: 11 }, 'wide') : value;
    const scaled = graph.node('Mul', [wide, graph.numbers('units', factors, type)], {}, 'scaled');
    return offsets === null
      ? scaled
      : graph.node('Add', [scaled, graph.numbers('centres', offsets, type)], {}, 'values');
  };
  const squares = std.map((value) => value * value);
  const own = targets === 1 ? '' : `, of the ${targets} targets in their order`;
  return {
    mean: {
      ...{ type, shape: ['rows', targets], about: `the prediction${own}` },
      value: () => inUnits(combined().mean, std, centre),
    },
    member_means: {
      ...{ type, shape: ['rows', k, targets], about: `each member’s prediction${own}` },
      value: () => inUnits(byRows(graph, means(), order), std, centre),
    },
    variance: {
      ...{ type, shape: ['rows', targets] },
      about: `${ensemble.givesVariances ? 'the predicted variance' : 'how members’ predictions vary about their mean'}${own}`,
      value: () => inUnits(combined().variance(), squares, null),
    },
    ...(levels === null
      ? {}
      : {
          quantiles: {
            ...{ type, shape: ['rows', targets, levels.length] },
            about: `the quantiles ${levels.join(', ')}${own}`,
            value: () => {
              const all = joined(
                graph,
                parts().map(({ quantiles }) => quantiles!.value),
                'quantiles',
              );
              const mean = average(graph, all, order, 'meanQuantiles');
              const [factors, offsets] = [std, centre].map((own) => repeated(own, levels.length));
              return byTargets(graph, inUnits(mean, factors!, offsets!), levels.length, targets);
            },
          },
        }),
    ...(ensemble.givesVariances
      ? {
          member_variances: {
            ...{ type, shape: ['rows', k, targets], about: `each member’s predicted variance${own}` },
            value: () => inUnits(byRows(graph, variances(), order), squares, null),
          },
        }
      : {}),
  };
}

interface ValuesOfMembers {
  readonly mean: Value;
  readonly variance: Value | null;
  /** [members, rows, levels × targets]; null of heads without. */
  readonly quantiles: { readonly levels: readonly number[]; readonly value: Value } | null;
}

/** The levels that all members predict; null where there are none. */
function commonLevelsOf(raw: readonly RawOutputs[]): readonly number[] | null {
  const all = raw.map(({ members: [first] }) => (first!.head.kind === 'quantiles' ? first!.head.levels : []));
  const [levels] = all as [readonly number[]];
  return levels.length > 0 && all.every((own) => String(own) === String(levels)) ? levels : null;
}

/** In standardised units, [members, rows, targets], clipped to the range of the training targets where that is asked for. */
function meansAndVariances(
  graph: Graph,
  { clip, encoding, givesVariances }: ExportedEnsemble,
  { value, members }: RawOutputs,
): ValuesOfMembers {
  const { mean: centre, std } = encoding.targets;
  const targets = std.length;
  let mean = value;
  let second: Value | null = null;
  const { head } = members[0]!;
  if (head.kind === 'quantiles') return quantilesAndMedians(graph, { clip, encoding }, head.levels, value);
  if (head.kind === 'labels') {
    const probability = graph.node('Sigmoid', [value], {}, 'probability');
    const centred = graph.node(
      'Sub',
      [probability, graph.numbers('labelCentres', centre)],
      {},
      'centredLabels',
    );
    mean = graph.node('Div', [centred, graph.numbers('labelDeviations', std)], {}, 'means');
  }
  if (head.kind === 'rate') {
    // In standardised units, as all else is until the end.
    const rate = graph.node('Exp', [value], {}, 'rate');
    const factors = head.unit.map((unit, at) => unit / std[at]!);
    const scaled = graph.node('Mul', [rate, graph.numbers('rateUnits', factors)], {}, 'scaledRate');
    const offsets = graph.numbers(
      'rateCentres',
      centre.map((own, at) => -own / std[at]!),
    );
    mean = graph.node('Add', [scaled, offsets], {}, 'means');
  }
  if (givesVariances) [mean, second] = graph.halves(value, 2, targets, 'outputs');
  else if (members[0]!.head.kind === 'gaussian') {
    const places = graph.integers(
      'means',
      Array.from({ length: targets }, (_, at) => at),
    );
    mean = graph.node('Gather', [value, places], { axis: 2 }, 'means');
  }
  const { map } = encoding.targets;
  if (map !== undefined) mean = straightened(graph, mean, encoding.targets, map, 1);
  mean = held(graph, mean, encoding.targets, clip, 1);
  if (second === null) return { mean, variance: null, quantiles: null };
  const softplus = graph.node('Softplus', [second], {}, 'softplus');
  const variance = graph.node(
    'Add',
    [softplus, graph.numbers('varianceFloor', VARIANCE_FLOOR)],
    {},
    'variances',
  );
  return { mean, variance, quantiles: null };
}

/** The same of quantiles: each kept within the range by itself, the median too. */
function quantilesAndMedians(
  graph: Graph,
  { clip, encoding: { targets: scale } }: Pick<ExportedEnsemble, 'clip' | 'encoding'>,
  levels: readonly number[],
  raw: Value,
): ValuesOfMembers {
  const [count, targets] = [levels.length, scale.std.length];
  const sums = ascending(graph, raw, count, targets);
  const { map } = scale;
  const quantiles = map === undefined ? sums : straightened(graph, sums, scale, map, count);
  const mean = held(graph, medians(graph, quantiles, levels, targets), scale, clip, 1);
  return { mean, variance: null, quantiles: { levels, value: held(graph, quantiles, scale, clip, count) } };
}

/** Kept within limits, where there are any. @param copies of the targets, side by side. */
function held(
  graph: Graph,
  value: Value,
  { mean, std }: Scale,
  clip: ExportedEnsemble['clip'],
  copies: number,
): Value {
  if (clip === null) return value;
  const standardised = (limits: readonly number[]) =>
    repeated(
      limits.map((limit, at) => (limit - mean[at]!) / std[at]!),
      copies,
    );
  const low = graph.numbers('low', standardised(clip.low));
  const high = graph.numbers('high', standardised(clip.high));
  return graph.node('Min', [graph.node('Max', [value, low], {}, 'raised'), high], {}, 'held');
}

function repeated(values: readonly number[], copies: number): number[] {
  return Array.from({ length: copies }, () => values).flat();
}

/** What stands for bent targets, standardised in the user's units: in double precision, where differences of great numbers are. @param copies of the targets, side by side. */
function straightened(graph: Graph, z: Value, scale: Scale, map: TargetMap, copies: number): Value {
  const vector = (about: string, values: readonly number[]) =>
    graph.numbers(about, repeated(values, copies), 'double');
  const wide = graph.node('Cast', [z], { to: 11 }, 'wide');
  const standardised = (values: Value, offsets: readonly number[]) => {
    const centred = graph.node('Sub', [values, vector('offsets', offsets)], {}, 'centred');
    const divided = graph.node('Div', [centred, vector('deviations', scale.std)]);
    return graph.node('Cast', [divided], { to: 1 }, 'standardised');
  };
  if (map.kind === 'quantile')
    return standardised(valuesOfDeviates(graph, wide, map.quantiles, copies), scale.mean);
  const scaled = graph.node('Mul', [wide, vector('logDeviations', map.std)], {}, 'scaled');
  const logs = graph.node('Add', [scaled, vector('logMeans', map.mean)], {}, 'logs');
  const held = graph.node('Min', [logs, graph.numbers('mostLog', 709, 'double')], {}, 'held');
  const values = graph.node('Exp', [held], {}, 'values');
  return standardised(
    values,
    scale.mean.map((value, t) => value + map.shift[t]!),
  );
}

interface CombinedValues {
  readonly mean: Value;
  variance(): Value;
}

/** μ = Σ wᵢ μᵢ and Σ wᵢ (σᵢ² + (μᵢ − μ)²), or without variances the spread alone. */
function mixture(graph: Graph, means: Value, variances: Value | null, order: Order): CombinedValues {
  const mean = average(graph, means, order, 'mean');
  return {
    mean,
    variance: () => {
      const own = spread(graph, means, mean, order);
      if (variances === null) return own;
      return graph.node('Add', [average(graph, variances, order, 'meanVariance'), own], {}, 'variance');
    },
  };
}

/** 1/σ² = Σ wᵢ/σᵢ², μ = σ² Σ wᵢ μᵢ/σᵢ². */
function product(graph: Graph, means: Value, variances: Value, order: Order): CombinedValues {
  const precisions = graph.node('Reciprocal', [variances], {}, 'precisions');
  const precision = average(graph, precisions, order, 'precision');
  const weighed = average(graph, graph.node('Mul', [means, precisions]), order, 'weighedMeans');
  return {
    mean: graph.node('Div', [weighed, precision], {}, 'mean'),
    variance: () => graph.node('Reciprocal', [precision], {}, 'variance'),
  };
}
