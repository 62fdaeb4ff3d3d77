// The figures of a cross-validation: out of fold over all rows, and over the folds.

import type { Task } from '../../data/dataset/dataset.js';
import { mean, variance } from '../../math/statistics.js';
import { INTERVAL_OPTIONS, type Interval } from '../../measure/correlation/intervals.js';
import { createMeasurement } from '../../measure/measurement.js';
import { type RowScores, scoreKnownRows } from '../../measure/scores/row-scores.js';
import { pickOptions } from '../../option-names.js';
import { combiner } from '../../predictions/aggregate/aggregate.js';
import { aggregators, DEFAULT_AGGREGATOR } from '../../predictions/aggregate/aggregators.js';
import { blockRanges } from '../../predictions/blocks.js';
import { columnsOf, rowsOf, truthOf } from '../../predictions/row-parts.js';
import type { CrossValidationOptions, FoldedScore, FoldResult, OutOfFold } from './cross-validation.js';
import { joinFolds } from './out-of-fold.js';
import type { FoldOutcome } from './run-folds.js';

/** Of the finished folds of one repeat. */
export function outOfFoldOf(
  finished: readonly FoldOutcome[],
  task: Task,
  planned: number,
  weights: Float32Array | null,
  options: CrossValidationOptions,
): OutOfFold {
  const { known, folds } = joinFolds(
    finished.map(({ tested }) => tested),
    task,
    planned,
    weights,
  );
  const intervals = pickOptions(options, {
    level: INTERVAL_OPTIONS.level,
    replicates: INTERVAL_OPTIONS.replicates,
  });
  const name = options.aggregator ?? DEFAULT_AGGREGATOR;
  const { members, mask, rows } = known;
  const measurement = createMeasurement({
    ...intervals,
    ...{ task, memberCount: planned, outOfBag: mask !== null },
    aggregator: { name, combine: combiner(name, task) },
  });
  for (const { start, end } of blockRanges(rows)) {
    measurement.addBlock(
      members.map((member) => rowsOf(member, start, end - start)),
      truthOf(known.truth, start, end - start),
      mask && columnsOf(mask, rows, start, end - start),
    );
  }
  const { probabilities } = aggregators.get(name);
  return {
    ...{ repeat: finished[0]!.result.repeat, known, folds },
    scores: scoreKnownRows(known, { ...intervals, probabilities }),
    measurement: measurement.finish(),
  };
}

export function foldedScores(results: readonly FoldResult[], outOfFold: readonly OutOfFold[]): FoldedScore[] {
  const first = outOfFold[0]?.scores.scores ?? [];
  return first.map(({ name, title }) => {
    const scoreIn = ({ scores }: RowScores) => scores.find((own) => own.name === name)?.value ?? null;
    const values = results.map(({ scores }) => scoreIn(scores));
    const known = values.filter((value) => value !== null);
    const all = outOfFold.map(({ scores }) => scoreIn(scores)).filter((value) => value !== null);
    return {
      ...{ name, title, values },
      mean: known.length === 0 ? null : mean(known),
      std: known.length < 2 ? null : Math.sqrt((variance(known) * known.length) / (known.length - 1)),
      outOfFold: all.length === 0 ? null : mean(all),
      interval: meanInterval(outOfFold, name),
    };
  });
}

function meanInterval(outOfFold: readonly OutOfFold[], name: string): Interval | null {
  const all = outOfFold.flatMap(
    ({ scores }) => scores.scores.find((own) => own.name === name)?.interval ?? [],
  );
  if (all.length < outOfFold.length || all.length === 0) return null;
  return { low: mean(all.map(({ low }) => low)), high: mean(all.map(({ high }) => high)) };
}
