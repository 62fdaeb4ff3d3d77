// Keeps a few members of an ensemble: those whose average is best, found one after the other on rows that they were not
// trained on, with what leaving out the others costs on rows that the choice was not made on.

import type { Dataset } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import type { LongCallOptions } from '../../long-calls.js';
import { studentQuantile } from '../../math/student.js';
import type { SelectionMetric } from '../../measure/metrics/metrics.js';
import { checkOptions, described, type OptionTable, option } from '../../option-names.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { isOfMasks, requireIndependent, type TrainedEnsemble } from '../ensemble.js';
import { pickMembers } from '../pick-members.js';
import { requireMembers } from '../predict/stored-members.js';
import { checkSelection, selectDistinct } from './greedy-selection.js';
import { collect, judgesOf, resolveSelection, SELECTION_OPTIONS } from './select-members.js';
import { range } from './selection-judges.js';

export interface PruneOptions extends LongCallOptions {
  /** How many members are kept, an integer ≥ 1. */
  readonly members: number;
  /**
   * The dataset is the one the ensemble was trained on, and each row judges the members that never saw it. @default
   * false: its rows are such as no member was trained on
   */
  readonly outOfBag?: boolean;
  /** Out of bag 'arithmeticMean' only. @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** What is made small. @default 'logLoss' for classes, 'errorRate' for votes, 'squaredError' for numbers and out of bag */
  readonly metric?: SelectionMetric;
}

/** What the options must be; see src/option-names.ts. */
export const PRUNE_OPTIONS = {
  members: described(option.required(option.integer(1)), {
    kind: 'number',
    says: 'how many members are kept',
  }),
  outOfBag: SELECTION_OPTIONS.outOfBag,
  aggregator: SELECTION_OPTIONS.aggregator,
  metric: SELECTION_OPTIONS.metric,
  signal: SELECTION_OPTIONS.signal,
} satisfies OptionTable<PruneOptions>;

/** `Own` is the form of the ensemble: its plain record, or one with methods. */
export interface Pruned<Own = TrainedEnsemble> {
  /** The members kept, in plan order, each with the same weight. */
  readonly ensemble: Own;
  readonly report: PruneReport;
}

export interface PruneReport {
  /** Plan indices in the ensemble before, in the order in which they were chosen. */
  readonly kept: readonly number[];
  /** Trained members before, and the numbers that members are made of, before and after. */
  readonly membersBefore: number;
  readonly parametersBefore: number;
  readonly parameters: number;
  readonly metric: SelectionMetric;
  readonly aggregator: Aggregator;
  /** Rows that the choice was made on. */
  readonly rows: number;
  /** On those: of all members equally, and of those kept, which were chosen there and so look better than they are. */
  readonly before: number;
  readonly after: number;
  /**
   * The same of choices made on nine tenths of the rows at a time and scored on the others: what pruning costs. `cost` is
   * `after` − `before`, above 0 where it makes the score worse, with its 95 % interval from the ten parts (Student's t).
   * Null with too few rows to say.
   */
  readonly check: {
    readonly before: number;
    readonly after: number;
    readonly cost: number;
    readonly interval: readonly [low: number, high: number];
  } | null;
}

/**
 * Keeps so many members: adds, again and again, the one that makes the average of those chosen so far best.
 * @throws ERR_OPTION for more members than there are, and for options that do not fit the task; ERR_SHAPE or ERR_DATA for a
 * dataset that does not fit; ERR_DATA when no row is out of bag.
 *
 * **Source:** Caruana, Niculescu-Mizil, Crew, Ksikes (2004), Ensemble selection from libraries of models; Stone (1974),
 * Cross-validatory choice and assessment of statistical predictions, for the check.
 */
export async function pruneEnsemble(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: PruneOptions,
): Promise<Pruned> {
  checkOptions('pruneEnsemble', options, PRUNE_OPTIONS);
  requireMembers(ensemble, 'to prune');
  requireIndependent(ensemble);
  if (isOfMasks(ensemble)) failOption('ensemble', 'one that was trained', 'masks of a net');
  const { members: size, signal } = options;
  const before = ensemble.members.length;
  if (size > before) failOption('members', `at most the ${before} there are`, size);
  const { aggregator, form, metric } = resolveSelection(ensemble, options);
  const table = await collect(ensemble, dataset, form, options);
  const judgeOf = judgesOf(ensemble, form, metric);
  const { path, chosen } = await selectDistinct(judgeOf(table), before, size, signal);
  const check = await checkSelection(table, judgeOf, size, signal, selectDistinct);
  const pruned = pickMembers(ensemble, chosen);
  const numbersOf = ({ members }: TrainedEnsemble) =>
    members.reduce((sum, { parameters }) => sum + parameters.length, 0);
  return {
    ensemble: {
      ...pruned,
      members: pruned.members.map(({ averagingWeight: _, ...member }) => member),
    },
    report: {
      kept: chosen.map((place) => ensemble.members[place]!.index),
      ...{ membersBefore: before, parametersBefore: numbersOf(ensemble), parameters: numbersOf(pruned) },
      ...{ metric: metric.name, aggregator, rows: table.rows },
      before: judgeOf(table).scoreOf(range(before)),
      after: path.at(-1)!.score,
      check: check && costOf(check),
    },
  };
}

/** Of means over the parts. */
function costOf(check: NonNullable<Awaited<ReturnType<typeof checkSelection>>>): PruneReport['check'] {
  const { parts, score, equalWeights, gain, standardError } = check;
  const wide = studentQuantile(0.025, parts - 1) * standardError;
  return { before: equalWeights, after: score, cost: -gain, interval: [-gain - wide, wide - gain] };
}
