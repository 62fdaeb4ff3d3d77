// What an ensemble says of one row, as an object of the user's own words: class names and target names.

import type { Task, TaskKind } from '../data/dataset/dataset.js';
import { TuttiError } from '../errors.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import { levelName, type Quantiles } from '../predictions/quantiles.js';

/** A number of each of some names. */
export interface NamedNumbers {
  readonly [name: string]: number;
}

/** Bounds that hold the truth as often as the coverage says, in the user's units. */
export interface PredictedInterval {
  readonly lower: number;
  readonly upper: number;
}

/** An interval of each of some names. */
export interface NamedIntervals {
  readonly [name: string]: PredictedInterval;
}

/** A row of a classification. */
export class PredictedClass {
  /** The class it most likely is; NaN probabilities have none: ''. */
  readonly label: string;
  /** The probability of each class, by its name; they sum to 1. */
  readonly probabilities: NamedNumbers;
  /** The classes that hold the truth as often as the coverage says, by their order; absent without a `coverage`. */
  declare readonly set?: readonly string[];

  constructor(label: string, probabilities: NamedNumbers, set?: readonly string[]) {
    this.label = label;
    this.probabilities = probabilities;
    if (set !== undefined) this.set = set;
  }

  /** @throws ERR_OPTION: a class has no interval. */
  get interval(): never {
    return failTask('interval', 'regression', 'set');
  }

  /** @throws ERR_OPTION: a class has no intervals. */
  get intervals(): never {
    return failTask('intervals', 'regression', 'set');
  }

  /** @throws ERR_OPTION: a class has no value. */
  get value(): never {
    return failTask('value', 'regression', 'label');
  }

  /** @throws ERR_OPTION: a class has no values. */
  get values(): never {
    return failTask('values', 'regression', 'probabilities');
  }

  /** @throws ERR_OPTION: a class has no deviation. */
  get deviation(): never {
    return failTask('deviation', 'regression', 'probabilities');
  }
}

/** A row of a regression. */
export class PredictedValue {
  /** The value of the only target, or of the first, in the user's units. */
  readonly value: number;
  /** The value of each target, by its name, in the user's units. */
  readonly values: NamedNumbers;
  /**
   * The standard deviation of each target about its value, by its name, in the user's units; null unless all members
   * have a Gaussian head: how far members differ is no deviation of the truth.
   */
  readonly deviation: NamedNumbers | null;
  /** Quantiles of the only target, or of the first, by their levels, `q0.05`; absent unless heads predict them (`loss` quantile). */
  declare readonly quantiles?: NamedNumbers;
  /** Those of each target, by its name; absent likewise. */
  declare readonly quantilesOf?: { readonly [target: string]: NamedNumbers };
  /** Bounds of the only target, or of the first; absent without a `coverage`. */
  declare readonly interval?: PredictedInterval;
  /** Bounds of each target, by its name, each of which holds its truth so often by itself; absent without a `coverage`. */
  declare readonly intervals?: NamedIntervals;

  constructor(
    value: number,
    values: NamedNumbers,
    deviation: NamedNumbers | null,
    intervals?: readonly (readonly [target: string, interval: PredictedInterval])[],
    quantiles?: readonly (readonly [target: string, quantiles: NamedNumbers])[],
  ) {
    this.value = value;
    this.values = values;
    this.deviation = deviation;
    if (quantiles !== undefined) {
      this.quantiles = quantiles[0]![1];
      this.quantilesOf = Object.fromEntries(quantiles);
    }
    const first = intervals?.[0];
    if (intervals === undefined || first === undefined) return;
    this.interval = first[1];
    this.intervals = Object.fromEntries(intervals);
  }

  /** @throws ERR_OPTION: a number has no set. */
  get set(): never {
    return failTask('set', 'classification', 'interval');
  }

  /** @throws ERR_OPTION: a number has no label. */
  get label(): never {
    return failTask('label', 'classification', 'value');
  }

  /** @throws ERR_OPTION: a number has no probabilities. */
  get probabilities(): never {
    return failTask('probabilities', 'classification', 'values');
  }
}

/** A row of a task; of one that is not known, either, and what the other lacks throws when it is looked at. */
export type PredictedRow<Kind extends TaskKind = TaskKind> = {
  readonly classification: PredictedClass;
  readonly regression: PredictedValue;
}[Kind];

/** The rows of predictions as objects, in their order. */
export function rowsOf<Kind extends TaskKind>(
  task: Task<Kind>,
  predictions: CombinedPredictions,
): PredictedRow<Kind>[];
export function rowsOf(task: Task, predictions: CombinedPredictions): PredictedRow[] {
  const row = task.kind === 'classification' ? classRow : valueRow;
  const names = task.kind === 'classification' ? task.classes : task.targets;
  return Array.from({ length: predictions.rows }, (_, at) => row(names, predictions, at));
}

function classRow(classes: readonly string[], predictions: CombinedPredictions, row: number): PredictedClass {
  const label = classes[predictions.labels?.[row] ?? -1] ?? '';
  const { sets } = predictions;
  const inSet = (_: string, at: number) => sets![row * classes.length + at] === 1;
  return new PredictedClass(label, named(classes, predictions.mean, row), sets && classes.filter(inSet));
}

function valueRow(targets: readonly string[], predictions: CombinedPredictions, row: number): PredictedValue {
  const { mean, variance, varianceKind, outputs } = predictions;
  const known = variance !== null && varianceKind !== 'spread';
  const deviation = known ? named(targets, variance, row, Math.sqrt) : null;
  const { lower, upper } = predictions;
  const intervals =
    lower &&
    upper &&
    targets.map((target, at) => {
      const place = row * outputs + at;
      return [target, { lower: lower[place]!, upper: upper[place]! }] as const;
    });
  const quantiles = predictions.quantiles && quantilesAt(targets, predictions.quantiles, row);
  const first = mean[row * outputs] ?? Number.NaN;
  return new PredictedValue(first, named(targets, mean, row), deviation, intervals, quantiles);
}

function quantilesAt(targets: readonly string[], { levels, values }: Quantiles, row: number) {
  const names = levels.map(levelName);
  return targets.map((target, at) => [target, named(names, values, row * targets.length + at)] as const);
}

/** Numbers [rows, names] of a row by their names. */
export function named(
  names: readonly string[],
  numbers: ArrayLike<number>,
  row: number,
  made: (value: number) => number = (value) => value,
): NamedNumbers {
  const start = row * names.length;
  return Object.fromEntries(names.map((name, at) => [name, made(numbers[start + at] ?? Number.NaN)]));
}

/** What is of the other task. @throws ERR_OPTION */
export function failTask(what: string, kind: TaskKind, instead: string): never {
  const own = kind === 'classification' ? 'regression' : 'classification';
  const message = `Expected \`${what}\` of a ${kind}, got that of a ${own}, which has \`${instead}\``;
  throw new TuttiError('ERR_OPTION', message, { property: what });
}
