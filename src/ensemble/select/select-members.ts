// Greedy selection: which members, and how often each, make the best average on rows they were not trained on.
// It finds weights; what they are worth must be measured on other rows again.

import type { Dataset, Task } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { type Selecting, type SelectionMetric, selectionMetrics } from '../../measure/metrics/metrics.js';
import { squaredError } from '../../measure/metrics/squared-error.js';
import { checkOptions, described, type OptionTable, option } from '../../option-names.js';
import { type Aggregator, aggregators, DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import type { AggregatorDefinition, AggregatorTerms } from '../../predictions/aggregate/definition.js';
import { type RowRange, type TargetBlock, targetBlock } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { requireIndependent, type TrainedEnsemble } from '../ensemble.js';
import { eachOutOfBagBlock } from '../evaluate/out-of-bag-rows.js';
import { checkDataset } from '../predict/inputs.js';
import { eachBlock } from '../predict/predict.js';
import { requireMembers } from '../predict/stored-members.js';
import {
  checkSelection,
  helps,
  type SelectionCheck,
  selectGreedily,
  smallestAt,
} from './greedy-selection.js';
import {
  createJudge,
  createPairJudge,
  type Judge,
  type PredictionTable,
  range,
  type Terms,
} from './selection-judges.js';

export interface SelectionOptions extends LongCallOptions {
  /**
   * The dataset is the one the ensemble was trained on, and each row judges the members that never saw it. @default
   * false: its rows are such as no member was trained on
   */
  readonly outOfBag?: boolean;
  /** How many times a member is added, repetitions included. @default twice the members, at most 100 */
  readonly size?: number;
  /** Out of bag 'arithmeticMean' only. @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** What is made small. @default 'logLoss' for classes, 'errorRate' for votes, 'squaredError' for numbers and out of bag */
  readonly metric?: SelectionMetric;
  /**
   * Whether to take the selection even where it does no better than equal weights on rows it was not made on. @default
   * false: then all members count equally
   */
  readonly always?: boolean;
}

/** What the options must be; see src/option-names.ts. */
export const SELECTION_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  outOfBag: described(option.flag, {
    kind: 'flag',
    says: 'the rows are the training rows: judge each by the members that never saw it',
    default: false,
  }),
  size: described(option.integer(1), {
    kind: 'number',
    says: 'members to add at most, repetitions counted',
    defaultSays: 'twice the members, up to 100',
  }),
  aggregator: option.named(aggregators),
  metric: described(option.named(selectionMetrics), {
    kind: 'choice',
    says: 'what to make small',
    defaultSays: 'logLoss for classes, errorRate for votes, squaredError for numbers and out of bag',
  }),
  always: described(option.flag, {
    kind: 'flag',
    says: 'take the selection even if it does not help on rows it was not made on',
    default: false,
  }),
} satisfies OptionTable<SelectionOptions>;

export interface MemberSelection {
  /** One per trained member, in plan order: how often it counts, as a share; they sum to 1. */
  readonly weights: readonly number[];
  /** How often each counts: was chosen, or 1 each where equal weights are kept. */
  readonly counts: readonly number[];
  /** Whether the weights are the selection's, and not equal. */
  readonly selected: boolean;
  /** What such a selection is worth on rows it was not made on; null with too few rows to say. */
  readonly check: SelectionCheck | null;
  readonly metric: SelectionMetric;
  readonly aggregator: Aggregator;
  /** Rows the choice was made on. */
  readonly rows: number;
  /** Of the selection, of all members equally, and of the best single member, on those same rows: too good. */
  readonly score: number;
  readonly equalWeights: number;
  /** `index`: in the plan; `place`: among the trained members, which `ensemble.members` and weights go by. */
  readonly bestMember: { readonly index: number; readonly place: number; readonly score: number };
  /** Every addition with the score it led to; the selection is the shortest start of it with the best score. */
  readonly path: readonly { readonly index: number; readonly place: number; readonly score: number }[];
}

/**
 * Adds, again and again and with replacement, the member that makes the average best; the first of equals.
 * Out of bag it goes by the squared error that the members' error correlations foretell; its cost grows with the
 * square of the number of members.
 *
 * The score on the rows it was made on is too good: of members that are much alike it picks those that were lucky
 * there. So the same selection is made on nine tenths of the rows at a time and scored on the tenth; unless that is
 * better than equal weights by two standard errors, equal weights are what is returned.
 * @throws ERR_OPTION for options that do not fit the task, ERR_SHAPE or ERR_DATA for a dataset that does not fit,
 * ERR_DATA when no row is out of bag.
 *
 * **Source:** Caruana, Niculescu-Mizil, Crew, Ksikes (2004), Ensemble selection from libraries of models.
 */
export async function selectMembers(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: SelectionOptions = {},
): Promise<MemberSelection> {
  checkOptions('selectMembers', options, SELECTION_OPTIONS);
  const { aggregator, form, metric } = resolveSelection(ensemble, options);
  const { size = Math.min(100, 2 * ensemble.members.length) } = options;
  const { signal } = options;
  const table = await collect(ensemble, dataset, form, options);
  const judgeOf = judgesOf(ensemble, form, metric);
  const judge = judgeOf(table);
  const members = range(ensemble.members.length);
  const singles = members.map((at) => judge.scoreWith(at));
  const best = smallestAt(singles);
  const equalWeights = judge.scoreOf(members);
  const { path, chosen } = await selectGreedily(judge, members.length, size, signal);
  const check = await checkSelection(table, judgeOf, size, signal);
  const selected = options.always === true || (check !== null && helps(check));
  const counts = members.map((at) => (selected ? chosen.filter((own) => own === at).length : 1));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const placed = (at: number, score: number) => ({ index: ensemble.members[at]!.index, place: at, score });
  return {
    weights: counts.map((count) => count / total),
    ...{ counts, selected, check, metric: metric.name, aggregator, rows: table.rows, equalWeights },
    score: path[chosen.length - 1]!.score,
    bestMember: placed(best, singles[best]!),
    path: path.map(({ member, score }) => placed(member, score)),
  };
}

