// Permutation importance: how much worse an ensemble's score becomes when a column says nothing any more, because every row
// is given the value of another one.
//
// **Source:** Breiman, "Random forests", Machine Learning 2001, section 10; Fisher, Rudin and Dominici, "All models are wrong,
// but many are useful", JMLR 2019, for any model and score.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { openMemberBlocks } from '../ensemble/predict/member-blocks.js';
import {
  aggregatorFor,
  type CombineOptions,
  ensembleCombiner,
  PREDICT_OPTIONS,
} from '../ensemble/predict/predict.js';
import { MEMBER_PREDICTION_OPTIONS } from '../ensemble/predict/predict-members.js';
import { requireMembers } from '../ensemble/predict/stored-members.js';
import { TuttiError } from '../errors.js';
import { mean, variance } from '../math/statistics.js';
import { type MetricName, metrics } from '../measure/metrics/metrics.js';
import { checkOptions, described, type OptionTable, option, pickOptions } from '../option-names.js';
import type { KnownRows } from '../predictions/known-rows.js';
import type { ExplainProgress } from './explain-progress.js';
import { type ExplainedColumn, explainedColumns, placedColumns } from './explained-columns.js';
import { drawExplainedRows, type ExplainedRows } from './explained-rows.js';
import { jobsOf, predictPlain, scoreJobs } from './permuted-jobs.js';
import { createScoreSink, type MemberScores, metricFor } from './scored-rows.js';

export interface ImportanceOptions extends CombineOptions {
  /** @default out of bag for the dataset that the ensemble was trained on, else held out */
  readonly rowsFrom?: KnownRows['rowsFrom'];
  /** How often each column is permuted. @default 5 */
  readonly repeats?: number;
  /**
   * Rows at most, drawn by the seed; Infinity for all. @default 2000, and of many columns fewer, so that columns ×
   * repeats × rows stay within a million, but never below 200
   */
  readonly maxRows?: number;
  /** @default log-loss, of votes the error rate; of numbers the RMSE */
  readonly metric?: MetricName;
  /** Columns to look at. @default all */
  readonly columns?: readonly string[];
  /** Columns that are permuted together, each list as one. @default each by itself */
  readonly groups?: readonly (readonly string[])[];
  /** Decides which rows are drawn and how they are permuted. @default 0 */
  readonly seed?: number;
  /** Told as rows are predicted. */
  readonly onProgress?: (progress: ExplainProgress) => void;
}

export const IMPORTANCE_OPTIONS = {
  ...PREDICT_OPTIONS,
  rowsFrom: option.oneOf('heldOut', 'outOfBag'),
  repeats: described(option.integer(1), {
    kind: 'number',
    says: 'how often each column is permuted',
    default: 5,
  }),
  maxRows: described(
    {
      expected: 'an integer ≥ 2, or Infinity',
      holds: (rows) => rows === Number.POSITIVE_INFINITY || option.integer(2).holds(rows),
    },
    {
      kind: 'number',
      says: 'rows at most, drawn by the seed',
      range: 'an integer ≥ 2',
      defaultSays: '2000, of many columns fewer',
    },
  ),
  metric: described(option.named(metrics), {
    kind: 'choice',
    says: 'the score whose change is measured',
    defaultSays: 'logLoss, or rmse of numbers',
  }),
  columns: option.texts,
  groups: {
    expected: 'a list of lists of columns',
    holds: (groups) => Array.isArray(groups) && groups.every((group) => option.texts.holds(group)),
  },
  seed: described(option.seed, {
    kind: 'number',
    says: 'decides which rows are drawn and how they are permuted',
    default: 0,
  }),
  onProgress: option.function,
} satisfies OptionTable<ImportanceOptions>;

/** How much a column matters; positive where the score becomes worse without it. */
export interface ColumnImportance {
  /** The column's name; of several together all names. */
  readonly name: string;
  readonly columns: readonly string[];
  /** How much worse the ensemble's score becomes, mean over the repeats; null where no row could be scored. */
  readonly importance: number | null;
  /** Standard deviation over the repeats (n − 1); null of fewer than two. */
  readonly repeatSpread: number | null;
  /** One for each repeat. */
  readonly repeats: readonly (number | null)[];
  /** The same of each member by itself, mean over the repeats. */
  readonly members: readonly (number | null)[];
  /** Mean and standard deviation (n − 1) of those; null of none, and of fewer than two. */
  readonly memberMean: number | null;
  readonly memberSpread: number | null;
}

