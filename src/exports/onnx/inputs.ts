// The first part of the graph: from what a caller gives, raw columns or rows of features, to encoded features as networks
// see them. What src/data/preprocessing and src/data/dataset/encoding.ts do in double precision, by operators of ONNX.

import type { ClipShape } from '../../data/dataset/encoding.js';
import type {
  CategoricalFeature,
  FeatureColumn,
  NumericFeature,
  Preprocessing,
} from '../../data/dataset/preprocessing-types.js';
import { featureWidth } from '../../data/preprocessing/preprocessing.js';
import { dateWords } from '../../data/table/date-format.js';
import { numberWords } from '../../data/table/number-format.js';
import { failOption } from '../../errors.js';
import type { ExportedEnsemble } from '../shared/exported-ensemble.js';
import { tableOfCategories } from './categories.js';
import { type Graph, once, type Value } from './graph.js';
import { normalDeviates } from './quantiles.js';

export type NumberType = 'float' | 'double';

/** Encoded features, f32[rows, width]. */
export interface EncodedFeatures {
  readonly value: Value;
  /** The same columns in the user's units, filled, of the type that numbers are given as. */
  inUnits(): Value;
  /** 0 for a row without a missing number, NaN for another, f32[rows, 1]; null where no missing number comes through. */
  readonly gaps: (() => Value) | null;
  readonly width: number;
  /** Whether a number that is missing comes through, as NaN: nothing was fitted that fills it. */
  readonly hasGaps: boolean;
  /** For each feature of the ensemble its column in `value`; −1 for one that is 0 in every row. */
  readonly places: Int32Array;
  /** What each feature of `value` must still be multiplied by, f64[features]; networks' first weights take it in. */
  readonly factors: Float64Array;
}

/** What is fitted of one feature of the networks' input. */
interface Column {
  readonly place: number;
  readonly mean: number;
  readonly std: number;
  readonly clip: number | null;
  /** Those that it is encoded by; null: it is standardised. */
  readonly quantiles: readonly number[] | null;
  /** What a missing number becomes; null: it stays one. */
  readonly fill: number | null;
}

/**
 * Declares the inputs and encodes what they are given.
 * @param inputs `columns`: one for each column of the training file that is not constant, [rows, 1]. `features`: one,
 * [rows, features], as `predict` takes numbers.
 */
export function encodeInputs(
  graph: Graph,
  ensemble: ExportedEnsemble,
  inputs: 'columns' | 'features',
  type: NumberType,
): EncodedFeatures {
  const { preprocessing } = ensemble;
  if (inputs === 'features') return encodeRows(graph, ensemble, type);
  if (preprocessing === null)
    return failOption('inputs', 'features for an ensemble trained on arrays', inputs);
  return encodeColumns(graph, ensemble, preprocessing, type);
}

function encodeRows(graph: Graph, ensemble: ExportedEnsemble, type: NumberType): EncodedFeatures {
  const { features } = ensemble;
  const about = 'rows of features in the user’s units';
  const x = graph.input('features', type, ['rows', features], about);
  const columns = columnsOf(ensemble);
  const encoded = encodeNumbers(graph, x, columns, type, shapeOf(ensemble));
  const inUnits = () => encoded.filled;
  return {
    ...encoded,
    ...{ inUnits, gaps: encoded.hasGaps ? once(() => gapsIn(graph, inUnits(), type)) : null },
    width: features,
    places: Int32Array.from(columns.keys()),
  };
}

