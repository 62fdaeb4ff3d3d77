// A training under way as a folder: a file that says what is trained, a journal of what is finished, and a lock of the
// process that trains. Whoever resumes it gets what is there and goes on in the same place.

import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailedMember, TrainedMember } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { isTemporary, removeStale } from '../files/temporary-file.js';
import type { MemberStreams } from '../model/spec.js';
import type { TrainingJournal } from '../training/coordinator/journal.js';
import type { RestingRun } from '../training/plan/runs.js';
import { binariesOf, failureEntry, memberEntry } from './journal-entries.js';
import { firstLink, JOURNAL_FILE, journalHeader } from './journal-format.js';
import { type JournalContent, readJournal } from './journal-reader.js';
import { JournalWriter } from './journal-writer.js';
import type { KeptTraining } from './kept-training.js';
import { isLockFile, type Lock, type LockOptions, lockFolder } from './lock.js';
import { openInFolder } from './open-in-folder.js';
import { cannotWrite, failCheckpoint } from './problem.js';
import type { JournalEntry } from './schema.js';
import { StateFiles } from './state-files.js';
import { type KeptStates, readStates } from './state-reader.js';
import { readTraining, TRAINING_FILE, trainingBytes, writeTraining } from './training-file.js';

/** What a new checkpoint holds from its beginning. */
export interface NewTraining extends KeptTraining {
  /** Members that are there already, and what ran their kernels. */
  readonly members: readonly TrainedMember[];
  readonly executors: readonly string[];
}

