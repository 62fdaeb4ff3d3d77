// Ensembles in the formats of other programs; what that needs is loaded when it is asked for.

import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { ExportOptions } from '../exports/formats.js';

/**
 * A trained ensemble as a file of another format: the whole of it, with preprocessing, averaging and calibration where the
 * format has a form for them.
 * @returns the bytes of the file, the same for the same ensemble and options.
 * @throws ERR_OPTION naming a member, or an option, that the format has no form for; ERR_BUNDLE for an ensemble without members.
 */
export async function exportEnsemble(ensemble: TrainedEnsemble, options: ExportOptions): Promise<Uint8Array> {
  return (await import('../exports/formats.js')).writeExport(ensemble, options);
}
