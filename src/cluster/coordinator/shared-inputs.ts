// What all hosts need of a training, in the store: its dataset, its plan and its modules, and the one blob that names them.

import { basename } from 'node:path';
import type { Digest } from '../../blobs/blob-store.js';
import { planBytes } from '../../bundle/plan-bytes.js';
import { datasetBytes } from '../../data/dataset-bytes.js';
import { engineOf, modulesOf } from '../../engines/registry.js';
import { TuttiError } from '../../errors.js';
import { MAX_MODULE_BYTES, readBoundedFile } from '../../files/regular-file.js';
import type { EnsemblePlan, ModuleSpec } from '../../model/spec.js';
import type { PlannedTraining } from '../../training/session/session.js';
import { VERSION } from '../../version.js';
import { trainingBytes } from '../messages/shared-training.js';
import type { PutBytes } from '../messages/task.js';

/**
 * Stores what tasks of a training refer to; once more does no harm.
 * @returns the digest by which tasks name the training: the same for the same plan, dataset and version on any host.
 * @throws ERR_STORE; ERR_MODULE when a module is not what it was when it was planned.
 */
export async function putTraining(
  { dataset, plan, reseeds = 0 }: PlannedTraining,
  put: PutBytes,
): Promise<Digest> {
  const modules = modulesOf(plan);
  const [data, planned] = await Promise.all([
    put(datasetBytes(dataset)),
    put(planBytes(withoutPaths(plan))),
    ...modules.map((module) => put(textOf(module))),
  ]);
  return put(
    trainingBytes({
      ...{ version: VERSION, plan: planned, dataset: data, datasetHash: dataset.hash, reseeds },
      modules: modules.map(({ hash }) => hash).sort(),
    }),
  );
}

/** Hosts find modules by their hashes; where they lie here is nobody's business, and no part of what is asked. */
function withoutPaths(plan: EnsemblePlan): EnsemblePlan {
  const members = plan.members.map((spec) => {
    const { module: use } = engineOf(spec);
    const module = use?.of(spec) ?? null;
    if (use === undefined || module === null) return spec;
    return use.relocate(spec, { ...module, path: basename(module.path) });
  });
  return { ...plan, members };
}

function textOf({ path }: ModuleSpec): Uint8Array {
  try {
    return readBoundedFile(path, { maxBytes: MAX_MODULE_BYTES, name: `the module ${path}` });
  } catch (error) {
    throw new TuttiError('ERR_MODULE', (error as Error).message, { path }, error);
  }
}
