// What an ensemble guarantees of new rows, from the conformity that it carries: what must hold for that, and the errors
// where it does not.

import type { Conformity } from '../../conformal/conformity.js';
import { createGuarantee, type Guarantee } from '../../conformal/guarantee.js';
import { COVERAGE_USES, type CoverageOptions } from '../../conformal/guarantee-options.js';
import { quickCalibration } from '../../conformal/quick-calibration.js';
import type { Values } from '../../data/dataset/dataset.js';
import { failOption, TuttiError } from '../../errors.js';
import { requireUses } from '../../option-names.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { Predictions } from '../../predictions/predictions.js';
import { bareEnsemble, type TrainedEnsemble } from '../ensemble.js';
import { averagingWeights } from './averaging-weights.js';
import { aggregatorFor, ensembleCombiner } from './ensemble-combiner.js';
import type { RowOptions } from './row-runner.js';

/** What intervals or sets are made with for each block of rows; null where no coverage is asked for. */
export function ensembleGuarantee(ensemble: TrainedEnsemble, options: RowOptions): Guarantee | null {
  requireUses<CoverageOptions>(options, COVERAGE_USES);
  const { coverage, conformal } = options;
  if (coverage === undefined) return null;
  const { task, features, members, conformity } = ensemble;
  if (task.kind === 'regression' && conformal !== undefined)
    failOption('conformal', 'absent for regression, whose guarantee is an interval', conformal);
  if (conformity === null) failWithout(coverage);
  requireSameMembers(conformity.aggregator, { ...options, aggregator: aggregatorFor(ensemble, options) });
  const weights = averagingWeights(ensemble);
  const settings = { conformity, task, members: members.length, features, weights };
  return createGuarantee({
    ...settings,
    calibrate: calibrateOf(ensemble, conformity),
    coverage,
    conformal,
  });
}

/** Where scores are of calibrated probabilities, what makes such ones of those by the members that never saw a row. */
function calibrateOf({ calibration, task }: TrainedEnsemble, { calibrated, aggregator }: Conformity) {
  if (!calibrated) return null;
  if (calibration === null || calibration.method === null || task.kind !== 'classification') {
    const message = 'The scores of this ensemble are of calibrated probabilities, and it has none';
    throw new TuttiError('ERR_BUNDLE', message);
  }
  return quickCalibration(calibration, task.classes.length, aggregators.get(aggregator).floors.length > 0);
}

function failWithout(coverage: number): never {
  const message =
    `A coverage of ${coverage} cannot be guaranteed: this ensemble keeps no scores of rows that members never saw; ` +
    '`tutti calibrate` makes them of the training file, where members left rows out, or of held-out rows ' +
    '(`ensemble.conformalise(rows)` in a program); `tutti train` does so by itself where members leave rows out';
  throw new TuttiError('ERR_DATA', message, { option: 'coverage' });
}

/** What was scored is what is guaranteed. @throws ERR_OPTION */
function requireSameMembers(made: string, options: RowOptions): void {
  const { aggregator, weights, tolerance, clip } = options;
  if (aggregator !== made) {
    failOption(
      'aggregator',
      `${made} with \`coverage\`, by which the rows it rests on were scored`,
      aggregator,
    );
  }
  for (const [name, value] of Object.entries({ weights, tolerance, clip })) {
    if (value === undefined) continue;
    failOption(name, 'absent with `coverage`, which rests on rows that were scored without it', value);
  }
}

/** What threads need of an ensemble: its conformity, which grows with the rows, where something rests on it. */
export function sentEnsemble(ensemble: TrainedEnsemble, { coverage }: RowOptions): TrainedEnsemble {
  const conformity = coverage === undefined ? null : ensemble.conformity;
  return { ...bareEnsemble(ensemble), conformity };
}

/** What becomes of members' predictions of a block of rows, whose features begin at row `start` of x. */
export type BlockAnswer = (members: readonly Predictions[], x: Values, start: number) => CombinedPredictions;

/** Members combined, and what is guaranteed where a coverage is asked for. @throws ERR_OPTION, ERR_DATA */
export function ensembleAnswer(ensemble: TrainedEnsemble, options: RowOptions): BlockAnswer {
  const combine = ensembleCombiner(ensemble, options);
  const guarantee = ensembleGuarantee(ensemble, options);
  if (guarantee === null) return (members) => combine(members);
  return (members, x, start) => ({ ...combine(members), ...guarantee(members, x, start) });
}
