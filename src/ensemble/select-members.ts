// Greedy selection: which members, and how often each, make the best average on rows they were not trained on.
// It finds weights; what they are worth must be measured on other rows again.

import type { Dataset, Task } from '../data/dataset.js';
import { failOption, TuttiError } from '../errors.js';
import { exp, log } from '../math/functions.js';
import { type TargetBlock, targetBlock } from '../measure/blocks.js';
import { largestAt } from '../measure/labels.js';
import type { Predictions } from '../measure/predictions.js';
import { LOG_LOSS_FLOOR } from '../measure/scores.js';
import { AGGREGATORS, type Aggregator, DEFAULT_TOLERANCE } from './aggregate/aggregate.js';
import type { Ensemble } from './ensemble.js';
import { checkDataset, eachOutOfBagBlock } from './evaluate.js';
import { eachBlock } from './predict.js';

export type SelectionMetric = 'errorRate' | 'logLoss' | 'squaredError';

export interface SelectionOptions {
  /**
   * `heldOut`: the dataset's rows, which no member was trained on. `outOfBag`: the dataset is the one the ensemble
   * was trained on, and each row judges the members that never saw it. @default 'heldOut'
   */
  readonly rows?: 'heldOut' | 'outOfBag';
  /** How many times a member is added, repetitions included. @default twice the members, at most 100 */
  readonly size?: number;
  /** @default 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** What is made small. @default 'logLoss' for classes, 'errorRate' for votes, 'squaredError' for numbers */
  readonly metric?: SelectionMetric;
}

export interface MemberSelection {
  /** One per trained member, in plan order: how often it was chosen, as a share; they sum to 1. */
  readonly weights: readonly number[];
  /** How often each was chosen. */
  readonly counts: readonly number[];
  readonly metric: SelectionMetric;
  readonly aggregator: Aggregator;
  /** Rows the choice was made on. */
  readonly rows: number;
  /** Of the selection, of all members equally, and of the best single member, on those same rows. */
  readonly score: number;
  readonly equalWeights: number;
  readonly bestMember: { readonly index: number; readonly score: number };
  /** Every addition with the score it led to; the selection is the shortest start of it with the best score. */
  readonly path: readonly { readonly index: number; readonly score: number }[];
}

/**
 * Adds, again and again and with replacement, the member that makes the average best; the first of equals.
 * Out of bag, a row whose chosen members all saw it counts as all its out-of-bag members predict it, so that
 * every choice is judged on the same rows.
 * @throws ERR_OPTION for options that do not fit the task, ERR_SHAPE or ERR_DATA for a dataset that does not fit,
 * ERR_DATA when no row is out of bag.
 *
 * **Source:** Caruana, Niculescu-Mizil, Crew, Ksikes (2004), Ensemble selection from libraries of models.
 */
export async function selectMembers(
  ensemble: Ensemble,
  dataset: Dataset,
  options: SelectionOptions = {},
): Promise<MemberSelection> {
  const { aggregator, metric, size } = resolveSelection(ensemble, options);
  const table = await collect(ensemble, dataset, aggregator, options.rows ?? 'heldOut');
  const judge = createJudge(table, ensemble.task, aggregator, metric);
  const members = ensemble.members.map((_, at) => at);
  const singles = members.map((at) => judge.scoreWith(at));
  const best = smallestAt(singles);
  const equalWeights = judge.scoreOf(members);
  const path: { index: number; score: number }[] = [];
  const order: number[] = [];
  for (let step = 0; step < size; step++) {
    const scores = members.map((at) => judge.scoreWith(at));
    const chosen = smallestAt(scores);
    judge.add(chosen);
    order.push(chosen);
    path.push({ index: ensemble.members[chosen]!.index, score: scores[chosen]! });
  }
  const length = smallestAt(path.map(({ score }) => score)) + 1;
  const counts = members.map((at) => order.slice(0, length).filter((chosen) => chosen === at).length);
  return {
    weights: counts.map((count) => count / length),
    counts,
    ...{ metric, aggregator, rows: table.rows, equalWeights },
    score: path[length - 1]!.score,
    bestMember: { index: ensemble.members[best]!.index, score: singles[best]! },
    path,
  };
}

function resolveSelection({ task, members }: Ensemble, options: SelectionOptions) {
  if (members.length === 0) throw new TuttiError('ERR_BUNDLE', 'This ensemble has no members to select from');
  const classes = task.kind === 'classification';
  const { aggregator = 'arithmeticMean', size = Math.min(100, 2 * members.length) } = options;
  if (!Number.isInteger(size) || size < 1) failOption('size', 'an integer ≥ 1', size);
  if (!AGGREGATORS.includes(aggregator))
    failOption('aggregator', `one of ${AGGREGATORS.join(', ')}`, aggregator);
  if (!classes && aggregator !== 'arithmeticMean') {
    failOption('aggregator', 'arithmeticMean to select from regressions', aggregator);
  }
  const votes = aggregator === 'majorityVote';
  const fitting: readonly SelectionMetric[] = !classes
    ? ['squaredError']
    : votes
      ? ['errorRate']
      : ['logLoss', 'errorRate', 'squaredError'];
  const metric = options.metric ?? fitting[0]!;
  if (!fitting.includes(metric)) failOption('metric', `one of ${fitting.join(', ')} here`, metric);
  return { aggregator, metric, size };
}

type Terms = Float32Array | Float64Array;

/** All predictions in the form in which an aggregator adds them up, and what is true. */
interface PredictionTable {
  readonly rows: number;
  readonly outputs: number;
  /** Per member [rows, outputs]. */
  readonly terms: readonly Terms[];
  /** Per member u8[rows], 1 where it counts; null when all do everywhere. */
  readonly counted: readonly Uint8Array[] | null;
  readonly labels: Int32Array;
  readonly targets: Float64Array;
}

