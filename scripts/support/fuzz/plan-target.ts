// Folders of plans in which a file was changed, with its checksum or with a right one. Where no checksum was forged, what is
// trained of it ends in the very file of the undisturbed training; where that of a result was, in the same members.

import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
import { forgedFile, forgedJournal } from './checkpoint-target.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const WORDS = ['\0', '\u00ff', 'TUTTI', 'kind', 'member', '__proto__'];
/** Members of two snapshots each, so that one that was interrupted has delivered one. */
const OPTIONS = { members: 2, hidden: [3], epochs: 4, snapshots: 2, seed: 3, earlyStopping: 'none' } as const;
const CODES = ['ERR_PLAN', 'ERR_STORE', 'ERR_HOST_DIFFERS', 'ERR_MODULE', 'ERR_MEMORY', 'ERR_DIVERGED'];

/** @param folder where plans are made. */
export async function planTarget(folder: string, dataset: Dataset): Promise<FuzzTarget> {
  const [original, broken] = [join(folder, 'original'), join(folder, 'broken')];
  const undisturbed = await trainEnsemble(dataset, OPTIONS);
  const whole = Buffer.from(ensembleToBytes(undisturbed));
  await interruptedPlan(original, dataset);
  const entries = await readdir(original, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(original.length + 1))
    .sort();
  const files = await Promise.all(names.map((name) => readFile(join(original, name))));
  return {
    name: 'plan',
    codes: CODES,
    // The file's number, whether its checksum was forged, the file.
    make(draws: Draws) {
      const which = draws.below(names.length);
      const [name, file] = [names[which]!, files[which]!];
      const forged = !name.startsWith('blobs') && draws.oneIn(2);
      const forge = name.startsWith(RESULTS_FOLDER) || name.endsWith('-part') ? forgedJournal : forgedFile;
      const changed = forged ? forge(draws, file) : mutateBytes(draws, file, files, WORDS);
      return Buffer.concat([Buffer.of(which, forged ? 1 : 0), changed]);
    },
    async read(bytes) {
      const name = names[(bytes[0] ?? 0) % names.length]!;
      const forged = bytes[1] === 1;
      await rm(broken, { recursive: true, force: true });
      await cp(original, broken, { recursive: true });
      await writeFile(join(broken, name), bytes.subarray(2));
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
