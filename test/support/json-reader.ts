// Predicts from an exported JSON file and nothing else, in plain double precision: written from
// docs/reference/exported-ensembles.md, and slow.

import { softplus } from '../kernels/reference.js';
import { activate } from './json-activations.js';
import { type Embedded, embed } from './json-embedded.js';
import { type Head, type Neighbours, sumOf, type Trees, voted } from './json-members.js';
import { deviateAmong, unbent } from './json-quantiles.js';

interface Dense {
  readonly kind: 'dense';
  readonly activation: string;
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

interface Convolution {
  readonly kind: 'conv2d';
  readonly activation: string;
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly weight: readonly (readonly (readonly (readonly number[])[])[])[];
  readonly bias: readonly number[];
}

interface Pool {
  readonly kind: 'maxPool' | 'averagePool';
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
}

interface Norm {
  readonly kind: 'layerNorm';
  readonly weight: readonly number[];
  readonly bias: readonly number[];
  readonly epsilon: number;
  readonly activation: string;
}

type Member = Network | Trees | Neighbours;

interface Network {
  readonly kind?: undefined;
  readonly weight: number;
  readonly features: readonly number[] | null;
  readonly embedded?: Embedded;
  readonly image: readonly number[] | null;
  readonly layers: readonly (
    | Dense
    | Convolution
    | Pool
    | Norm
    | { readonly kind: 'add'; readonly skip: number }
  )[];
  readonly head: Head;
}

interface Input {
  readonly kind: 'number' | 'category';
  readonly column: string;
  readonly fill: number | string | null;
  readonly indicator?: true;
  readonly shares?: readonly number[];
  readonly constant?: number;
  readonly categories: readonly string[];
  readonly missing: readonly string[];
  readonly others: boolean;
  readonly unseen: 'error' | 'none';
}

type Range = { readonly low: readonly number[]; readonly high: readonly number[] } | null;

type Calibration = { readonly method: string; readonly parameters: readonly number[] } | null;

/** What the file holds. */
export interface ExportedJson {
  readonly task: { readonly kind: string; readonly classes: readonly string[] };
  readonly inputs: readonly Input[] | null;
  readonly encoding: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly softClip: readonly (number | null)[] | null;
    readonly clipShape?: 'smooth';
    readonly quantiles?: readonly (readonly number[] | null)[];
  } | null;
  readonly aggregator: string;
  readonly calibration: Calibration;
  readonly threshold: number | null;
  readonly clip: Range;
  readonly members: readonly Member[];
}

export interface ReadAnswers {
  /** Probabilities, or means of targets, row by row. */
  readonly mean: number[][];
  readonly variance: number[][] | null;
  readonly labels: number[] | null;
}

type Row = Readonly<Record<string, unknown>>;

/** @param rows records, or lists of features. */
export function predictFromJson(file: ExportedJson, rows: readonly (Row | readonly number[])[]): ReadAnswers {
  const answers = rows.map((row) => {
    const features = Array.isArray(row) ? row : featuresOf(file, row as Row);
    return answerOf(file, encode(file, features), features);
  });
  const isClasses = file.task.kind === 'classification';
  return {
    mean: answers.map(({ mean }) => mean),
    variance: answers[0]!.variance === null ? null : answers.map(({ variance }) => variance!),
    labels: isClasses ? answers.map(({ contest }) => labelOf(file, contest)) : null,
  };
}

function featuresOf({ inputs }: ExportedJson, row: Row): number[] {
  return inputs!.flatMap((input) => {
    const value = row[input.column] ?? '';
    if (input.kind === 'number') {
      if (input.constant !== undefined) return [input.constant];
      if (value === '' && input.fill === null) throw new Error(`${input.column} is missing`);
      const number = Number(value === '' ? input.fill : value);
      return input.indicator ? [number, value === '' ? 1 : 0] : [number];
    }
    const { categories, fill, others, indicator = false } = input;
    let at = categories.indexOf(String(value));
    const missing = at < 0 && input.missing.includes(String(value));
    if (missing && !indicator) at = categories.indexOf(String(fill));
    const stray = at < 0 && !(missing && indicator);
    if (stray && !others && input.unseen === 'error') throw new Error(`${input.column} is ${value}`);
    const own = categories.map((_, k) => (stray && !others ? (input.shares?.[k] ?? 0) : k === at ? 1 : 0));
    return [...own, ...(others ? [Number(stray)] : []), ...(indicator ? [Number(missing)] : [])];
  });
}

function encode({ encoding }: ExportedJson, features: readonly number[]): number[] {
  if (encoding === null) return features.map(Math.fround);
  return features.map((value, i) => {
    const quantiles = encoding.quantiles?.[i] ?? null;
    const z =
      quantiles === null ? (value - encoding.mean[i]!) / encoding.std[i]! : deviateAmong(value, quantiles);
    const c = encoding.softClip?.[i] ?? null;
    if (c !== null && encoding.clipShape === 'smooth') return Math.fround(z / Math.hypot(1, z / c));
    const d = c === null ? 0 : (Math.abs(z) - c) / c;
    return Math.fround(d > 0 ? Math.sign(z) * c! * (1 + d / Math.sqrt(1 + d * d)) : z);
  });
}

