// The epochs of a job as its thread writes them down for whoever watches: in shared memory, because a watcher must not
// cost a thread a message. The thread adds records and the coordinator reads them whenever it likes; neither waits.

import type { EpochRecord } from '../../ensemble/ensemble.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';

/** A log as it crosses threads: how many records there are, then their figures. */
export type EpochLogWords = Float64Array<SharedArrayBuffer>;

/** Doubles of a record: its epoch, loss, learning rate and validation loss, which is NaN where there is none. */
const RECORD = 4;
/** The first double holds the count as an integer, which is read and written atomically. */
const HEADER = 1;
/** Jobs of more epochs have the rest told when they end: 2 MB of shared memory. */
const MOST_RECORDS = 65_536;

/** A log for so many epochs, empty. @throws ERR_MEMORY when the system refuses it. */
export function createEpochLog(epochs: number): EpochLogWords {
  return new Float64Array(allocateShared(8 * (HEADER + RECORD * Math.min(epochs, MOST_RECORDS))));
}

/** By the thread: adds an epoch; what there is no room for is left out. */
export function logEpoch(log: EpochLogWords, record: EpochRecord): void {
  const count = countOf(log);
  const written = Atomics.load(count, 0);
  const at = HEADER + RECORD * written;
  if (at + RECORD > log.length) return;
  log[at] = record.epoch;
  log[at + 1] = record.loss;
  log[at + 2] = record.learningRate;
  log[at + 3] = record.validationLoss ?? Number.NaN;
  // Whoever sees the count sees the record too.
  Atomics.store(count, 0, written + 1);
}

/** The records from one on, in order. */
export function readEpochs(log: EpochLogWords, from: number): EpochRecord[] {
  const written = Atomics.load(countOf(log), 0);
  const records: EpochRecord[] = [];
  for (let record = from; record < written; record++) {
    const at = HEADER + RECORD * record;
    const [epoch, loss, learningRate, validationLoss] = log.subarray(at, at + RECORD);
    const plain = { epoch: epoch!, loss: loss!, learningRate: learningRate! };
    records.push(Number.isNaN(validationLoss!) ? plain : { ...plain, validationLoss: validationLoss! });
  }
  return records;
}

function countOf(log: EpochLogWords): Int32Array {
  return new Int32Array(log.buffer, 0, 1);
}
