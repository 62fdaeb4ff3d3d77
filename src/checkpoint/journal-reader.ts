// Reads a journal and believes nothing: it ends before the first record that is not as it was written, of which nothing
// is lost but the time to train it again; a record that is, and still cannot be, is an error.

import type { BundleSource } from '../bundle/byte-source.js';
import { contradictionOfStored, failureFrom, memberFrom } from '../bundle/metadata.js';
import type { MemberMetadata } from '../bundle/schema.js';
import { placeLittleEndian } from '../bundle/weights.js';
import type { FailedMember, TrainedMember } from '../ensemble/ensemble.js';
import { areFinite } from '../math/finite.js';
import { allocateShared } from '../memory/uncounted-bytes.js';
import type { MemberStreams } from '../model/spec.js';
import { check, issueText } from '../schema-check.js';
import { isRepeated } from '../training/coordinator/failure-policy.js';
import {
  firstLink,
  JOURNAL_FILE,
  journalHeader,
  RECORD_HEADER_BYTES,
  type RecordHeader,
  readRecordHeader,
  recordChecksum,
  requireJournalHeader,
  requireMetadataBytes,
} from './journal-format.js';
import type { SealedTraining } from './kept-training.js';
import { readFileOf } from './read-file-of.js';
import type { JournalEntry } from './schema.js';
import { decode, UnreadableError } from './sealed-file.js';

/** What a journal says. */
export interface JournalContent {
  readonly members: ReadonlyMap<number, TrainedMember>;
  readonly failures: ReadonlyMap<number, FailedMember>;
  /** What ran kernels, each once. */
  readonly executors: readonly string[];
  /** The host on which it was written, where it says so. */
  readonly host: string | null;
  /** Streams of members that began again with others than planned. */
  readonly streams: ReadonlyMap<number, MemberStreams>;
  /** Where it ends: there the next record goes. */
  readonly endBytes: number;
  /** The checksum of its last record. */
  readonly link: Buffer;
  /** Bytes behind the end, which are no whole record. */
  readonly tornBytes: number;
}

/** Members that were given up for good: they are not there, and are not tried again. */
export function givenUp({ members, failures }: Pick<JournalContent, 'members' | 'failures'>): FailedMember[] {
  return [...failures.values()].filter(({ index, error }) => !members.has(index) && !isRepeated(error.code));
}

/** @throws ERR_CHECKPOINT when it is not that of the training, or says what cannot be. */
export async function readJournal(
  folder: string,
  training: SealedTraining,
  signal?: AbortSignal,
): Promise<JournalContent> {
  return readFileOf(folder, JOURNAL_FILE, signal, (source) => new JournalReader(source, training).read());
}

/**
 * The same of a journal that lies by itself.
 * @throws UnreadableError when it is not that of the training, or says what cannot be.
 */
export function readJournalFrom(
  source: BundleSource<Buffer>,
  training: SealedTraining,
): Promise<JournalContent> {
  return new JournalReader(source, training).read();
}

class JournalReader {
  readonly #source: BundleSource<Buffer>;
  readonly #training: SealedTraining;
  readonly #members = new Map<number, TrainedMember>();
  readonly #failures = new Map<number, FailedMember>();
  readonly #executors = new Set<string>();
  readonly #streams = new Map<number, MemberStreams>();
  #host: string | null = null;

  constructor(source: BundleSource<Buffer>, training: SealedTraining) {
    this.#source = source;
    this.#training = training;
  }