interface Answer {
  readonly mean: number[];
  readonly variance: number[] | null;
  /** What the predicted class has most of. */
  readonly contest: number[];
}

function answerOf(file: ExportedJson, features: readonly number[], given: readonly number[]): Answer {
  const { members, aggregator, task, calibration, clip } = file;
  const weights = members.map(({ weight }) => weight);
  const outputs = members.map((member) => {
    if (member.kind === 'trees') return sumOf(member, features);
    if (member.kind === 'neighbours') return voted(member, member.inUnits ? given : features);
    return forward(member, features);
  });
  if (task.kind === 'regression') {
    const moments = outputs.map((z, at) => momentsOf(members[at]!.head, z, clip));
    return { ...momentsTogether(moments, weights, aggregator), contest: [] };
  }
  const own = outputs.map((z, at) => softmax(members[at]!.head.kind === 'sigmoid' ? [0, z[0]!] : z));
  const average = (lists: readonly (readonly number[])[]) =>
    task.classes.map((_, c) => lists.reduce((sum, list, at) => sum + weights[at]! * list[c]!, 0));
  if (aggregator === 'majorityVote') {
    const mean = average(own.map((p) => p.map((_, c) => (c === first(p) ? 1 : 0))));
    const most = Math.max(...mean);
    const contest = average(own).map((p, c) => (mean[c]! < most - 1e-12 ? -1 : p));
    return { mean, variance: null, contest };
  }
  const isProduct = aggregator === 'geometricMean';
  const combined = isProduct ? softmax(average(own.map((p) => p.map(Math.log)))) : average(own);
  const mean = calibrated(combined, calibration);
  return { mean, variance: null, contest: mean };
}

function forward(
  { layers, features: columns, image, embedded }: Network,
  features: readonly number[],
): number[] {
  const seen = columns === null ? features : columns.map((i) => features[i]!);
  let h: readonly number[] = embedded === undefined ? seen : embed(embedded, seen);
  let shape = image;
  const outputs: (readonly number[])[] = [];
  for (const [at, layer] of layers.entries()) {
    if (at > 0) outputs.push(h);
    if (layer.kind === 'dense') h = dense(layer, h);
    else if (layer.kind === 'layerNorm') h = normalised(layer, h);
    else if (layer.kind === 'add') {
      const skipped = outputs.at(-1 - layer.skip)!;
      h = h.map((value, unit) => value + skipped[unit]!);
    } else if (layer.kind === 'conv2d') [h, shape] = convolution(layer, h, shape!);
    else [h, shape] = pool(layer, h, shape!);
  }
  return [...h];
}

function dense({ weight, bias, activation }: Dense, h: readonly number[]): number[] {
  return bias.map((own, unit) =>
    activate(
      activation,
      h.reduce((sum, value, i) => sum + value * weight[i]![unit]!, own),
    ),
  );
}

function normalised({ weight, bias, epsilon, activation }: Norm, h: readonly number[]): number[] {
  const mean = h.reduce((sum, value) => sum + value, 0) / h.length;
  const variance = h.reduce((sum, value) => sum + (value - mean) ** 2, 0) / h.length;
  const scale = 1 / Math.sqrt(variance + epsilon);
  return h.map((value, unit) => activate(activation, weight[unit]! * (value - mean) * scale + bias[unit]!));
}

type Image = [values: number[], shape: readonly number[]];

/** Of an image h[channel][y][x], flattened. */
function convolution(layer: Convolution, h: readonly number[], shape: readonly number[]): Image {
  const { weight, bias, stride, padding, activation } = layer;
  const [channels, height, width] = shape as [number, number, number];
  const [rows, columns] = [weight[0]!.length, weight[0]![0]!.length];
  const [top, left, below, right] = padding;
  const high = Math.floor((height + top + below - rows) / stride[0]) + 1;
  const wide = Math.floor((width + left + right - columns) / stride[1]) + 1;
  const at = (c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : h[(c * height + y) * width + x]!;
  const out = eachPlace(bias.length, high, wide, (f, y, x) => {
    let sum = bias[f]!;
    for (let c = 0; c < channels; c++)
      for (let j = 0; j < rows; j++)
        for (let i = 0; i < columns; i++)
          sum += at(c, y * stride[0] - top + j, x * stride[1] - left + i) * weight[c]![j]![i]![f]!;
    return activate(activation, sum);
  });
  return [out, [bias.length, high, wide]];
}

function pool({ kind, size, stride }: Pool, h: readonly number[], shape: readonly number[]): Image {
  const [channels, height, width] = shape as [number, number, number];
  const high = Math.floor((height - size[0]) / stride[0]) + 1;
  const wide = Math.floor((width - size[1]) / stride[1]) + 1;
  const out = eachPlace(channels, high, wide, (c, y, x) => {
    const seen: number[] = [];
    for (let j = 0; j < size[0]; j++)
      for (let i = 0; i < size[1]; i++)
        seen.push(h[(c * height + y * stride[0] + j) * width + x * stride[1] + i]!);
    if (kind === 'maxPool') return Math.max(...seen);
    return seen.reduce((all, value) => all + value) / seen.length;
  });
  return [out, [channels, high, wide]];
}

function eachPlace(
  channels: number,
  height: number,
  width: number,
  valueAt: (channel: number, y: number, x: number) => number,
): number[] {
  const out: number[] = [];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out.push(valueAt(c, y, x));
  return out;
}

function softmax(z: readonly number[]): number[] {
  const most = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - most));
  const sum = powers.reduce((all, value) => all + value);
  return powers.map((value) => value / sum);
}

