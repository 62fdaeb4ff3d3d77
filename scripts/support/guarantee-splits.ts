// Coverage over many splits of a data set: by the members that never saw each training row, which gives up none, beside split
// conformal, which gives up a third of them to be scored by.

import type { ConformalMethod } from '../../src/conformal/scores.js';
import { loadTraining } from '../../src/data/load.js';
import {
  conformaliseEnsemble,
  createInlineRunner,
  Dataset,
  measureCoverage,
  type TrainingOptions,
  trainEnsemble,
} from '../../src/index.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { formerly } from './former-defaults.js';

/** Rows to draw splits from, or a way to draw new ones for each. */
export interface Source {
  readonly name: string;
  readonly train: number;
  readonly test: number;
  readonly options: TrainingOptions;
  /** All rows there are, or as many as a split takes, by its number. */
  rows(split: number): Dataset;
}

/** Of one way, over all splits: means, and the deviation of the coverage from split to split. */
export interface SplitFigures {
  readonly way: 'out of bag' | 'split';
  readonly method: ConformalMethod | 'interval';
  readonly coverage: number;
  readonly deviation: number;
  /** Mean width of intervals, in the user's units, or mean size of sets. */
  readonly size: number;
  /** Rows that members were trained on. */
  readonly trainedOn: number;
}

export const SOURCES: Readonly<Record<string, Source>> = {
  digits: {
    ...{ name: 'digits', train: 900, test: 897 },
    options: { members: 20, hidden: [16], epochs: 6, earlyStopping: 'none' },
    rows: fileRows('data/digits.csv', { target: 'digit' }),
  },
  diabetes: {
    ...{ name: 'diabetes', train: 300, test: 142 },
    options: { members: 20, hidden: [8], epochs: 30, earlyStopping: 'none', l2: 1e-3 },
    rows: fileRows('data/diabetes.csv', { target: 'progression', task: 'regression' }),
  },
  waves: {
    ...{ name: 'noisy waves, Gaussian heads', train: 300, test: 500 },
    options: { members: 20, hidden: [16], epochs: 60, earlyStopping: 'none', loss: 'gaussianNll' },
    rows: noisyWaves,
  },
  clusters: {
    ...{ name: 'overlapping clusters', train: 300, test: 500 },
    options: { members: 20, hidden: [8], epochs: 15, earlyStopping: 'none' },
    rows: overlapping,
  },
};

type FileOptions = Parameters<typeof loadTraining>[1];

function fileRows(path: string, options: FileOptions): () => Dataset {
  let known: Dataset | null = null;
  return () => {
    known ??= loadTraining(path, options).train;
    return known;
  };
}

/** y = sin 3x₁ + x₂ + noise whose deviation grows from 0.1 to 0.9 with x₁. */
function noisyWaves(split: number): Dataset {
  const rows = 800;
  const random = new RandomStream(streamKey(split, 'noise', 1));
  const x = Float64Array.from({ length: 2 * rows }, () => 2 * random.uniform() - 1);
  const targets = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = [x[2 * row]!, x[2 * row + 1]!];
    return Math.sin(3 * a) + b + (0.5 + 0.4 * a) * random.normal();
  });
  return Dataset.fromArrays({ x, rows, features: 2, targets });
}

/** Four Gaussian clusters of deviation 1 at the corners of a square of side 2. */
function overlapping(split: number): Dataset {
  const rows = 800;
  const random = new RandomStream(streamKey(split, 'noise', 2));
  const labels = Int32Array.from({ length: rows }, () => random.below(4));
  const x = Float64Array.from({ length: 2 * rows }, (_, at) => {
    const label = labels[at >> 1]!;
    return ((at & 1) === 0 ? 2 * (label & 1) : label & 2) - 1 + random.normal();
  });
  return Dataset.fromArrays({ x, rows, features: 2, labels });
}

/** Some rows of a dataset as one of its own. */
function part(all: Dataset, index: Uint32Array, like?: Dataset): Dataset {
  const { features, task } = all;
  const columns = task.kind === 'regression' ? task.targets.length : 1;
  const pick = (values: ArrayLike<number>, width: number) =>
    Float64Array.from({ length: index.length * width }, (_, at) => {
      return values[index[Math.floor(at / width)]! * width + (at % width)]!;
    });
  const truth =
    task.kind === 'classification'
      ? { labels: pick(all.labels, 1), classes: task.classes }
      : { targets: pick(all.targets, columns), targetNames: task.targets };
  const x = pick(all.x, features);
  const { classes: _, targetNames: __, ...plain } = { classes: 0, targetNames: 0, ...truth };
  const own = like === undefined ? truth : plain;
  return Dataset.fromArrays({ x, rows: index.length, features, ...own, ...(like && { like }) });
}

export interface SplitsOptions {
  readonly splits: number;
  readonly coverage: number;
  readonly methods?: readonly ConformalMethod[];
}

/** Trains, guarantees and measures on each split. */
export async function overSplits(
  source: Source,
  { splits, coverage, methods = ['lac', 'aps', 'raps'] }: SplitsOptions,
): Promise<SplitFigures[]> {
  const runner = createInlineRunner();
  const found = new Map<string, { held: number[]; sizes: number[]; trainedOn: number }>();
  for (let split = 0; split < splits; split++) {
    const all = source.rows(split);
    const order = Uint32Array.from({ length: all.rows }, (_, row) => row);
    shuffleInPlace(order, new RandomStream(streamKey(split, 'split')));
    const train = part(all, order.subarray(0, source.train));
    const test = part(all, order.subarray(source.train, source.train + source.test), train);
    const proper = Math.round((2 / 3) * source.train);
    const options = formerly({ ...source.options, resample: 'bootstrap', seed: split });
    const whole = await trainEnsemble(train, options, { runner });
    const fewer = part(all, order.subarray(0, proper));
    const held = part(all, order.subarray(proper, source.train), fewer);
    const lesser = await trainEnsemble(fewer, options, { runner });
    const ways = [
      ['out of bag', await conformaliseEnsemble(whole, train), source.train],
      ['split', await conformaliseEnsemble(lesser, held), proper],
    ] as const;
    for (const [way, ensemble, trainedOn] of ways) {
      for (const method of train.task.kind === 'regression' ? (['interval'] as const) : methods) {
        const asked = method === 'interval' ? { coverage } : { coverage, conformal: method };
        const measured = await measureCoverage(ensemble, test, asked);
        const own = found.get(`${way}|${method}`) ?? { held: [], sizes: [], trainedOn };
        const [first] = measured.kind === 'regression' ? measured.targets : [measured];
        own.held.push(first!.coverage.value);
        own.sizes.push('meanWidth' in first! ? first.meanWidth : first!.meanSize);
        found.set(`${way}|${method}`, own);
      }
    }
  }
  return [...found].map(([name, { held, sizes, trainedOn }]) => {
    const [way, method] = name.split('|') as [SplitFigures['way'], SplitFigures['method']];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const middle = mean(held);
    const deviation = Math.sqrt(mean(held.map((value) => (value - middle) ** 2)));
    return { way, method, coverage: middle, deviation, size: mean(sizes), trainedOn };
  });
}
