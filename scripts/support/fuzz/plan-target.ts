// Folders of plans in which a file was changed, with its checksum or with a right one. Where no checksum was forged, what is
// trained of it ends in the very file of the undisturbed training; where that of a result was, in the same members.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { collectPlan } from '../../../src/plan-folder/collect-plan.js';
import { PLAN_FILE } from '../../../src/plan-folder/plan-file.js';
import { readPlan } from '../../../src/plan-folder/read-plan.js';
import { RESULTS_FOLDER } from '../../../src/plan-folder/result-file.js';
import { STATES_FOLDER } from '../../../src/plan-folder/strand-state.js';
import { trainPlanned } from '../../../src/plan-folder/train-planned.js';
import { writePlan } from '../../../src/plan-folder/write-plan.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { changedFolder } from './changed-folder.js';
import { forgedFile, forgedJournal } from './checkpoint-target.js';
import { type FuzzTarget, require } from './target.js';

/** Members of two snapshots each, so that one that was interrupted has delivered one. */
const OPTIONS = { members: 2, hidden: [3], epochs: 4, snapshots: 2, seed: 3, earlyStopping: 'none' } as const;
const CODES = ['ERR_PLAN', 'ERR_STORE', 'ERR_HOST_DIFFERS', 'ERR_MODULE', 'ERR_MEMORY', 'ERR_DIVERGED'];

/** @param folder where plans are made. */
export async function planTarget(folder: string, dataset: Dataset): Promise<FuzzTarget> {
  const [original, broken] = [join(folder, 'original'), join(folder, 'broken')];
  const undisturbed = await trainEnsemble(dataset, OPTIONS);
  const whole = Buffer.from(ensembleToBytes(undisturbed));
  await interruptedPlan(original, dataset);
  const folders = await changedFolder(original, broken, (name) => {
    if (name.startsWith('blobs')) return null;
    return name.startsWith(RESULTS_FOLDER) || name.endsWith('-part') ? forgedJournal : forgedFile;
  });
  return {
    name: 'plan',
    codes: CODES,
    make: (draws) => folders.make(draws),
    async read(bytes) {
      const { name, forged } = await folders.put(bytes);
      const { plan } = await readPlan(broken);
      require(plan.members.length > 0, 'a plan without members');
      // A forged plan may take as long as it says.
      if (forged && name === PLAN_FILE) return;
      await trainPlanned(broken);
      const { ensemble } = await collectPlan(broken);
      if (forged && name.startsWith(STATES_FOLDER)) return;
      require(contentHash(ensemble) === contentHash(undisturbed), 'other members than the undisturbed ones');
      // What ran the kernels is no part of what a result is known by.
      require(forged || whole.equals(ensembleToBytes(ensemble)), 'another file than the undisturbed one');
    },
  };
}

/** A folder in which one strand is finished, and one was interrupted after its first snapshot. */
async function interruptedPlan(folder: string, dataset: Dataset): Promise<void> {
  await writePlan(folder, dataset, OPTIONS);
  await trainPlanned(folder, { members: [0] });
  const stop = new AbortController();
  const onMember = () => stop.abort();
  await trainPlanned(folder, { signal: stop.signal, onMember }).catch(() => undefined);
  const states = await readdir(join(folder, STATES_FOLDER));
  require(states.length === 2, `states ${states}`);
}
