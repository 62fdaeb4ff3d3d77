// A training of the command line from its start to its file: progress, Ctrl-C, and what is saved of it.

import type { SavedEnsemble } from '../../../bundle/save.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { fromWire, type TuttiError } from '../../../errors.js';
import type { LivePage } from '../../../live/live-page.js';
import type { TrainingLog } from '../../../records/training-log.js';
import type { MemberRunner } from '../../../training/session/runner.js';
import type { TrainingSettings } from '../../../training/session/training-settings.js';
import { mergeWatchers, type TrainingWatcher } from '../../../training/session/watchers.js';
import { rememberModules } from '../../files/trusted-modules.js';
import { listenForInterrupt } from '../../terminal/interrupt.js';
import { createProgressDisplay } from '../../terminal/progress.js';
import { note } from '../../terminal/terminal.js';
import type { KeptRun, RunRequest, Shown } from './requests.js';

export interface TrainedAndSaved {
  readonly ensemble: TrainedEnsemble;
  /** The exit status of what stopped the training: a signal, or its checkpoint; null when it came to its end. */
  readonly interruptStatus: number | null;
  readonly saved: SavedEnsemble | null;
  /** Why it could not be saved. */
  readonly saveError: unknown;
  /** Why it ran on fewer threads than there are; null where it did not. */
  readonly fewerThreads: string | null;
}

/** Where a run is kept, and whether it says so. */
interface RunKept extends Pick<Shown, 'quiet'>, Pick<RunRequest, 'out' | 'failures'> {
  /** Null for a run that is not kept in a checkpoint. */
  readonly kept: KeptRun | null;
  /** The page on which it is watched; null for none. */
  readonly live: LivePage | null;
  /** Null for a run that is not recorded. */
  readonly log: TrainingLog | null;
}

/** Saved before anything is measured: what took long must not depend on what comes after. */
export async function trainAndSave(
  start: (settings: TrainingSettings) => Promise<TrainedEnsemble>,
  runner: MemberRunner,
  { quiet, out, failures, kept, live, log }: RunKept,
): Promise<TrainedAndSaved> {
  const display = await createProgressDisplay(quiet);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    live?.enter('stopping');
    const when = kept === null ? 'Stopping' : 'Stopping when the epochs in training end';
    if (!quiet) note(`${when}; Ctrl-C again ends at once.`);
  });
  const { signal } = interrupt;
  let fewerThreads: string | null = null;
  const terminal: TrainingWatcher = {
    onProgress: (progress) => {
      if (progress.fewerThreads !== null && fewerThreads === null) {
        fewerThreads = progress.fewerThreads;
        if (!quiet) note(fewerThreads);
        live?.note(fewerThreads);
      }
      if (!signal.aborted) display.update(progress);
    },
  };
  const others = [live, log].flatMap((one) => (one === null ? [] : [one.watcher]));
  try {
    const { retries, onFailure } = failures;
    const run = start({
      ...(retries === undefined ? {} : { retries }),
      ...(onFailure === undefined ? {} : { onFailure }),
      runner,
      signal,
      onInterrupt: 'keep',
      ...mergeWatchers([terminal, ...others]),
    });
    // What comes after the training is loaded while the threads work.
    const after = [import('../../../bundle/save.js'), import('./train-measure.js')] as const;
    const [ensemble] = await Promise.all([run, ...after]);
    display.stop();
    const saved = await saveTrained(ensemble, out);
    // A signal that came late, when all members were there, ends the command all the same.
    const stoppedStatus = ensemble.complete ? null : (checkpointLost(ensemble)?.exitStatus ?? null);
    const interruptStatus = interrupt.status() ?? stoppedStatus;
    return { ensemble, ...saved, interruptStatus, fewerThreads };
  } finally {
    display.stop();
    interrupt.release();
  }
}

/** Why a training's checkpoint could not be written any more, which stopped it unless it was over; null where it could. */
export function checkpointLost({ checkpointError }: TrainedEnsemble): TuttiError | null {
  return checkpointError === undefined ? null : fromWire(checkpointError);
}

/** What cannot be saved is measured all the same. */
export async function saveTrained(
  ensemble: TrainedEnsemble,
  out: string | undefined,
): Promise<Pick<TrainedAndSaved, 'saved' | 'saveError'>> {
  if (out === undefined || ensemble.members.length === 0) return { saved: null, saveError: null };
  const { saveEnsemble } = await import('../../../bundle/save.js');
  try {
    const saved = await saveEnsemble(ensemble, out);
    await rememberModules(ensemble.allowedModules ?? []);
    return { saved, saveError: null };
  } catch (saveError) {
    return { saved: null, saveError };
  }
}
