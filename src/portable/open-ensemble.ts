// Opens a saved ensemble to predict with it in any JavaScript: a browser, a worker, Deno, Bun, Node.js without threads.

import { overBytes } from '../bundle/byte-source.js';
import { readBundle } from '../bundle/read-bundle.js';
import type { EnginePredictor, PredictorContext, StoredMember } from '../engines/shared/predictor.js';
import { createNetworkPredictor } from '../engines/wasm/predictor.js';
import type { ProgramSite } from '../engines/wasm/program-site.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { loadMembers } from '../ensemble/predict/block-predictor.js';
import { KEPT_BYTES, predictorContext, storedMembers } from '../ensemble/predict/stored-members.js';
import { TuttiError } from '../errors.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import type { NetworkMemberSpec } from '../model/spec.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import { type ByteOrigin, bytesOf } from './bytes-of.js';
import { kernelsOf, ownSite } from './kernels.js';
import { PortableEnsemble, portableBlockRows } from './portable-ensemble.js';

export interface OpenOptions extends LongCallOptions {
  /**
   * Where the kernels of the ensemble's arithmetic are, or their bytes, where they are not beside this module. @default
   * `fused.wasm` or `strict.wasm`; `emulated.wasm`, which has the bytes of the first, where a host has no multiply-add of one
   * rounding
   */
  readonly kernels?: ByteOrigin;
}

const OPTIONS = { ...LONG_CALL_OPTIONS, kernels: option.any } satisfies OptionTable<OpenOptions>;

/**
 * Opens a saved ensemble and loads its members. All of the file is checked, as `loadEnsemble` does; none of the code that
 * it names is run.
 * @param source a path where there are files, a URL, what `fetch` has answered, or bytes.
 * @throws ERR_FILE when it cannot be read, ERR_BUNDLE when anything in it is not as it should be; ERR_ENGINE_MISSING for
 * members that need code of a user's or TensorFlow.js; ERR_EXECUTOR for what are no kernels; ERR_OPTION.
 */
export async function openEnsemble(source: ByteOrigin, options: OpenOptions = {}): Promise<PortableEnsemble> {
  checkOptions('openEnsemble', options, OPTIONS);
  const { signal, kernels } = options;
  const { bytes, name } = await bytesOf(source, 'saved ensemble', signal);
  const { ensemble } = await readBundle(overBytes(bytes, (copy) => copy, signal, name));
  const [loaded, reads] = await Promise.all([
    load(ensemble, kernels),
    ensemble.preprocessing === null ? null : import('../data/preprocessing/records.js'),
  ]);
  return new PortableEnsemble(ensemble, loaded, reads?.transformRecords ?? null);
}

/** What predicts the members of each engine that needs nothing but itself. */
async function load(ensemble: TrainedEnsemble, origin: ByteOrigin | undefined): Promise<EnginePredictor> {
  const members = storedMembers(ensemble);
  const odd = members.find(({ spec: { engine } }) => !OWN_ENGINES.includes(engine));
  if (odd !== undefined) {
    const message =
      `Expected members that are networks, nearest neighbours or boosted trees, got member ${odd.index} of engine ${odd.spec.engine}, ` +
      'which needs code that is not in the file: predict with it in Node.js, by `loadEnsemble`';
    throw new TuttiError('ERR_ENGINE_MISSING', message, { member: odd.index, engine: odd.spec.engine });
  }
  const context = predictorContext(ensemble, portableBlockRows(ensemble), KEPT_BYTES);
  return loadMembers(context, members, async (engine) => {
    if (engine === 'wasm') return networksOn(ownSite(await kernelsOf(ensemble.plan.arithmetic, origin)));
    if (engine === 'trees') return import('../engines/trees/predictor.js');
    return import('../engines/neighbours/predictor.js');
  });
}

/** Engines whose members need nothing but what is in the file. */
const OWN_ENGINES: readonly string[] = ['wasm', 'neighbours', 'trees'];

/** Networks run in a memory of their ensemble's own. */
function networksOn(site: ProgramSite) {
  return {
    createPredictor(
      { features, task, encoding, blockRows, loadedBytes }: PredictorContext,
      members: readonly StoredMember<NetworkMemberSpec>[],
    ): EnginePredictor {
      return createNetworkPredictor(site, members, features, task, encoding.targets, blockRows, loadedBytes);
    },
  };
}