function encodeColumns(
  graph: Graph,
  ensemble: ExportedEnsemble,
  preprocessing: Preprocessing,
  type: NumberType,
): EncodedFeatures {
  const columns = columnsOf(ensemble);
  const starts = startsOf(preprocessing.features);
  const places = new Int32Array(ensemble.features).fill(-1);
  const factors = new Float64Array(ensemble.features).fill(1);
  const parts: Value[] = [];
  let filled: Value | null = null;
  let width = 0;
  let hasGaps = false;
  const numeric: { readonly feature: NumericFeature; readonly column: Column }[] = [];
  const categorical: CategoricalFeature[] = [];
  const declared = preprocessing.features.map((feature, at) => {
    // Whatever its cells say, it is 0 for the members.
    if (feature.kind === 'numeric' && feature.constant === true) return null;
    const inputType = feature.kind === 'numeric' ? type : 'string';
    const value = graph.input(feature.column, inputType, ['rows', 1], aboutColumn(feature));
    if (feature.kind === 'numeric') {
      places[starts[at]!] = width++;
      numeric.push({ feature, column: columns[starts[at]!]! });
    } else categorical.push(feature);
    return { feature, value, start: starts[at]! };
  });
  const given = declared.filter((one) => one !== null);
  if (given.length === 0) failOption('inputs', 'features, as all columns are constant', 'columns');
  if (numeric.length > 0) {
    const values = given.filter(({ feature }) => feature.kind === 'numeric').map(({ value }) => value);
    const x = values.length === 1 ? values[0]! : graph.node('Concat', values, { axis: 1 }, 'numbers');
    const own = numeric.map(({ column }) => column);
    const encoded = encodeNumbers(graph, x, own, type, shapeOf(ensemble));
    parts.push(encoded.value);
    filled = encoded.filled;
    hasGaps = encoded.hasGaps;
    for (const [at, { place }] of own.entries()) factors[place] = encoded.factors[at]!;
  }
  const flagged = given.filter(({ feature }) => feature.kind === 'numeric' && feature.indicator === true);
  for (const { value, start } of flagged) {
    const isMissing = graph.node('IsNaN', [value], {}, 'missing');
    parts.push(graph.node('Cast', [isMissing], { to: 1 }, 'isMissing'));
    places[start + 1] = width++;
  }
  const indicators: Value[] = [];
  const firstIndicator = width;
  for (const { feature, value, start } of given) {
    if (feature.kind !== 'categorical') continue;
    indicators.push(encodeCategories(graph, feature, value, preprocessing));
    for (let place = 0; place < featureWidth([feature]); place++) places[start + place] = width++;
  }
  if (indicators.length > 0) {
    const joined =
      indicators.length === 1 ? indicators[0]! : graph.node('Concat', indicators, { axis: 2 }, 'categories');
    const shape = graph.integers('shape', [-1, width - firstIndicator]);
    parts.push(graph.node('Reshape', [joined, shape], {}, 'categories'));
  }
  const value = parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: 1 }, 'encoded');
  const inUnits = once(() => {
    // What is no number is 0 or 1, whatever the units.
    const others = filled === null ? parts : parts.slice(1);
    const wide = others.map((part) =>
      type === 'double' ? graph.node('Cast', [part], { to: 11 }, 'wide') : part,
    );
    const all = filled === null ? wide : [filled, ...wide];
    return all.length === 1 ? all[0]! : graph.node('Concat', all, { axis: 1 }, 'inUnits');
  });
  const gaps = hasGaps ? once(() => gapsIn(graph, inUnits(), type)) : null;
  return { value, inUnits, gaps, width, places, factors, hasGaps };
}

function gapsIn(graph: Graph, x: Value, type: NumberType): Value {
  const nothing = graph.node('Mul', [x, graph.numbers('zero', 0, type)], {}, 'nothing');
  const sum = graph.node('ReduceSum', [nothing, graph.integers('axes', [1])], { keepdims: 1 }, 'gaps');
  return type === 'double' ? graph.node('Cast', [sum], { to: 1 }, 'gaps') : sum;
}

/** 0/1 columns, f32[rows, 1, categories]: a row of a table by the number of the category. */
function encodeCategories(
  graph: Graph,
  feature: CategoricalFeature,
  value: Value,
  preprocessing: Preprocessing,
): Value {
  const { keys, numbers, otherwise, rows, width, shares } = tableOfCategories(feature, preprocessing);
  const about = feature.column;
  const attributes = { keys_strings: keys, values_int64s: numbers, default_int64: otherwise };
  const number = graph.tableNode('LabelEncoder', [value], attributes, `number.${about}`);
  if (width > WIDEST_TABLE) {
    // Looked up in a list of themselves, for the error of a number that is none of them.
    const all = graph.integers(
      `numbers.${about}`,
      Array.from({ length: rows }, (_, at) => at),
    );
    const known = graph.node('Gather', [all, number], { axis: 0 }, `known.${about}`);
    const depth = graph.integers('depth', [width], []);
    const offOn = graph.numbers('offOn', [0, 1]);
    const own = graph.node('OneHot', [known, depth, offOn], { axis: -1 }, `is.${about}`);
    if (shares === null) return own;
    const isUnseen = graph.node(
      'Equal',
      [known, graph.integers('unseen', [otherwise])],
      {},
      `unseen.${about}`,
    );
    const single = graph.node('Cast', [isUnseen], { to: 1 }, `unseen.${about}`);
    const apart = graph.node('Unsqueeze', [single, graph.integers('axis', [2])], {}, `unseen.${about}`);
    const row = graph.numbers(`shares.${about}`, withZeros(shares, width));
    return graph.node('Add', [own, graph.node('Mul', [apart, row], {}, 'shares')], {}, `is.${about}`);
  }
  const table = Float32Array.from({ length: rows * width }, (_, at) => Number(at % (width + 1) === 0));
  if (shares !== null && rows > width) table.set(shares, width * width);
  const constant = graph.constant(`categories.${about}`, [rows, width], table);
  return graph.node('Gather', [constant, number], { axis: 0 }, `is.${about}`);
}

