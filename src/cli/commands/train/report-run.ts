// What is measured and said of a run once it is trained and saved, and the exit status that it comes to.

import type { CalibrationRequest } from '../../../calibration/fit-calibration.js';
import type { LoadedData } from '../../../data/load.js';
import type { EvaluateOptions } from '../../../ensemble/evaluate/evaluate.js';
import type { LivePage } from '../../../live/live-page.js';
import type { Aggregator } from '../../../predictions/aggregate/aggregators.js';
import type { TrainingLog } from '../../../records/training-log.js';
import type { EnsembleReport } from '../../../report/ensemble-report.js';
import { endsTraining } from '../../../training/coordinator/failure-policy.js';
import { reportFailure } from '../../terminal/failure.js';
import { note, paletteOf, print, printJson } from '../../terminal/terminal.js';
import { livePart } from './live-text.js';
import type { KeptRun, RunRequest } from './requests.js';
import { endRunLog } from './run-log.js';
import { checkpointLost, type TrainedAndSaved } from './train-and-save.js';
import { againLines, failureLines, type KeptOutcome, keptLine, summaryLines } from './train-text.js';

export interface ReportOptions {
  readonly out: string | undefined;
  readonly aggregator: Aggregator;
  /** What is to be calibrated; null for nothing. */
  readonly calibrate: CalibrationRequest | null;
  readonly figures: Pick<EvaluateOptions, 'level' | 'replicates' | 'clip' | 'runner'>;
  /** Members that were there before the run. */
  readonly membersBefore: number;
  /** Whether all its members were trained elsewhere. @default false */
  readonly collected?: boolean;
  readonly failures: RunRequest['failures'];
  readonly allowFailures: boolean;
  /** Null for a run that is not kept in a checkpoint. */
  readonly kept: KeptRun | null;
  /** The page on which the run is watched; null for none. */
  readonly live: LivePage | null;
  /** Null for a run that is not recorded. */
  readonly log: TrainingLog | null;
  /** The rows, as the user names them. */
  readonly file: string;
  /** The one object of `--json`; null where people read. */
  readonly jsonOf: ((outcome: KeptOutcome) => object) | null;
}

/**
 * Measures a run that came to its end, and prints it.
 * @returns the exit status.
 */
export async function reportRun(
  run: TrainedAndSaved,
  data: Pick<LoadedData, 'train' | 'test'>,
  options: ReportOptions,
): Promise<number> {
  const { out, aggregator, figures, membersBefore, kept, failures, allowFailures, jsonOf, live } = options;
  const { interruptStatus, fewerThreads } = run;
  const interrupted = interruptStatus !== null;
  const ending = run.ensemble.failures.find(({ error }) => endsTraining(failures, error)) ?? null;
  if (!interrupted && ending === null) live?.enter('measuring');
  // Loaded while the threads worked.
  const { measureTraining } = await import('./train-measure.js');
  const measured =
    interrupted || ending !== null
      ? null
      : await measureTraining(run.ensemble, data, aggregator, figures, options.calibrate);
  const { ensemble, report, uncalibrated } = measured ?? { ...run, report: null, uncalibrated: null };
  const { saved, saveError } = report === null ? run : await keepReport({ ...run, ensemble }, out, report);
  const status = interrupted ? 'interrupted' : ending === null ? 'finished' : 'failed';
  if (options.log !== null)
    await endRunLog(options.log, { status, ensemble, report }, data, { aggregator, ...figures });
  const outcome = {
    ...{ ensemble, saved, report, interrupted, ending, out, membersBefore, kept, fewerThreads },
    collected: options.collected === true,
  };
  for (const line of failureLines(ensemble)) note(`${paletteOf(process.stderr).yellow('tutti:')} ${line}`);
  if (report !== null) for (const line of againLines(outcome)) note(line);
  const lost = checkpointLost(ensemble);
  if (lost !== null) reportFailure(lost);
  if (report === null) note(keptLine(outcome));
  if (jsonOf !== null) printJson(jsonOf(outcome));
  else if (report !== null) for (const line of summaryLines(outcome, paletteOf(process.stdout))) print(line);
  if (live !== null) await live.finish(...livePart(outcome, options.file));
  // Said last: what was measured is worth as much without a file.
  const refused = uncalibrated === null ? 0 : reportFailure(uncalibrated);
  const unsaved = saveError === null ? 0 : reportFailure(saveError);
  if (interrupted) return interruptStatus;
  if (unsaved !== 0) return unsaved;
  if (refused !== 0) return refused;
  if (lost !== null) return lost.exitStatus;
  if (ending !== null) return 1;
  return ensemble.failures.length > 0 && !allowFailures ? 1 : 0;
}

/** A training is safe in its file before it is measured; then the file gets the figures too. */
async function keepReport(
  { ensemble, saved, saveError }: TrainedAndSaved,
  out: string | undefined,
  report: EnsembleReport,
): Promise<Pick<TrainedAndSaved, 'saved' | 'saveError'>> {
  if (saved === null || out === undefined) return { saved, saveError };
  const { saveEnsemble } = await import('../../../bundle/save.js');
  try {
    return { saved: await saveEnsemble(ensemble, out, { report: { ...report } }), saveError };
  } catch (error) {
    return { saved, saveError: error };
  }
}