interface Moments {
  readonly mean: number[];
  readonly variance: number[] | null;
}

function momentsOf(head: Head, z: readonly number[], clip: Range): Moments {
  const { kind, mean, std, varianceFloor } = head;
  const within = (value: number, t: number) =>
    clip === null ? value : Math.min(Math.max(value, clip.low[t]!), clip.high[t]!);
  if (kind === 'rate') {
    return { mean: head.unit.map((unit, t) => within(unit * Math.exp(z[t]!), t)), variance: null };
  }
  if (kind === 'labels')
    return { mean: z.map((own, t) => within(1 / (1 + Math.exp(-own)), t)), variance: null };
  if (kind === 'quantiles') return { mean: medians(head, z).map(within), variance: null };
  const variance = std.map((own, t) => (softplus(z[mean.length + t]!) + varianceFloor) * own * own);
  return {
    mean: mean.map((center, t) => within(unbent(head.map, t, z[t]!) ?? center + std[t]! * z[t]!, t)),
    variance: kind === 'gaussian' ? variance : null,
  };
}

/** The quantile 0.5 of each target, which is among the levels. */
function medians(head: Head, z: readonly number[]): number[] {
  const { levels, mean, std } = head;
  return mean.map((center, t) => {
    let quantile = z[t]!;
    for (let l = 1; levels[l - 1]! < 0.5; l++) quantile += softplus(z[l * mean.length + t]!);
    return unbent(head.map, t, quantile) ?? center + std[t]! * quantile;
  });
}

/** The mixture of the members' Gaussians, or their product; without variances their mean and spread. */
function momentsTogether(all: readonly Moments[], weights: readonly number[], aggregator: string): Moments {
  const targets = all[0]!.mean.map((_, t) => t);
  const sum = (of: (own: Moments) => number) =>
    all.reduce((total, own, at) => total + weights[at]! * of(own), 0);
  if (aggregator === 'geometricMean') {
    const variance = targets.map((t) => 1 / sum((own) => 1 / own.variance![t]!));
    const mean = targets.map((t) => variance[t]! * sum((own) => own.mean[t]! / own.variance![t]!));
    return { mean, variance };
  }
  const mean = targets.map((t) => sum((own) => own.mean[t]!));
  const heads = all.every(({ variance }) => variance !== null);
  const variance = targets.map((t) =>
    sum((own) => (heads ? own.variance![t]! : 0) + (own.mean[t]! - mean[t]!) ** 2),
  );
  return { mean, variance };
}

function calibrated(p: readonly number[], calibration: Calibration): number[] {
  if (calibration === null) return [...p];
  const { method, parameters } = calibration;
  if (method === 'temperature') return softmax(p.map((value) => Math.log(value) / parameters[0]!));
  if (method === 'vector')
    return softmax(p.map((value, c) => parameters[c]! * Math.log(value) + parameters[p.length + c]!));
  const half = parameters.length / 2;
  const second = between(parameters.slice(0, half), parameters.slice(half), p[1]!);
  return [1 - second, second];
}

/** Linear between knots, level beyond them. */
function between(knots: readonly number[], values: readonly number[], x: number): number {
  if (x <= knots[0]!) return values[0]!;
  for (let at = 1; at < knots.length; at++) {
    if (x > knots[at]!) continue;
    const share = (x - knots[at - 1]!) / (knots[at]! - knots[at - 1]!);
    return values[at - 1]! + share * (values[at]! - values[at - 1]!);
  }
  return values.at(-1)!;
}

function labelOf({ threshold }: ExportedJson, contest: readonly number[]): number {
  if (threshold !== null) return contest[1]! >= threshold ? 1 : 0;
  return first(contest);
}

function first(p: readonly number[]): number {
  return p.indexOf(Math.max(...p));
}