/** The column of missing cells is none of those that are seen. */
function withZeros(shares: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, at) => shares[at] ?? 0);
}

/** A row of a table is quicker looked up than made, while the table is small: this many rows of 0/1 are 64 KB. */
const WIDEST_TABLE = 128;

/**
 * Fills, standardises and clips, f32[rows, columns]. A soft clip is of z over its c, by 1 and not by c: t + d/√(1 + d²) with
 * t = z/c cut at ±1 and d what is cut off, or for a smooth one t/√(1 + t²); the c itself is left to the weights.
 */
function encodeNumbers(
  graph: Graph,
  x: Value,
  columns: readonly Column[],
  type: NumberType,
  shape: ClipShape,
): Pick<EncodedFeatures, 'value' | 'factors' | 'hasGaps'> & { readonly filled: Value } {
  let z = x;
  if (columns.some(({ fill }) => fill !== null)) {
    const fills = graph.numbers(
      'fills',
      columns.map(({ fill }) => fill ?? Number.NaN),
      type,
    );
    z = graph.node('Where', [graph.node('IsNaN', [z], {}, 'missing'), fills, z], {}, 'filled');
  }
  const filled = z;
  const clips = columns.some(({ clip }) => clip !== null);
  const factors = Float64Array.from(columns, ({ clip }) => (clips ? (clip ?? NO_CLIPS[shape]) : 1));
  const ranked = columns.map(({ quantiles }) => quantiles !== null);
  const deviates = ranked.includes(true) ? deviatesOf(graph, z, columns, factors, type) : null;
  const standardised = ranked.includes(false) ? standardise(graph, z, columns, factors, type) : null;
  z = deviates ?? standardised!;
  if (deviates !== null && standardised !== null) {
    const has = graph.numbers('hasQuantiles', ranked.map(Number));
    const chosen = graph.node('Less', [graph.numbers('none', 0), has], {}, 'isDeviate');
    z = graph.node('Where', [chosen, deviates, standardised], {}, 'encodedNumbers');
  }
  const hasGaps = columns.some(({ fill }) => fill === null);
  return { value: clips ? softClip(graph, z, shape) : z, filled, factors, hasGaps };
}

/** Standardised, and over the factors, f32[rows, columns]. */
function standardise(
  graph: Graph,
  x: Value,
  columns: readonly Column[],
  factors: Float64Array,
  type: NumberType,
): Value {
  let z = x;
  const means = columns.map(({ mean }) => mean);
  if (means.some((mean) => mean !== 0))
    z = graph.node('Sub', [z, graph.numbers('means', means, type)], {}, 'centred');
  // What single precision leaves of a mean is taken off too, so that whole numbers are standardised as exactly.
  const rests = means.map((mean) => mean - Math.fround(mean));
  if (type === 'float' && rests.some((rest, at) => Math.abs(rest) > 1e-7 * columns[at]!.std))
    z = graph.node('Sub', [z, graph.numbers('rests', rests)], {}, 'centred');
  const stds = columns.map(({ std }, at) => std * factors[at]!);
  if (stds.some((std) => std !== 1))
    z = graph.node('Div', [z, graph.numbers('stds', stds, type)], {}, 'standardised');
  return type === 'double' ? graph.node('Cast', [z], { to: 1 }, 'single') : z;
}

