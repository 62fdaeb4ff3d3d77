// One net in place of a saved ensemble, from the rows of a file.

import { distillEnsemble } from '../../api/distilled.js';
import { type Preprocessing, transformTable } from '../../data/preprocessing/preprocessing.js';
import type { Distilled } from '../../distillation/distillation.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { isTrainedOn } from '../../ensemble/evaluate/out-of-bag-rows.js';
import { failOption } from '../../errors.js';
import type { GivenOptions } from '../options/command.js';
import { readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { distillOptionsOf } from '../options/single-flags.js';
import { stoppable } from '../terminal/stoppable.js';
import { trainingRowsOf } from './training-part.js';

/**
 * Distills it. Where the file is the one it was trained on, the rows that its training held out are what judges.
 * @returns the exit status where a signal ended it.
 */
export async function distillFromFile(
  ensemble: TrainedEnsemble,
  preprocessing: Preprocessing,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<{ readonly result: Distilled<TrainedEnsemble> } | { readonly status: number }> {
  const { data, heldOut, heldOutShare, quiet } = given;
  if (data === undefined) failOption('data', 'the file of rows that the net learns from', data);
  const table = await readTable(String(data), given, origins);
  const rows = trainingRowsOf(ensemble, preprocessing, table);
  const known = rows !== null && isTrainedOn(ensemble, rows.train) ? rows : null;
  const learned = known?.train ?? transformTable(preprocessing, table);
  const judging =
    heldOut === undefined
      ? heldOutShare === undefined
        ? (known?.test ?? null)
        : null
      : transformTable(preprocessing, await readTable(String(heldOut), given, origins));
  return stoppable(null, quiet === true, ({ signal }) =>
    distillEnsemble(ensemble, learned, {
      ...distillOptionsOf(given),
      ...(heldOutShare === undefined ? {} : { heldOutShare: Number(heldOutShare) }),
      ...(judging === null ? {} : { heldOut: judging }),
      signal,
    }),
  );
}