  async read(): Promise<JournalContent> {
    const header = journalHeader(this.#training.seal);
    let link = firstLink(header);
    let at = await this.#endOfHeader(header);
    if (at === 0) return this.#content(0, link);
    for (;;) {
      const record = await this.#wholeRecord(at, link);
      if (record === null) break;
      await this.#take(at + RECORD_HEADER_BYTES, record.payloadBytes);
      link = record.checksum;
      at += RECORD_HEADER_BYTES + record.payloadBytes;
    }
    return this.#content(at, link);
  }

  #content(endBytes: number, link: Buffer): JournalContent {
    return {
      ...{ members: this.#members, failures: this.#failures, streams: this.#streams },
      executors: [...this.#executors],
      host: this.#host,
      ...{ endBytes, link, tornBytes: this.#source.bytes - endBytes },
    };
  }

  /** 0 where it is cut short, as by a machine that ended when the training had just begun. */
  async #endOfHeader(header: Buffer): Promise<number> {
    const start = await this.#source.read(0, Math.min(header.length, this.#source.bytes));
    requireJournalHeader(start, header);
    return start.length < header.length ? 0 : header.length;
  }

  /** The record at a place, or null when there is none as it was written. */
  async #wholeRecord(at: number, link: Buffer): Promise<RecordHeader | null> {
    const left = this.#source.bytes - at - RECORD_HEADER_BYTES;
    if (left < 0) return null;
    const record = readRecordHeader(await this.#source.read(at, RECORD_HEADER_BYTES), left);
    if (record === null) return null;
    const hash = recordChecksum(link, record.length);
    const payload = this.#source.pieces(at + RECORD_HEADER_BYTES, record.payloadBytes);
    for await (const { piece } of payload) hash.update(piece);
    return hash.digest().equals(record.checksum) ? record : null;
  }

  async #take(at: number, payloadBytes: number): Promise<void> {
    const metadataBytes = (await this.#source.read(at, 4)).readUInt32LE();
    requireMetadataBytes(metadataBytes, payloadBytes);
    const entry = await parseEntry(await this.#source.read(at + 4, metadataBytes));
    const binaryBytes = payloadBytes - 4 - metadataBytes;
    if (entry.kind === 'executors') for (const name of entry.names) this.#executors.add(name);
    else if (entry.kind === 'host') this.#host = entry.name;
    else if (entry.kind === 'beginning') this.#beginAgain(entry.members, entry.streams);
    else this.#requirePlanned(entry.index);
    if (entry.kind === 'failure') this.#failures.set(entry.index, failureFrom(entry));
    if (entry.kind === 'member') {
      const stored = await this.#readStored(entry, at + 4 + metadataBytes, binaryBytes);
      this.#members.set(entry.index, memberFrom(entry, stored));
    } else if (binaryBytes > 0) throw new UnreadableError(`is damaged: a ${entry.kind} with weights`);
  }

  /** What was said of a run before it began again is void. */
  #beginAgain(members: readonly number[], streams: MemberStreams): void {
    for (const index of members) {
      this.#requirePlanned(index);
      this.#streams.set(index, streams);
      this.#failures.delete(index);
      this.#members.delete(index);
    }
  }

  #requirePlanned(index: number): void {
    if (index < this.#training.plan.members.length) return;
    throw new UnreadableError(`is damaged: member ${index} is not planned`);
  }

  /** Weights and stored model of a member, held against its spec before any memory is taken. */
  async #readStored(
    member: MemberMetadata,
    at: number,
    bytes: number,
  ): Promise<Pick<TrainedMember, 'parameters' | 'model'>> {
    const { index, parameters, modelBytes } = member;
    const { plan, features, task } = this.#training;
    const contradiction = contradictionOfStored(member, plan.members[index]!, features, task);
    if (contradiction !== null) throw new UnreadableError(`is damaged: ${contradiction}`);
    if (bytes !== 4 * parameters + (modelBytes ?? 0)) {
      throw new UnreadableError(`is damaged: ${bytes} bytes of weights for member ${index}`);
    }
    const weights = new Float32Array(allocateShared(4 * parameters));
    for await (const { offset, piece } of this.#source.pieces(at, weights.byteLength)) {
      placeLittleEndian(weights, offset, piece);
    }
    if (!areFinite(weights)) {
      throw new UnreadableError(`is damaged: weights of member ${index} are no numbers`);
    }
    if (modelBytes === null) return { parameters: weights, model: null };
    const model = new Uint8Array(allocateShared(modelBytes));
    for await (const { offset, piece } of this.#source.pieces(at + weights.byteLength, modelBytes)) {
      model.set(piece, offset);
    }
    return { parameters: weights, model };
  }
}

async function parseEntry(metadata: Uint8Array): Promise<JournalEntry> {
  const { entrySchema } = await import('./schema.js');
  const { data, issue } = check(entrySchema, decode(metadata));
  if (issue === null) return data;
  throw new UnreadableError(`is damaged: a record is wrong at ${issueText(issue)}`);
}