/** Deviates by quantiles, and over the factors, f32[rows, columns]; those of columns without quantiles are not to be read. */
function deviatesOf(
  graph: Graph,
  x: Value,
  columns: readonly Column[],
  factors: Float64Array,
  type: NumberType,
): Value {
  // Rounded as what is given is, or no value would be equal to one of them.
  const round = type === 'float' ? Math.fround : (value: number) => value;
  const lists = columns.map(({ quantiles }) => (quantiles ?? [0, 1]).map(round));
  const double = type === 'double' ? x : graph.node('Cast', [x], { to: 11 }, 'double');
  let z = normalDeviates(graph, double, lists);
  if (factors.some((factor) => factor !== 1))
    z = graph.node('Div', [z, graph.numbers('clips', [...factors], 'double')], {}, 'overClips');
  return graph.node('Cast', [z], { to: 1 }, 'single');
}

/** Kneed: within ±1 as it is, and never beyond ±2. Smooth: never beyond ±1. */
function softClip(graph: Graph, z: Value, shape: ClipShape): Value {
  if (shape === 'smooth') return overRoot(graph, z, 'clipped');
  const one = graph.numbers('one', 1);
  const held = graph.node('Clip', [z, graph.numbers('least', -1), one], {}, 'held');
  const rest = graph.node('Sub', [z, held], {}, 'rest');
  return graph.node('Add', [held, overRoot(graph, rest, 'kept')], {}, 'clipped');
}

/** d/√(1 + d²) is the sine of the angle whose tangent is d: of any d, also where its square is beyond single precision. */
function overRoot(graph: Graph, d: Value, about: string): Value {
  return graph.node('Sin', [graph.node('Atan', [d], {}, 'angle')], {}, about);
}

/** Features without a soft clip, among others with one, are clipped this far out: 0/1 columns of categories. */
const NO_CLIPS = { kneed: 1024, smooth: 2 ** 20 } as const;

function shapeOf({ encoding }: ExportedEnsemble): ClipShape {
  return encoding.features?.clipShape ?? 'kneed';
}

/** What is fitted of each feature of the ensemble. */
function columnsOf({ features, encoding, preprocessing }: ExportedEnsemble): readonly Column[] {
  const scale = encoding.features;
  const fills = preprocessing === null ? [] : fillsOf(preprocessing.features);
  return Array.from({ length: features }, (_, place) => ({
    place,
    mean: scale?.mean[place] ?? 0,
    std: scale?.std[place] ?? 1,
    clip: scale?.softClip?.[place] ?? null,
    quantiles: scale?.quantiles?.[place] ?? null,
    fill: fills[place] ?? null,
  }));
}

function fillsOf(features: readonly FeatureColumn[]): readonly (number | null)[] {
  return features.flatMap((feature) =>
    feature.kind === 'numeric'
      ? [feature.fill, ...(feature.indicator === true ? [null] : [])]
      : new Array<null>(featureWidth([feature])).fill(null),
  );
}

/** The first feature of each column. */
function startsOf(features: readonly FeatureColumn[]): number[] {
  let next = 0;
  return features.map((feature) => {
    const start = next;
    next += featureWidth([feature]);
    return start;
  });
}

/** What a column's input is to be given. */
function aboutColumn(feature: FeatureColumn): string {
  const missing = feature.kind === 'numeric' ? 'NaN' : 'an empty text';
  const gaps = feature.fill === null ? '' : `; ${missing} where it is missing`;
  if (feature.kind === 'categorical') return `a text, one of ${feature.categories.length} categories${gaps}`;
  const { format } = feature;
  if (format?.kind === 'date') return `${dateWords(format)}${gaps}`;
  const unit = format?.unit ?? null;
  return `${unit === null ? 'a number' : `a number, ${numberWords({ ...format!, decimal: '.', group: null })}`}${gaps}`;
}

/** Values so far from 0, in standard deviations, that single precision does not tell them apart well enough. */
const FAR_OUT = 100;

/** The precision that tells values of all columns apart, and those of the targets. */
export function precisionFor({ encoding }: ExportedEnsemble): NumberType {
  const scales = [encoding.features, encoding.targets].filter((scale) => scale !== null);
  const far = scales.some(({ mean, std }) => mean.some((value, at) => Math.abs(value) > FAR_OUT * std[at]!));
  return far ? 'double' : 'float';
}