/** What a selection goes by. */
interface Judging {
  readonly aggregator: Aggregator;
  readonly form: AggregatorTerms;
  readonly metric: Selecting;
}

/** @throws ERR_OPTION for what does not fit the task. */
export function resolveSelection(
  ensemble: TrainedEnsemble,
  options: Pick<SelectionOptions, 'aggregator' | 'metric' | 'outOfBag'>,
): Judging {
  requireMembers(ensemble, 'to select from');
  requireIndependent(ensemble);
  const { task } = ensemble;
  const { aggregator = DEFAULT_AGGREGATOR, outOfBag = false } = options;
  const squares = task.kind === 'regression' || outOfBag;
  const where = outOfBag ? 'out of bag' : `for ${task.kind}`;
  const fits = ({ linear, terms }: AggregatorDefinition) => terms !== null && (linear || !squares);
  const { terms: form } = aggregators.get(aggregator);
  if (form === null || !fits(aggregators.get(aggregator))) {
    const names = aggregators.entries.filter(fits).map(({ name }) => name);
    return failOption('aggregator', `${names.join(' or ')} to select ${where}`, aggregator);
  }
  const fitting = selectionMetrics.entries.filter(({ name, tasks, reads }) => {
    if (outOfBag) return name === squaredError.name;
    return tasks.includes(task.kind) && (reads === 'choices' || !form.choiceOnly);
  });
  const metric = fitting.find(({ name }) => name === (options.metric ?? name));
  if (metric === undefined) {
    const names = fitting.map(({ name }) => name).join(', ');
    return failOption('metric', `one of ${names} ${where}`, options.metric);
  }
  return { aggregator, form, metric };
}

/** What judges rows of a table. */
export function judgesOf(
  { task }: TrainedEnsemble,
  form: AggregatorTerms,
  metric: Selecting,
): (rows: PredictionTable) => Judge {
  return (rows) =>
    rows.counted === null ? createJudge(rows, task, form, metric) : createPairJudge(rows, task);
}

/** What the members say of the rows, in the form in which it is averaged. */
export async function collect(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  form: AggregatorTerms,
  { outOfBag, signal }: Pick<SelectionOptions, 'outOfBag' | 'signal'>,
): Promise<PredictionTable> {
  const options = signal === undefined ? {} : { signal };
  const blocks: { terms: Terms[]; targets: TargetBlock; mask: Uint8Array | null }[] = [];
  const keep = (members: readonly Predictions[], targets: TargetBlock, mask: Uint8Array | null = null) => {
    blocks.push({ terms: members.map((member) => form.of(member)), targets, mask });
  };
  if (outOfBag) {
    if (!(await eachOutOfBagBlock(ensemble, dataset, keep, options))) {
      throw new TuttiError('ERR_DATA', 'Expected rows out of bag to select members on, got none');
    }
  } else {
    checkDataset(ensemble, dataset);
    const keepBlock = (members: readonly Predictions[], own: RowRange) =>
      keep(members, targetBlock(dataset, null, own));
    await eachBlock(ensemble, dataset.x, dataset.rows, null, keepBlock, options);
  }
  return tableOf(blocks, ensemble.members.length, ensemble.task);
}

/** Joins the blocks, leaving out the rows that no member counts for. */
function tableOf(
  blocks: readonly { terms: Terms[]; targets: TargetBlock; mask: Uint8Array | null }[],
  members: number,
  task: Task,
): PredictionTable {
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const masked = blocks[0]!.mask !== null;
  const kept = blocks.map(({ targets, mask }) =>
    Array.from({ length: targets.rows }, (_, row) => row).filter(
      (row) => mask === null || range(members).some((member) => mask[member * targets.rows + row] === 1),
    ),
  );
  const rows = kept.reduce((sum, own) => sum + own.length, 0);
  const terms = range(members).map(() => new Float64Array(rows * outputs));
  const counted = range(members).map(() => new Uint8Array(masked ? rows : 0));
  const labels = new Int32Array(rows);
  const targets = new Float64Array(task.kind === 'regression' ? rows * outputs : 0);
  let to = 0;
  for (const [b, block] of blocks.entries()) {
    for (const row of kept[b]!) {
      for (let member = 0; member < members; member++) {
        const own = block.terms[member]!.subarray(row * outputs, (row + 1) * outputs);
        terms[member]!.set(own, to * outputs);
        if (masked) counted[member]![to] = block.mask![member * block.targets.rows + row]!;
      }
      if (task.kind === 'classification') labels[to] = block.targets.labels[row]!;
      else targets.set(block.targets.targets.subarray(row * outputs, (row + 1) * outputs), to * outputs);
      to++;
    }
  }
  return { rows, outputs, terms, counted: masked ? counted : null, labels, targets };
}
