// Which of several ensembles is better on the same rows: every score of each, and paired differences with intervals, so
// that what makes a row hard for all of them says nothing for or against one.

import type { Dataset } from '../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { checkDataset } from '../../ensemble/predict/inputs.js';
import {
  aggregatorFor,
  type CombineOptions,
  PREDICT_OPTIONS,
  predictEnsemble,
} from '../../ensemble/predict/predict.js';
import { describe, failOption, TuttiError } from '../../errors.js';
import { betweenBlocks } from '../../long-calls.js';
import {
  INTERVAL_OPTIONS,
  INTERVAL_USES,
  type Interval,
  type IntervalOptions,
} from '../../measure/correlation/intervals.js';
import { type McNemar, mcNemar } from '../../measure/scores/mcnemar.js';
import {
  type DrawnScores,
  type RowScores,
  scoreDifferences,
  scoreWithDraws,
} from '../../measure/scores/row-scores.js';
import { checkOptions, type OptionTable, option, pickOptions, requireUses } from '../../option-names.js';
import { type Aggregator, aggregators } from '../../predictions/aggregate/aggregators.js';
import { targetBlock } from '../../predictions/blocks.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';

export interface CompareOptions
  extends Pick<CombineOptions, 'aggregator' | 'clip' | 'calibrated' | 'runner' | 'signal'>,
    IntervalOptions {
  /** What each is called, in their order. @default A, B, C, … */
  readonly names?: readonly string[];
}

const { aggregator, clip, calibrated, runner, signal } = PREDICT_OPTIONS;

const PREDICTING = { aggregator, clip, calibrated, runner, signal };

/** What the options must be; see src/option-names.ts. */
export const COMPARISON_OPTIONS = {
  ...PREDICTING,
  ...INTERVAL_OPTIONS,
  names: option.texts,
} satisfies OptionTable<CompareOptions>;

/** One score of two ensembles on the same rows. */
export interface PairedScore {
  readonly metric: string;
  readonly title: string;
  readonly first: number;
  readonly second: number;
  /** second − first. */
  readonly difference: number;
  /** Of the difference, over the choice of rows; null without replicates and where no choice would change it. */
  readonly interval: Interval | null;
  /** The one whose score is better in all of the interval; null where no difference is shown. */
  readonly better: 'first' | 'second' | null;
}

/** An ensemble beside the first. */
export interface PairedComparison {
  /** Their places among the ensembles. */
  readonly first: number;
  readonly second: number;
  readonly scores: readonly PairedScore[];
  /** Of classes: whether they err on other rows more than chance explains; null for numbers. */
  readonly mcNemar: McNemar | null;
}

export interface EnsembleComparison {
  /** Rows with a weight above 0. */
  readonly rows: number;
  readonly weighted: boolean;
  /** How often intervals hold the true difference; null where there are none. */
  readonly level: number | null;
  readonly replicates: number;
  readonly ensembles: readonly {
    readonly name: string;
    readonly members: number;
    readonly aggregator: Aggregator;
    readonly scores: RowScores;
  }[];
  /** Each other ensemble beside the first. */
  readonly comparisons: readonly PairedComparison[];
}

/** As src/api/comparisons.ts says of it, on the calling thread where no runner is named. */
export async function compareEnsembles(
  ensembles: readonly TrainedEnsemble[],
  rows: Dataset | readonly Dataset[],
  options: CompareOptions = {},
): Promise<EnsembleComparison> {
  checkOptions('compareEnsembles', options, COMPARISON_OPTIONS);
  requireUses<IntervalOptions>(options, INTERVAL_USES);
  options.signal?.throwIfAborted();
  const names = namesOf(ensembles, options.names);
  const datasets = isList(rows) ? rows : ensembles.map(() => rows);
  requireAlike(ensembles, datasets, names);
  // The same for all, or their differences would be of other rows.
  const weights = datasets.find(({ rowWeights }) => rowWeights !== null)?.rowWeights ?? null;
  const all: Scored[] = [];
  for (const [at, ensemble] of ensembles.entries()) {
    all.push(await scored(ensemble, datasets[at]!, weights, options));
    await betweenBlocks(options.signal);
  }
  const { scores } = all[0]!.drawn;
  const { labels } = targetBlock(datasets[0]!, null, { start: 0, end: datasets[0]!.rows });
  return {
    ...{ rows: scores.rows, weighted: scores.weighted, level: scores.level, replicates: scores.replicates },
    ensembles: all.map(({ name, drawn }, at) => {
      const members = ensembles[at]!.members.length;
      return { name: names[at]!, members, aggregator: name, scores: drawn.scores };
    }),
    comparisons: all.slice(1).map((other, at): PairedComparison => {
      const [before, after] = [all[0]!.combined.labels, other.combined.labels];
      return {
        ...{ first: 0, second: at + 1, scores: pairedScores(all[0]!.drawn, other.drawn) },
        mcNemar: before === null || after === null ? null : mcNemar(labels, before, after, weights),
      };
    }),
  };
}

