// What is measured after a training: out of bag, on the rows held out, and the one against the other.

import type { LoadedData } from '../../../data/load.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import {
  type EvaluateOptions,
  evaluateEnsemble,
  evaluateOutOfBag,
} from '../../../ensemble/evaluate/evaluate.js';
import type { IntervalOptions } from '../../../measure/correlation/intervals.js';
import { type HonestTestOptions, honestTest } from '../../../measure/honest-test.js';
import type { Aggregator } from '../../../predictions/aggregate/aggregators.js';
import { activeUnitsOf } from '../../../report/active-text.js';
import { type EnsembleReport, ensembleReport } from '../../../report/ensemble-report.js';

/** Measures an ensemble on the data it was loaded for. */
export async function measureTraining(
  ensemble: TrainedEnsemble,
  { train, test: heldOut }: Pick<LoadedData, 'train' | 'test'>,
  aggregator: Aggregator,
  intervals: Pick<EvaluateOptions, 'level' | 'replicates' | 'clip' | 'runner'> = {},
): Promise<EnsembleReport> {
  // Without intervals the level is the honest test's alone.
  const { level: _, ...others } = intervals;
  const figures = { aggregator, ...(intervals.replicates === 0 ? others : intervals) };
  const outOfBag = await evaluateOutOfBag(ensemble, train, figures);
  // Curves over sampled subsets are `tutti evaluate`'s: they take longer than all other figures together.
  const test =
    heldOut === null ? null : await evaluateEnsemble(ensemble, heldOut, { ...figures, curves: false });
  const honest =
    outOfBag === null || test === null
      ? null
      : honestTest(outOfBag.errorCorrelation, test.errorCorrelation, levelOf(intervals));
  const activeUnits = activeUnitsOf(ensemble, heldOut ?? train);
  return ensembleReport(ensemble, { outOfBag, test, honestTest: honest, activeUnits });
}

/** The honest test's level is that of the intervals beside it. */
function levelOf({ level }: Pick<IntervalOptions, 'level'>): HonestTestOptions {
  return level === undefined ? {} : { level };
}
