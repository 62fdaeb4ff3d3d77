// Files as commands take them: saved ensembles ready for raw rows, and outputs that must not be inputs.

import { realpath } from 'node:fs/promises';
import type { Preprocessing } from '../data/preprocessing.js';
import type { Ensemble } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { checkWritable } from '../files/atomic-file.js';

/**
 * Loads an ensemble that can take the raw rows of a file.
 * @throws ERR_FILE, ERR_BUNDLE; ERR_DATA when it was trained on arrays.
 */
export async function loadForRawRows(
  path: string,
): Promise<{ readonly ensemble: Ensemble; readonly preprocessing: Preprocessing }> {
  // Loaded only here: `tutti train` needs the rest of this file, and reads no ensemble.
  const { loadEnsemble } = await import('../bundle/load.js');
  const ensemble = await loadEnsemble(path);
  const { preprocessing } = ensemble;
  if (preprocessing === null) {
    throw new TuttiError(
      'ERR_DATA',
      `${path} was trained on arrays and cannot read the columns of a file; predict with it through the API`,
      { path },
    );
  }
  return { ensemble, preprocessing };
}

/**
 * Checks an output path before any work, touching nothing.
 * @throws ERR_FILE when it cannot be written, ERR_OPTION when it is one of the inputs.
 */
export async function checkOutput(out: string | undefined, inputs: readonly string[]): Promise<void> {
  if (out === undefined) return;
  const target = await checkWritable(out);
  for (const input of inputs) {
    if ((await realpath(input).catch(() => null)) === target) {
      throw new TuttiError('ERR_OPTION', `Expected \`--out\` to be another file than the input ${input}`, {
        path: out,
      });
    }
  }
}

/** The names of the task's targets: class column or target columns have no say in the scores of classes. */
export function targetNames({ task }: Pick<Ensemble, 'task'>): readonly string[] {
  return task.kind === 'regression' ? task.targets : [];
}
