// Loads a saved ensemble: where its bytes come from, and which of the code that it names may run.

import { modulesOf } from '../engines/registry.js';
import { allowModules } from '../engines/user-modules/allowed-modules.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { EnsembleSource } from './byte-source.js';
import { contentHash } from './content-hash.js';
import type { Environment, StoredReport } from './environment.js';
import { type ReadBundle, readBundle } from './read-bundle.js';
import { openSource } from './source.js';

/** A saved ensemble and what its file says beside it. */
export interface InspectedEnsemble {
  readonly ensemble: TrainedEnsemble;
  /** Computed from what was read, not copied from the file. */
  readonly contentHash: string;
  readonly formatVersion: number;
  /** Length of the file. */
  readonly bytes: number;
  readonly environment: Environment;
  readonly report: StoredReport | null;
}

/** How to load. */
export interface LoadEnsembleOptions extends LongCallOptions {
  /**
   * Paths of modules whose code may run to predict. Learners, and tfjs models with layers of a class of their own, need
   * theirs; a saved ensemble only names them, and whoever made the file chose what they do. Each must be, by its
   * SHA-256, one that the ensemble names, wherever it lies now. @default none: such members cannot predict
   */
  readonly allowModules?: readonly string[];
  /** `process` has learners predict in processes of their own, as `createPool` says. @default on threads */
  readonly isolate?: 'process';
}

const OPTIONS = {
  ...LONG_CALL_OPTIONS,
  allowModules: option.texts,
  isolate: option.oneOf('process'),
} satisfies OptionTable<LoadEnsembleOptions>;

/**
 * Loads a saved ensemble; its weights come to lie in shared memory. None of the code that it names is run.
 * @param source the path or `file:` URL of the file, or its bytes.
 * @throws ERR_FILE when the file cannot be read, ERR_BUNDLE when anything in it is not as it should be, ERR_MODULE for
 * an allowed module that it does not name, ERR_OPTION.
 */
export async function loadEnsemble(
  source: EnsembleSource,
  options: LoadEnsembleOptions = {},
): Promise<TrainedEnsemble> {
  return (await loadBundle(source, 'loadEnsemble', options)).ensemble;
}

/**
 * Loads a saved ensemble together with its content hash, environment and stored report.
 * @throws ERR_FILE, ERR_BUNDLE, ERR_MODULE, ERR_OPTION as {@link loadEnsemble}.
 */
export async function inspectEnsemble(
  source: EnsembleSource,
  options: LoadEnsembleOptions = {},
): Promise<InspectedEnsemble> {
  const { ensemble, metadata, formatVersion, bytes } = await loadBundle(source, 'inspectEnsemble', options);
  const { environment, report } = metadata;
  return { ensemble, contentHash: contentHash(ensemble), formatVersion, bytes, environment, report };
}

interface LoadedBundle extends ReadBundle {
  readonly bytes: number;
}

async function loadBundle(
  from: EnsembleSource,
  where: string,
  options: LoadEnsembleOptions,
): Promise<LoadedBundle> {
  checkOptions(where, options, OPTIONS);
  const source = await openSource(from, options.signal);
  try {
    const read = await readBundle(source);
    const { allowModules: paths = [], isolate } = options;
    const allowedModules = await allowModules(modulesOf(read.ensemble.plan), paths, source.name);
    const allowed = allowedModules.length === 0 ? {} : { allowedModules };
    const apart = isolate === undefined ? {} : { isolate };
    return { ...read, ensemble: { ...read.ensemble, ...allowed, ...apart }, bytes: source.bytes };
  } finally {
    await source.close();
  }
}