export interface PermutationImportance {
  readonly metric: MetricName;
  readonly better: 'less' | 'more';
  readonly rowsFrom: KnownRows['rowsFrom'];
  /** Rows that columns were permuted on, and how many there were to draw from. */
  readonly rows: number;
  readonly of: number;
  readonly repeats: number;
  /** The ensemble's score on these rows as they are; out of bag each row by all members that never saw it. */
  readonly score: number;
  /** The most important first. */
  readonly columns: readonly ColumnImportance[];
}

const MOST_ROWS = 2000;
const LEAST_ROWS = 200;
const MOST_PREDICTED = 1_000_000;

/**
 * Measures how much each column matters to an ensemble, on the calling thread unless a runner is named. The bytes are the
 * same on any number of threads.
 *
 * @param dataset the one it was trained on, or rows that it was not trained on; weights of rows count.
 * @throws ERR_OPTION for a column that is none; ERR_DATA where no row is out of bag, and for fewer than two rows; what
 * `predictEnsemble` throws.
 */
export async function permutationImportance(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: ImportanceOptions = {},
): Promise<PermutationImportance> {
  checkOptions('permutationImportance', options, IMPORTANCE_OPTIONS);
  requireMembers(ensemble, 'to explain');
  const { repeats = 5, seed = 0, rowsFrom, onProgress, signal } = options;
  const { name, metric } = metricFor(ensemble, aggregatorFor(ensemble, options), options.metric);
  const columns = explainedColumns(placedColumns(ensemble, dataset), options.groups, options.columns);
  const { maxRows = defaultRows(columns.length * repeats) } = options;
  signal?.throwIfAborted();
  const rows = drawExplainedRows(ensemble, dataset, rowsFrom, maxRows, seed);
  requireRows(rows);
  const combine = ensembleCombiner(ensemble, options);
  const sink = () => createScoreSink(ensemble, metric, combine);
  const jobs = jobsOf(columns, repeats, rows, seed);
  const total = rows.rows * (1 + jobs.length);
  const blocks = await openMemberBlocks(ensemble, total, pickOptions(options, MEMBER_PREDICTION_OPTIONS));
  try {
    const tell = (done: number) => onProgress?.({ done, total });
    const plain = await predictPlain(blocks, rows);
    const asTheyAre = sink();
    asTheyAre.add(plain, rows.truth, rows.mask, rows.weights);
    const before = asTheyAre.finish();
    tell(rows.rows);
    const changes = await scoreJobs(blocks, rows, jobs, sink, {
      features: dataset.features,
      sign: metric.better === 'less' ? 1 : -1,
      tell,
      before: (donors) => {
        if (donors.mask === null) return before;
        const own = sink();
        own.add(plain, rows.truth, donors.mask, rows.weights);
        return own.finish();
      },
    });
    return {
      metric: name,
      better: metric.better,
      rowsFrom: rows.rowsFrom,
      rows: rows.rows,
      of: rows.of,
      repeats,
      score: before.ensemble!,
      columns: columns
        .map((column, at) => summary(column, changes.slice(at * repeats, (at + 1) * repeats)))
        .sort(
          (a, b) => (b.importance ?? Number.NEGATIVE_INFINITY) - (a.importance ?? Number.NEGATIVE_INFINITY),
        ),
    };
  } finally {
    blocks.close();
  }
}

function defaultRows(jobs: number): number {
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(MOST_PREDICTED / jobs)));
}

function requireRows({ rows, rowsFrom }: ExplainedRows): void {
  if (rows >= 2) return;
  const which = rowsFrom === 'outOfBag' ? ' that are out of bag' : '';
  const message = `Expected at least 2 rows${which}, among which a column can be permuted, got ${rows}`;
  throw new TuttiError('ERR_DATA', message, { rows });
}

function summary({ name, columns }: ExplainedColumn, changes: readonly MemberScores[]): ColumnImportance {
  const repeats = changes.map(({ ensemble }) => ensemble);
  const members = changes[0]!.members.map((_, member) => meanOf(changes.map((own) => own.members[member]!)));
  return {
    ...{ name, columns, repeats, members },
    importance: meanOf(repeats),
    repeatSpread: spreadOf(repeats),
    memberMean: meanOf(members),
    memberSpread: spreadOf(members),
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

function spreadOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  return Math.sqrt((variance(known) * known.length) / (known.length - 1));
}