function isList(rows: Dataset | readonly Dataset[]): rows is readonly Dataset[] {
  return Array.isArray(rows);
}

function namesOf(
  ensembles: readonly TrainedEnsemble[],
  given: readonly string[] | undefined,
): readonly string[] {
  if (!Array.isArray(ensembles) || ensembles.length < 2) {
    failOption('ensembles', 'a list of at least two, to compare them', ensembles);
  }
  const names = given ?? ensembles.map((_, at) => String.fromCodePoint('A'.charCodeAt(0) + at));
  if (names.length === ensembles.length) return names;
  return failOption('names', `one for each of ${ensembles.length} ensembles`, given);
}

/** Differences mean something on the same rows and the same task alone. @throws ERR_SHAPE */
function requireAlike(
  ensembles: readonly TrainedEnsemble[],
  datasets: readonly Dataset[],
  names: readonly string[],
): void {
  if (datasets.length !== ensembles.length) {
    const expected = `Expected a dataset for each of ${ensembles.length} ensembles`;
    throw new TuttiError('ERR_SHAPE', `${expected}, got ${datasets.length}`);
  }
  requireSameTask(ensembles, names);
  ensembles.forEach((ensemble, at) => {
    checkDataset(ensemble, datasets[at]!);
    requireTruth(datasets[0]!, datasets[at]!, names[0]!, names[at]!);
  });
}

/** @throws ERR_SHAPE for ensembles of other classes or targets than the first, by their names. */
export function requireSameTask(ensembles: readonly TrainedEnsemble[], names: readonly string[]): void {
  ensembles.forEach((ensemble, at) => {
    requireTask(ensembles[0]!, ensemble, names[0]!, names[at]!);
  });
}

function requireTask(
  { task: first }: TrainedEnsemble,
  { task }: TrainedEnsemble,
  name: string,
  own: string,
): void {
  const wordsOf = (of: TrainedEnsemble['task']) => (of.kind === 'classification' ? of.classes : of.targets);
  const [expected, got] = [wordsOf(first), wordsOf(task)];
  const same = task.kind === first.kind && expected.join('\n') === got.join('\n');
  if (same) return;
  const what = (of: TrainedEnsemble['task']) => (of.kind === 'classification' ? 'classes' : 'targets');
  const listed = (words: readonly string[]) =>
    words
      .slice(0, 8)
      .map((word) => describe(word))
      .join(', ');
  const message = `Expected ${own} to predict the ${what(first)} of ${name} (${listed(expected)}), got the ${what(task)} ${listed(got)}`;
  throw new TuttiError('ERR_SHAPE', message, { first: name, second: own });
}

function requireTruth(first: Dataset, other: Dataset, name: string, own: string): void {
  const rows = first.rows === other.rows ? otherRow(first, other) : null;
  if (rows === -1) return;
  const got = rows === null ? `${other.rows} rows` : `another target in row ${rows}`;
  throw new TuttiError('ERR_SHAPE', `Expected the ${first.rows} rows of ${name} for ${own} too, got ${got}`);
}

/** The first row whose truth is another one; −1 where there is none. */
function otherRow(first: Dataset, other: Dataset): number {
  const truthOf = (of: Dataset) => (of.task.kind === 'classification' ? of.labels : of.targets);
  const [expected, got] = [truthOf(first), truthOf(other)];
  const columns = expected.length / first.rows;
  const at = expected.findIndex((value, place) => value !== got[place]);
  return at < 0 ? -1 : Math.floor(at / columns);
}

/** What an ensemble says of its rows, and the scores of that. */
interface Scored {
  readonly name: Aggregator;
  readonly combined: CombinedPredictions;
  readonly drawn: DrawnScores;
}

async function scored(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  weights: Float32Array | null,
  options: CompareOptions,
): Promise<Scored> {
  const name = aggregatorFor(ensemble, options);
  const combined = await predictEnsemble(ensemble, dataset, pickOptions(options, PREDICTING));
  const { task } = ensemble;
  const { rows } = dataset;
  const truth = targetBlock(dataset, null, { start: 0, end: rows });
  const drawn = scoreWithDraws(
    { task, rows, outputs: combined.outputs, truth, weights, combined },
    { ...pickOptions(options, INTERVAL_OPTIONS), probabilities: aggregators.get(name).probabilities },
  );
  return { name, combined, drawn };
}

function pairedScores(first: DrawnScores, second: DrawnScores): PairedScore[] {
  const valueIn = ({ scores }: DrawnScores, metric: string) =>
    scores.scores.find(({ name }) => name === metric)!;
  const level = first.scores.level ?? INTERVAL_OPTIONS.level.default;
  return scoreDifferences(second, first, level).map(({ metric, difference, interval, better }) => {
    const { title, value } = valueIn(first, metric);
    const shown = interval !== null && (interval.low > 0 || interval.high < 0);
    return {
      ...{ metric, title, first: value!, second: valueIn(second, metric).value!, difference, interval },
      better: shown && better !== null ? (better ? 'second' : 'first') : null,
    };
  });
}
