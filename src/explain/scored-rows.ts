// The score of an ensemble and of each of its members on the same rows, each row by the members that count for it.

import { outputCount, type Task } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { concatenate } from '../ensemble/predict/predict.js';
import { failOption } from '../errors.js';
import type { Metric, SummedMetric, WholeMetric } from '../measure/metrics/metric.js';
import { type MetricName, metrics } from '../measure/metrics/metrics.js';
import { wholeRowsOf } from '../measure/scores/resampled-rows.js';
import { givesVariances } from '../model/losses.js';
import { hasEpochs, type MemberSpec } from '../model/spec.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import type { TargetBlock } from '../predictions/blocks.js';
import type { Combine, CombinedPredictions } from '../predictions/combined-predictions.js';
import { labelsOf } from '../predictions/labels.js';
import type { Predictions } from '../predictions/predictions.js';
import { copyOf, joinedTruth, joinedValues } from '../predictions/row-parts.js';

/**
 * The metric of a name that a task and an aggregator have. @default log-loss, of votes the error rate; of numbers the RMSE
 * @throws ERR_OPTION
 */
export function metricFor(
  { task, plan, members }: TrainedEnsemble,
  aggregator: Aggregator,
  stated: MetricName | undefined,
): { readonly name: MetricName; readonly metric: Metric } {
  const { probabilities } = aggregators.get(aggregator);
  const usual = task.kind === 'regression' ? 'rmse' : probabilities ? 'logLoss' : 'errorRate';
  const name = stated ?? usual;
  const metric = metrics.get(name);
  if (!metric.tasks.includes(task.kind)) {
    const own = metrics.entries.filter(({ tasks }) => tasks.includes(task.kind)).map((entry) => entry.name);
    failOption('metric', `one of ${own.join(', ')} for ${task.kind}`, name);
  }
  if (metric.reads === 'probabilities' && !probabilities && task.kind === 'classification') {
    failOption('metric', `one that needs no probabilities, which ${aggregator} does not give`, name);
  }
  const heads = members.every(({ index }) => {
    const spec = plan.members[index]!;
    return hasEpochs(spec) && givesVariances(spec.loss);
  });
  if (metric.reads === 'variances' && !heads) {
    failOption('metric', 'one that needs no variances, which these members do not predict', name);
  }
  if (metric.reads === 'labels') failOption('metric', 'one of all numbers, not of labels', name);
  if (metric.reads === 'quantiles' && !members.every(({ index }) => hasQuantiles(plan.members[index]!))) {
    failOption('metric', 'one that needs no quantiles, which these members do not predict', name);
  }
  return { name, metric };
}

/** Scores of some rows: null where no row counts. */
export interface MemberScores {
  readonly ensemble: number | null;
  /** One each. */
  readonly members: readonly (number | null)[];
}

export interface ScoreSink {
  /** Adds rows. `mask`: u8[k, rows], or null where all members count. `weights`: f32[rows], or null. */
  add(
    members: readonly Predictions[],
    truth: TargetBlock,
    mask: Uint8Array | null,
    weights: Float32Array | null,
  ): void;
  finish(): MemberScores;
}

/** An empty sink. Cutting rows into blocks changes no bit. */
export function createScoreSink(ensemble: TrainedEnsemble, metric: Metric, combine: Combine): ScoreSink {
  const { task, members } = ensemble;
  const scores = Array.from({ length: members.length + 1 }, () =>
    metric.from === 'sums' ? summedScore(ensemble, metric) : wholeScore(task, metric),
  );
  const outputs = outputCount(task);
  return {
    add(own, truth, mask, weights) {
      const { rows } = truth;
      const counting = new Float64Array(rows);
      const any = new Float64Array(rows);
      for (const [member, predictions] of own.entries()) {
        for (let row = 0; row < rows; row++) {
          const counts = mask === null || mask[member * rows + row] === 1;
          counting[row] = counts ? (weights?.[row] ?? 1) : 0;
          if (counts) any[row] = counting[row]!;
        }
        scores[member]!.add({ ...predictions, ...ALONE }, truth, counting);
      }
      const combined = combine(own, mask);
      // Rows that no member of positive weight counts for.
      for (let row = 0; row < rows; row++) if (Number.isNaN(combined.mean[row * outputs]!)) any[row] = 0;
      scores[own.length]!.add(combined, truth, any);
    },
    finish() {
      const values = scores.map((score) => score.value());
      return { ensemble: values[members.length]!, members: values.slice(0, members.length) };
    },
  };
}

/** What a member's predictions lack of combined ones. */
const ALONE = { labels: null, flooredCount: 0, varianceKind: 'mixture' } as const;

/** The score of one set of predictions; rows of weight 0 are not read. */
interface OneScore {
  add(predictions: CombinedPredictions, truth: TargetBlock, weights: Float64Array): void;
  value(): number | null;
}

function summedScore({ task, encoding }: TrainedEnsemble, metric: SummedMetric): OneScore {
  const outputs = outputCount(task);
  const sums = new Float64Array(metric.sums(outputs));
  let weight = 0;
  return {
    add(predictions, truth, weights) {
      const { mean, logProbabilities, variance, quantiles } = predictions;
      const { rows } = truth;
      for (let row = 0; row < rows; row++) weight += weights[row]!;
      const chosen = metric.reads === 'choices' ? chosenOf(task, predictions) : NO_LABELS;
      metric.addRows(sums, {
        ...{ rows, outputs, mean, logProbabilities, variance, quantiles, chosen, truth, weights },
      });
    },
    value: () => (weight === 0 ? null : oneNumber(metric, sums, weight, encoding.targets.std)),
  };
}

/** Of a metric that needs all rows at once: they are kept. */
function wholeScore(task: Task, metric: WholeMetric): OneScore {
  const parts: CombinedPredictions[] = [];
  const truths: TargetBlock[] = [];
  const weights: Float64Array[] = [];
  return {
    add(predictions, truth, own) {
      parts.push({ ...predictions, ...copyOf(predictions), labels: chosenOf(task, predictions) });
      truths.push(truth);
      weights.push(own.slice());
    },
    value() {
      const rows = truths.reduce((sum, truth) => sum + truth.rows, 0);
      const all = weights.length === 1 ? weights[0]! : joinedValues(weights);
      const known = {
        ...{ task, rows, outputs: outputCount(task) },
        truth: joinedTruth(truths),
        weights: Float32Array.from(all),
        combined: concatenate(parts, rows),
      };
      const whole = wholeRowsOf(known);
      if (whole.rows === 0 || (metric.lacks?.(whole) ?? null) !== null) return null;
      const value = metric.value(metric.statistic.prepare(whole)(whole.weights));
      return value === null || Number.isNaN(value) ? null : value;
    },
  };
}

const NO_LABELS = new Int32Array(0);

function chosenOf(task: Task, { labels, mean, rows, outputs }: CombinedPredictions): Int32Array {
  return task.kind === 'classification' ? (labels ?? labelsOf(mean, rows, outputs)) : NO_LABELS;
}

/** Of several targets the mean, each in units of its standard deviation in training, since they have no unit in common. */
function oneNumber(
  metric: SummedMetric,
  sums: Float64Array,
  weight: number,
  deviations: readonly number[],
): number {
  if (metric.values === 'one') return metric.value(sums, weight);
  const values = metric.value(sums, weight);
  if (values.length === 1) return values[0]!;
  return values.reduce((sum, value, at) => sum + value / deviations[at]!, 0) / values.length;
}

function hasQuantiles(spec: MemberSpec): boolean {
  return hasEpochs(spec) && spec.quantiles !== undefined;
}
