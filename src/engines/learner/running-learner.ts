// Where a learner answers: on a thread, or in a process, of its module's own.

import { installedLearnerWorker } from '../../installed.js';
import { Child } from '../../processes/child.js';
import { BackgroundThread } from '../../threads/background.js';
import { RunningModule } from '../user-modules/running-module.js';
import type { Answer } from './served-model.js';
import type { Asked } from './thread-messages.js';

export type RunningLearner = RunningModule<Asked, Answer>;

/** What could not be started once is not tried again. */
let possible = true;

/** A thread that is ready; null where none can be started: in a bundle without its file, say. */
export async function learnerOnThread(): Promise<RunningLearner | null> {
  const file = possible ? installedLearnerWorker() : null;
  if (file === null) return null;
  try {
    const learner: RunningLearner = new RunningModule(new BackgroundThread(file));
    if (await learner.starts()) return learner;
    await learner.end();
  } catch {
    // Not allowed, as under Node.js's permission model.
  }
  possible = false;
  return null;
}

/**
 * A process that is ready.
 * @throws ERR_FILE, ERR_THREAD_START where there can be none: to call the learner here is what was not wanted.
 */
export async function learnerInProcess(): Promise<RunningLearner> {
  return new RunningModule(await Child.start('learner'));
}
