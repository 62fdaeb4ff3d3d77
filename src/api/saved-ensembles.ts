// Saving and loading of ensembles as programs see it: what that needs is loaded when it is asked for, since many programs
// never do.

import type { EnsembleSource } from '../bundle/byte-source.js';
import type { InspectedEnsemble, LoadEnsembleOptions } from '../bundle/load.js';
import type { SavedEnsemble, SaveOptions } from '../bundle/save.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';

/**
 * Loads a saved ensemble; its weights come to lie in shared memory. None of the code that it names is run.
 * @param source the path or `file:` URL of the file, or its bytes.
 * @throws ERR_FILE when the file cannot be read, ERR_BUNDLE when anything in it is not as it should be, ERR_MODULE for
 * an allowed module that it does not name, ERR_OPTION.
 */
export async function loadEnsemble(
  source: EnsembleSource,
  options?: LoadEnsembleOptions,
): Promise<TrainedEnsemble> {
  return (await import('../bundle/load.js')).loadEnsemble(source, options);
}

/** The same together with its content hash, environment and stored report. @throws as {@link loadEnsemble} */
export async function inspectEnsemble(
  source: EnsembleSource,
  options?: LoadEnsembleOptions,
): Promise<InspectedEnsemble> {
  return (await import('../bundle/load.js')).inspectEnsemble(source, options);
}

/**
 * Saves an ensemble so that the file is there whole or not at all.
 * @param path of the file, or its `file:` URL; null: its bytes are returned, and nothing is written.
 * @throws ERR_FILE when it cannot be written, ERR_BUNDLE for an ensemble without members or of masks, ERR_OPTION.
 */
export async function saveEnsemble(
  ensemble: TrainedEnsemble,
  path: string | URL,
  options?: SaveOptions,
): Promise<SavedEnsemble>;
export async function saveEnsemble(
  ensemble: TrainedEnsemble,
  path: null,
  options?: SaveOptions,
): Promise<Uint8Array>;
export async function saveEnsemble(
  ensemble: TrainedEnsemble,
  path: string | URL | null,
  options?: SaveOptions,
): Promise<SavedEnsemble | Uint8Array> {
  const saving = await import('../bundle/save.js');
  if (path === null) return saving.savedBytes(ensemble, options);
  return saving.saveEnsemble(ensemble, path, options);
}

/** The bytes of the file that {@link saveEnsemble} writes. @throws ERR_BUNDLE as it does, ERR_OPTION */
export async function ensembleToBytes(
  ensemble: TrainedEnsemble,
  options?: Omit<SaveOptions, 'signal'>,
): Promise<Uint8Array> {
  return (await import('../bundle/save.js')).ensembleToBytes(ensemble, options);
}
