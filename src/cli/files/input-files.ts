// Files as commands take them: saved ensembles ready for raw rows, and outputs that must not be inputs.

import { realpath } from 'node:fs/promises';
import type { Preprocessing } from '../../data/preprocessing/preprocessing.js';
import { modulesOf } from '../../engines/registry.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption, TuttiError } from '../../errors.js';
import { checkWritable } from '../../files/atomic-file.js';
import type { GivenOptions } from '../options/command.js';
import { rowsIn } from '../options/rows.js';
import { STANDARD_OUTPUT } from './csv-output.js';
import { trustedAmong } from './trusted-modules.js';

/** For commands that predict with a saved ensemble. */
export const ALLOW_MODULE_ROW = rowsIn('ensemble').paths(
  'allowModules',
  'module whose code may run, for members that need one; may be given several times',
  { aliases: ['allowModule'], defaultText: 'those you have trained with yourself' },
);

/**
 * Loads an ensemble with the modules that may run for it.
 * @param given the options, of which {@link ALLOW_MODULE_ROW} and `isolate` are heeded.
 * @throws ERR_FILE, ERR_BUNDLE, ERR_MODULE.
 */
export async function loadEnsembleFile(
  path: string,
  { allowModules, isolate }: GivenOptions = {},
): Promise<TrainedEnsemble> {
  // Loaded only here: `tutti train` needs the rest of this file, and reads no ensemble.
  const { loadEnsemble } = await import('../../bundle/load.js');
  const allowed = allowModules === undefined ? {} : { allowModules: allowModules as readonly string[] };
  const apart = isolate === undefined ? {} : { isolate: isolate as 'process' };
  const loaded = await loadEnsemble(path, { ...allowed, ...apart }).catch((error: unknown) =>
    failInOrder(path, error),
  );
  return {
    ...loaded,
    allowedModules: [...(loaded.allowedModules ?? []), ...trustedAmong(modulesOf(loaded.plan))],
  };
}

/**
 * Loads an ensemble that can take the raw rows of a file.
 * @param given as of {@link loadEnsembleFile}.
 * @throws ERR_FILE, ERR_BUNDLE, ERR_MODULE; ERR_DATA when it was trained on arrays.
 */
export async function loadForRawRows(
  path: string,
  given: GivenOptions = {},
): Promise<{ readonly ensemble: TrainedEnsemble; readonly preprocessing: Preprocessing }> {
  const ensemble = await loadEnsembleFile(path, given);
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

/** Two files are easily given the wrong way round. */
function failInOrder(path: string, error: unknown): never {
  if (!(error instanceof TuttiError && error.code === 'ERR_BUNDLE' && /\.(csv|tsv|txt)$/i.test(path)))
    throw error;
  throw new TuttiError(
    error.code,
    `${error.message}; the ensemble comes first, then the rows`,
    error.details,
    error,
  );
}

/** For the file of a table, which may be standard output. */
export async function checkTableOutput(
  out: string,
  inputs: readonly string[],
  option = 'out',
): Promise<void> {
  if (out !== STANDARD_OUTPUT) await checkOutput(out, inputs, option);
}

/**
 * Checks an output path before any work, touching nothing.
 * @param option that names it.
 * @throws ERR_FILE when it cannot be written, ERR_OPTION when it is one of the inputs.
 */
export async function checkOutput(
  out: string | undefined,
  inputs: readonly string[],
  option = 'out',
): Promise<void> {
  if (out === undefined) return;
  if (out === STANDARD_OUTPUT)
    failOption(option, 'the path of a file, as only tables go to standard output', out);
  const target = await checkWritable(out);
  for (const input of inputs) {
    if ((await realpath(input).catch(() => null)) !== target) continue;
    failOption(option, `another file than ${input}, which is read`, out);
  }
}

/** The same for the modules that an ensemble needs. */
export async function checkOutputBesideModules(
  out: string | undefined,
  ensemble: Pick<TrainedEnsemble, 'plan' | 'allowedModules'>,
): Promise<void> {
  const modules = [...modulesOf(ensemble.plan), ...(ensemble.allowedModules ?? [])];
  await checkOutput(
    out,
    modules.map(({ path }) => path),
  );
}

/** The names of the task's targets: class column or target columns have no say in the scores of classes. */
export function targetNames({ task }: Pick<TrainedEnsemble, 'task'>): readonly string[] {
  return task.kind === 'regression' ? task.targets : [];
}