async function collect(
  ensemble: Ensemble,
  dataset: Dataset,
  aggregator: Aggregator,
  from: 'heldOut' | 'outOfBag',
): Promise<PredictionTable> {
  const blocks: { terms: Terms[]; targets: TargetBlock; mask: Uint8Array | null }[] = [];
  const keep = (members: readonly Predictions[], targets: TargetBlock, mask: Uint8Array | null = null) => {
    blocks.push({ terms: members.map((member) => termsOf(member, aggregator)), targets, mask });
  };
  if (from === 'outOfBag') {
    if (!(await eachOutOfBagBlock(ensemble, dataset, keep))) {
      throw new TuttiError('ERR_DATA', 'Expected rows out of bag to select members on, got none');
    }
  } else {
    checkDataset(ensemble, dataset);
    await eachBlock(ensemble, dataset.x, dataset.rows, null, (members, range) => {
      keep(members, targetBlock(dataset, null, range));
    });
  }
  return tableOf(blocks, ensemble.members.length, ensemble.task);
}

/** Weight of the probabilities beside the votes, whose ties they break; too small to outweigh one of 2¹⁹ votes. */
const VOTE_TIE = 2 ** -20;

/** Probabilities or values, their logarithms, or votes. */
function termsOf({ rows, outputs, mean, logProbabilities }: Predictions, aggregator: Aggregator): Terms {
  switch (aggregator) {
    case 'arithmeticMean':
      return mean.slice();
    case 'geometricMean':
      if (logProbabilities !== null) return logProbabilities.slice();
      return mean.map((value) => log(Math.max(value, DEFAULT_TOLERANCE)));
    case 'majorityVote': {
      const votes = Float64Array.from(mean, (value) => value * VOTE_TIE);
      for (let row = 0; row < rows; row++)
        votes[row * outputs + largestAt(mean, row * outputs, outputs)]! += 1;
      return votes;
    }
    default:
      return aggregator satisfies never;
  }
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

interface Judge {
  /** The score of what is chosen with one more of member `at`. */
  scoreWith(at: number): number;
  /** The score of these members alone. */
  scoreOf(members: readonly number[]): number;
  add(at: number): void;
}

function createJudge(
  table: PredictionTable,
  task: Task,
  aggregator: Aggregator,
  metric: SelectionMetric,
): Judge {
  const { rows, outputs, terms, counted } = table;
  const counts = (member: number, row: number) => counted === null || counted[member]![row] === 1;
  const sums = new Float64Array(rows * outputs);
  const chosen = new Uint32Array(rows);
  const all = new Float64Array(rows * outputs);
  const allChosen = new Uint32Array(rows);
  const addTo = (into: Float64Array, numbers: Uint32Array, member: number) => {
    for (let row = 0; row < rows; row++) {
      if (!counts(member, row)) continue;
      numbers[row]!++;
      for (let o = row * outputs; o < (row + 1) * outputs; o++) into[o]! += terms[member]![o]!;
    }
  };
  for (let member = 0; member < terms.length; member++) addTo(all, allChosen, member);
  const average = new Float64Array(outputs);
  const score = rowScore(table, task, aggregator, metric);
  /** Mean score of the sums, with `extra` added where it counts. */
  const total = (from: Float64Array, numbers: Uint32Array, extra: number | null) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const adds = extra !== null && counts(extra, row);
      const number = numbers[row]! + (adds ? 1 : 0);
      for (let o = 0; o < outputs; o++) {
        const at = row * outputs + o;
        average[o] =
          number === 0 ? all[at]! / allChosen[row]! : (from[at]! + (adds ? terms[extra!]![at]! : 0)) / number;
      }
      sum += score(average, row);
    }
    return sum / rows;
  };
  return {
    scoreWith: (at) => total(sums, chosen, at),
    scoreOf(members) {
      const [own, numbers] = [new Float64Array(rows * outputs), new Uint32Array(rows)];
      for (const member of members) addTo(own, numbers, member);
      return total(own, numbers, null);
    },
    add: (at) => addTo(sums, chosen, at),
  };
}

/** The score of one row from the average of what its members said. */
function rowScore(
  { outputs, labels, targets }: PredictionTable,
  task: Task,
  aggregator: Aggregator,
  metric: SelectionMetric,
): (average: Float64Array, row: number) => number {
  if (task.kind === 'regression') {
    return (average, row) => {
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += (average[o]! - targets[row * outputs + o]!) ** 2;
      return sum;
    };
  }
  const normalise = aggregator === 'geometricMean' ? normaliseLogs : (values: Float64Array) => values;
  switch (metric) {
    case 'errorRate':
      return (average, row) => (largestAt(average, 0, outputs) === labels[row] ? 0 : 1);
    case 'logLoss':
      return (average, row) => -log(Math.max(normalise(average)[labels[row]!]!, LOG_LOSS_FLOOR));
    case 'squaredError':
      return (average, row) => {
        const probabilities = normalise(average);
        let sum = 0;
        for (let o = 0; o < outputs; o++) sum += (probabilities[o]! - (o === labels[row] ? 1 : 0)) ** 2;
        return sum;
      };
    default:
      return metric satisfies never;
  }
}

/** Mean logarithms → probabilities, in place. */
function normaliseLogs(logs: Float64Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of logs) most = Math.max(most, value);
  let sum = 0;
  for (let o = 0; o < logs.length; o++) {
    logs[o] = exp(logs[o]! - most);
    sum += logs[o]!;
  }
  for (let o = 0; o < logs.length; o++) logs[o]! /= sum;
  return logs;
}

/** The first position of the smallest value. */
function smallestAt(values: readonly number[]): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! < values[best]!) best = at;
  return best;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
