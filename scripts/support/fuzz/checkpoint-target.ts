// Folders of checkpoints in which a file was changed, with its checksum or with a right one. What can be gone on with ends in
// the very bytes of the undisturbed training where no checksum was forged.

import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import { readCheckpoint } from '../../../src/checkpoint/read-checkpoint.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import { resumeTraining } from '../../../src/training/resume-training.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import type { Draws } from './draws.js';
import { mutateBytes, mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const HEADER_BYTES = 56;
const WORDS = ['\0', '\u00ff', 'TUTTI', 'kind', 'member', '__proto__'];

/** @param folder where checkpoints are made. */
export async function checkpointTarget(folder: string, dataset: Dataset): Promise<FuzzTarget> {
  const [original, broken] = [join(folder, 'original'), join(folder, 'broken')];
  const options = { members: 3, hidden: [3], epochs: 2, seed: 3 };
  const undisturbed = await trainEnsemble(dataset, options, { checkpoint: { folder: original } });
  const whole = Buffer.from(ensembleToBytes(undisturbed));
  const names = (await readdir(original)).sort();
  const files = await Promise.all(names.map((name) => readFile(join(original, name))));
  return {
    name: 'checkpoint',
    codes: ['ERR_CHECKPOINT', 'ERR_FILE', 'ERR_DATA', 'ERR_SHAPE', 'ERR_MODULE', 'ERR_MEMORY'],
    // The file's number, whether its checksum was forged, the file.
    make(draws: Draws) {
      const which = draws.below(names.length);
      const file = files[which]!;
      const forged = names[which] === 'training' && draws.oneIn(2);
      const changed = forged ? withMetadata(draws, file) : mutateBytes(draws, file, files, WORDS);
      return Buffer.concat([Buffer.of(which, forged ? 1 : 0), changed]);
    },
    async read(bytes) {
      await rm(broken, { recursive: true, force: true });
      await cp(original, broken, { recursive: true });
      await writeFile(join(broken, names[(bytes[0] ?? 0) % names.length]!), bytes.subarray(2));
      const { plan } = await readCheckpoint(broken);
      // A forged plan may take as long as it says.
      if (bytes[1] === 1) return require(plan.members.length > 0, 'a plan without members');
      const resumed = ensembleToBytes(await resumeTraining(broken, dataset));
      require(whole.equals(resumed), 'another ensemble than the undisturbed one');
    },
  };
}

/** The file with its metadata changed, its checksum right. */
function withMetadata(draws: Draws, file: Buffer): Buffer {
  const end = HEADER_BYTES + file.readUInt32LE(12);
  const metadata = packPlain(mutateValue(draws, unpackPlain(file.subarray(HEADER_BYTES, end))));
  const start = Buffer.from(file.subarray(0, 24));
  const rest = file.subarray(end);
  start.writeUInt32LE(metadata.length, 12);
  start.writeBigUInt64LE(BigInt(metadata.length + rest.length), 16);
  const checksum = createHash('sha256').update(start).update(metadata).update(rest).digest();
  return Buffer.concat([start, checksum, metadata, rest]);
}
