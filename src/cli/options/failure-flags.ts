// The options of what becomes of members that fail, and with them of the training, that are no options of training.

import { failOption } from '../../errors.js';
import { failChoice } from '../../option-names.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../../training/session/training-settings.js';
import type { GivenOptions } from './command.js';
import type { OptionRow } from './option-row.js';
import { rowsIn } from './rows.js';
import { trainingRows } from './training-flags.js';

const run = rowsIn('run');
const { retries: RETRIES, onFailure: ON_FAILURE } = TRAINING_SETTINGS;

/** How a training is run. */
export const FAILURE_ROWS: readonly OptionRow[] = [
  run.number('retries', 'how often a member is tried again that lost its thread, to the same bytes', {
    argument: 'n',
    range: RETRIES.expected,
    defaultText: '1',
  }),
  run.choice(
    'onFailure',
    ON_FAILURE.choices ?? [],
    'a member that fails: drop it and train the others, or fail: save what is finished and end',
    { defaultText: 'drop' },
  ),
];

/** What may change members, and so is an option of training: for a command that has no others of those. */
export const DIVERGENCE_ROWS: readonly OptionRow[] = trainingRows().filter(
  ({ name }) => name === 'onDivergence' || name === 'reseeds',
);

export type FailureSettings = Pick<TrainingSettings, 'retries' | 'onFailure'>;

/** @throws ERR_OPTION */
export function failureSettingsOf({ retries, onFailure }: GivenOptions): FailureSettings {
  if (retries !== undefined && !RETRIES.holds(retries)) failOption('retries', RETRIES.expected, retries);
  if (onFailure !== undefined && !ON_FAILURE.holds(onFailure))
    failChoice('onFailure', ON_FAILURE.choices ?? [], onFailure);
  return {
    ...(retries === undefined ? {} : { retries: Number(retries) }),
    ...(onFailure === undefined ? {} : { onFailure: onFailure === 'fail' ? 'fail' : 'drop' }),
  };
}