/** A journal for a training that begins; its folder is touched when the training can. */
export function newCheckpoint(folder: string, training: NewTraining): TrainingJournal {
  return new Checkpoint(folder, async (onLost) => {
    await makeFolder(folder);
    const lock = await lockFolder(folder);
    try {
      await requireNoTraining(folder);
      return { lock, ...(await create(folder, training, onLost)) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

/** What a folder holds, and the journal to go on with. */
export interface OpenedCheckpoint {
  readonly training: KeptTraining;
  readonly content: JournalContent;
  /** Where members in training rest, by the strand. */
  readonly states: KeptStates['strands'];
  readonly journal: TrainingJournal;
}

/** @throws ERR_CHECKPOINT when it is in use, holds no training, or what is damaged. */
export async function openCheckpoint(folder: string, how: LockOptions = {}): Promise<OpenedCheckpoint> {
  await requireTraining(folder);
  const lock = await lockFolder(folder, how);
  try {
    await removeStale(folder);
    const training = await readTraining(folder);
    const content = await readJournal(folder, training);
    const { strands, there, used } = await readStates(folder, training, content);
    const goOn = async (onLost: LossHandler) => {
      const journal = await reopenJournal(folder, training.seal, content, onLost);
      const states = new StateFiles(folder, training.seal, there, used);
      return { lock, journal, states, synced: Promise.resolve() };
    };
    return { training, content, states: strands, journal: new Checkpoint(folder, goOn, lock) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws ERR_CHECKPOINT */
export async function requireTraining(folder: string): Promise<void> {
  await access(join(folder, TRAINING_FILE)).catch((error) =>
    failCheckpoint(folder, 'holds no training', error),
  );
}

/** A folder that is held. */
interface Place {
  readonly lock: Lock;
  readonly journal: JournalWriter;
  readonly states: StateFiles;
  /** When a machine that ends cannot take the folder along. */
  readonly synced: Promise<void>;
}

type LossHandler = (error: unknown) => void;

class Checkpoint implements TrainingJournal {
  readonly #folder: string;
  readonly #take: (onLost: LossHandler) => Promise<Place>;
  /** Held from the beginning where a folder was opened. */
  #lock: Lock | null;
  /** Once the training began. */
  #place: Place | null = null;
  #onLost: LossHandler = () => undefined;
  /** When the states of strands that are over are gone. */
  #dropped: Promise<void> = Promise.resolve();

  /** @param take gets the place when the training can begin. */
  constructor(folder: string, take: (onLost: LossHandler) => Promise<Place>, lock: Lock | null = null) {
    this.#folder = folder;
    this.#take = take;
    this.#lock = lock;
  }

  async begin(onLost: LossHandler): Promise<void> {
    this.#onLost = (error) => {
      this.#onLost = () => undefined;
      onLost(this.#problem(error));
    };
    const place = await this.#take((error) => this.#onLost(error)).catch((error) => {
      throw this.#problem(error);
    });
    this.#lock = place.lock;
    this.#place = { ...place, synced: place.synced.catch((error) => this.#onLost(error)) };
  }

  executors(names: readonly string[]): void {
    this.#add({ kind: 'executors', names: [...names] });
  }

  member(member: TrainedMember): void {
    this.#add(memberEntry(member), binariesOf(member));
  }

  failure(failure: FailedMember): void {
    this.#add(failureEntry(failure));
  }

  beginning(members: readonly number[], streams: MemberStreams): void {
    this.#add({ kind: 'beginning', members: [...members], streams });
  }

  async state(strand: number, runs: readonly RestingRun[]): Promise<void> {
    if (this.#place === null || this.#place.journal.lost !== null) return;
    await this.#place.states.write(strand, runs).catch((error) => this.#onLost(error));
  }

  /** Its files are kept until what came of it is on disk. */
  over(strand: number): void {
    if (this.#place === null) return;
    const { journal, states } = this.#place;
    journal.afterSync(() => {
      this.#dropped = this.#dropped.then(() => states.drop(strand));
    });
  }

  #add(entry: JournalEntry, binaries: readonly Uint8Array[] = []): void {
    this.#place?.journal.add(entry, binaries);
  }

  #problem(error: unknown): TuttiError {
    const told = error instanceof TuttiError && error.code === 'ERR_CHECKPOINT';
    return told ? error : cannotWrite(this.#folder, error);
  }

  async settled(): Promise<void> {
    await this.#place?.synced;
    await this.#place?.journal.settled();
  }

  async close(): Promise<void> {
    const [place, lock] = [this.#place, this.#lock];
    this.#place = null;
    this.#lock = null;
    if (place !== null) {
      await place.synced;
      await place.journal.close();
      await this.#dropped;
      await place.states.close();
    }
    await lock?.release();
  }
}

/** @throws ERR_CHECKPOINT for a folder that holds a training, or anything else. */
async function requireNoTraining(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.includes(TRAINING_FILE)) {
    const training = await readTraining(folder).catch(() => null);
    const what = training === null ? 'a training' : `a training of ${training.plan.members.length} members`;
    failCheckpoint(folder, `holds ${what}: \`tutti resume ${folder}\` goes on with it`);
  }
  if (names.some(isTemporary)) await removeStale(folder);
  // What a process left that ended as it began is written over.
  const foreign = names.find((name) => !isLockFile(name) && name !== JOURNAL_FILE && !isTemporary(name));
  if (foreign !== undefined)
    failCheckpoint(folder, `would go into a folder that holds other files, such as ${foreign}`);
}

/**
 * The journal first and the training last, which makes the folder a checkpoint. Members that are there, which nobody can
 * train again, are on disk before; otherwise the training need not wait.
 */
async function create(
  folder: string,
  { members, executors, ...training }: NewTraining,
  onLost: LossHandler,
): Promise<Omit<Place, 'lock'>> {
  const bytes = trainingBytes(training);
  const header = journalHeader(bytes.seal);
  const file = await openInFolder(join(folder, JOURNAL_FILE), constants.O_CREAT | constants.O_TRUNC);
  const journal = new JournalWriter(file, firstLink(header), onLost);
  try {
    journal.begin(header);
    if (executors.length > 0) journal.add({ kind: 'executors', names: [...executors] });
    for (const member of members) journal.add(memberEntry(member), binariesOf(member));
    if (members.length > 0) await journal.settled();
    if (journal.lost !== null) throw journal.lost.error;
    const sync = await writeTraining(folder, bytes);
    return { journal, states: new StateFiles(folder, bytes.seal), synced: sync() };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** What is torn off its end, or all of it where no header is whole, is not there any more. */
async function reopenJournal(
  folder: string,
  seal: string,
  { endBytes, link }: JournalContent,
  onLost: LossHandler,
): Promise<JournalWriter> {
  const file = await openInFolder(join(folder, JOURNAL_FILE), constants.O_APPEND);
  await file.truncate(endBytes);
  const journal = new JournalWriter(file, link, onLost);
  if (endBytes === 0) journal.begin(journalHeader(seal));
  return journal;
}
