// Folders of checkpoints in which a file was changed, with its checksum or with a right one. What can be gone on with ends in
// the very bytes of the undisturbed training where no checksum was forged.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import {
  firstLink,
  JOURNAL_FILE,
  RECORD_HEADER_BYTES,
  recordStart,
} from '../../../src/checkpoint/journal-format.js';
import { readCheckpoint } from '../../../src/checkpoint/read-checkpoint.js';
import { TRAINING_FILE } from '../../../src/checkpoint/training-file.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { packPlain, unpackPlain } from '../../../src/files/plain-data.js';
import { resumeTraining } from '../../../src/training/resume-training.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { changedFolder } from './changed-folder.js';
import type { Draws } from './draws.js';
import { mutateValue } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const HEADER_BYTES = 56;
const JOURNAL_HEADER_BYTES = 44;
const OPTIONS = { members: 3, hidden: [3], epochs: 4, seed: 3 } as const;
const CODES = ['ERR_CHECKPOINT', 'ERR_FILE', 'ERR_DATA', 'ERR_SHAPE', 'ERR_MODULE', 'ERR_MEMORY'];

/** @param folder where checkpoints are made. */
export async function checkpointTarget(folder: string, dataset: Dataset): Promise<FuzzTarget> {
  const [original, broken] = [join(folder, 'original'), join(folder, 'broken')];
  const whole = Buffer.from(ensembleToBytes(await trainEnsemble(dataset, OPTIONS)));
  await pausedTraining(original, dataset);
  const folders = await changedFolder(original, broken, (name) =>
    name === JOURNAL_FILE ? forgedJournal : forgedFile,
  );
  return {
    name: 'checkpoint',
    codes: [...CODES, 'ERR_DIVERGED', 'ERR_MEMBERS_FAILED'],
    make: (draws) => folders.make(draws),
    async read(bytes) {
      const { name, forged } = await folders.put(bytes);
      const { plan } = await readCheckpoint(broken);
      require(plan.members.length > 0, 'a plan without members');
      // A forged plan may take as long as it says.
      if (forged && name === TRAINING_FILE) return;
      const resumed = ensembleToBytes(await resumeTraining(broken, dataset));
      require(forged || whole.equals(resumed), 'another ensemble than the undisturbed one');
    },
  };
}

/** A folder with finished members and one in training. */
async function pausedTraining(folder: string, dataset: Dataset): Promise<void> {
  const stop = new AbortController();
  await trainEnsemble(dataset, OPTIONS, {
    checkpoint: { folder, epochs: 1 },
    signal: stop.signal,
    onInterrupt: 'keep',
    onEpochEnd: ({ member, epoch }) => {
      if (member === 1 && epoch === 2) stop.abort();
    },
  });
  const { running } = await readCheckpoint(folder);
  require(running.length > 0, 'no member in training');
}

/** A file with its metadata changed, its checksum right. */
export function forgedFile(draws: Draws, file: Buffer): Buffer {
  const end = HEADER_BYTES + file.readUInt32LE(12);
  const metadata = changed(draws, file.subarray(HEADER_BYTES, end));
  const start = Buffer.from(file.subarray(0, 24));
  const rest = file.subarray(end);
  start.writeUInt32LE(metadata.length, 12);
  start.writeBigUInt64LE(BigInt(metadata.length + rest.length), 16);
  const checksum = createHash('sha256').update(start).update(metadata).update(rest).digest();
  return Buffer.concat([start, checksum, metadata, rest]);
}

function changed(draws: Draws, metadata: Uint8Array): Uint8Array {
  return packPlain(mutateValue(draws, unpackPlain(metadata)));
}

/** A journal with the metadata of a record changed, and every checksum from there on right. */
export function forgedJournal(draws: Draws, file: Buffer): Buffer {
  const header = file.subarray(0, JOURNAL_HEADER_BYTES);
  const pieces: Uint8Array[] = [header];
  let link: Buffer = firstLink(header);
  for (let at = JOURNAL_HEADER_BYTES; at < file.length; ) {
    const end = at + RECORD_HEADER_BYTES + Number(file.readBigUInt64LE(at));
    const from = at + RECORD_HEADER_BYTES + 4;
    const to = from + file.readUInt32LE(from - 4);
    const own = file.subarray(from, to);
    const binaries = [file.subarray(to, end)];
    const record = recordStart(link, draws.oneIn(3) ? changed(draws, own) : own, binaries);
    pieces.push(record.start, ...binaries);
    link = record.link;
    at = end;
  }
  return Buffer.concat(pieces);
}
