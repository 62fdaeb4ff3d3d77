// The options of checkpoints: the folder in which a training is kept as it goes, and how often.

import { failOption } from '../../errors.js';
import { requireUses } from '../../option-names.js';
import { type CheckpointPace, PACE } from '../../training/session/training-settings.js';
import type { GivenOptions } from './command.js';
import { rowsIn } from './rows.js';

const run = rowsIn('run');

/** How often members in training are kept. */
export const PACE_ROWS = [
  run.number('checkpointEpochs', 'keep members in training every so many epochs, at most 1 % of the time', {
    argument: 'n',
    range: 'an integer ≥ 1',
    defaultText: 'by time',
  }),
  run.number('checkpointSeconds', 'keep members in training every so many seconds, at an epoch’s end', {
    argument: 's',
    range: 'a number > 0',
    defaultText: '10',
  }),
];

/** For the commands that train. */
export const CHECKPOINT_ROWS = [
  run.path('checkpoint', 'folder to keep the training in as it goes: after a kill `tutti resume` goes on', {
    argument: 'folder',
    defaultText: 'not kept',
    common: true,
  }),
  ...PACE_ROWS,
];

/** A checkpoint as the user wants it. */
export interface CheckpointFolder extends CheckpointPace {
  readonly folder: string;
}

/** @throws ERR_OPTION */
export function checkpointOf(given: GivenOptions): CheckpointFolder | undefined {
  const folder = given.checkpoint as string | undefined;
  if (folder === '') failOption('checkpoint', 'the path of a folder', folder);
  const when = { says: '`checkpoint` is given', holds: () => folder !== undefined };
  requireUses(given, { checkpointEpochs: when, checkpointSeconds: when });
  const pace = paceOf(given);
  return folder === undefined ? undefined : { folder, ...pace };
}

/** How often, where it is given. @throws ERR_OPTION */
export function paceOf(given: GivenOptions): CheckpointPace {
  const { checkpointEpochs: epochs, checkpointSeconds: seconds } = given;
  if (epochs !== undefined && seconds !== undefined)
    failOption('checkpointSeconds', 'absent where `checkpointEpochs` is given', seconds);
  if (epochs !== undefined && !PACE.epochs.holds(epochs))
    failOption('checkpointEpochs', PACE.epochs.expected, epochs);
  if (seconds !== undefined && !PACE.seconds.holds(seconds))
    failOption('checkpointSeconds', PACE.seconds.expected, seconds);
  return {
    ...(epochs === undefined ? {} : { epochs: Number(epochs) }),
    ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
  };
}
