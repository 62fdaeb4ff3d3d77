// What came of a strand, as a file: a journal of its own (checkpoint/journal-format.ts) that names the plan. Its name has a hash
// of what was trained and of nothing else, not when, where or by which executor: two hosts that train the same write the same
// name, and two names of one strand are two answers to one question.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BundleSource } from '../bundle/byte-source.js';
import { describeMember } from '../bundle/metadata.js';
import { openSource } from '../bundle/source.js';
import { bytePieces, littleEndianPieces, pieceBuffer } from '../bundle/weights.js';
import { binariesOf, failureEntry, memberEntry } from '../checkpoint/journal-entries.js';
import { firstLink, journalHeader, recordStart } from '../checkpoint/journal-format.js';
import { type JournalContent, readJournalFrom } from '../checkpoint/journal-reader.js';
import type { JournalEntry } from '../checkpoint/schema.js';
import { UnreadableError } from '../checkpoint/sealed-file.js';
import type { FailedMember, TrainedMember } from '../ensemble/ensemble.js';
import { packPlain } from '../files/plain-data.js';
import { readBoundedFileAsync } from '../files/regular-file.js';
import { sortedJson } from '../files/sorted-plain.js';
import type { MemberStreams } from '../model/spec.js';
import { isRepeated } from '../training/coordinator/failure-policy.js';
import type { HashedPlan } from './plan-record.js';

export const RESULTS_FOLDER = 'results';

/** What came of a strand, or of the part of it that has come to its end. */
export interface StrandOutcome {
  readonly members: ReadonlyMap<number, TrainedMember>;
  readonly failures: ReadonlyMap<number, FailedMember>;
  /** Of members that began again with others than planned. */
  readonly streams: ReadonlyMap<number, MemberStreams>;
  readonly executors: readonly string[];
}

/** As it was read, and where it was trained. */
export interface StrandResult extends StrandOutcome {
  readonly host: string | null;
}

/** Whether it may come out otherwise when it is tried again: a thread was lost, there was no memory, it took too long. */
export function isToRepeat({ failures }: Pick<StrandOutcome, 'failures'>): boolean {
  return [...failures.values()].some(({ error }) => isRepeated(error.code));
}

const NAME = /^(\d{1,9})-([0-9a-f]{64}|again)$/;

export interface ResultName {
  readonly strand: number;
  /** Null for what is to be tried again. */
  readonly hash: string | null;
}

export function parseResultName(name: string): ResultName | null {
  const [, strand, hash] = NAME.exec(name) ?? [];
  return strand === undefined ? null : { strand: Number(strand), hash: hash === 'again' ? null : hash! };
}

export function resultName({ strand, hash }: ResultName): string {
  return `${strand}-${hash ?? 'again'}`;
}

/** SHA-256 over what is the same on every host: streams, members, and which others failed with which code. */
export function hashOfResult(plan: HashedPlan, strand: number, outcome: StrandOutcome): string {
  const { members, failures, streams } = outcome;
  const inOrder = <Value>(map: ReadonlyMap<number, Value>) => [...map].sort(([a], [b]) => a - b);
  const hash = createHash('sha256').update(
    sortedJson({
      ...{ plan: plan.hash, strand, streams: inOrder(streams) },
      members: inOrder(members).map(([, member]) => describeMember(member)),
      failures: inOrder(failures).map(([index, { error }]) => [index, error.code]),
    }),
  );
  hashing ??= pieceBuffer();
  for (const [, { parameters, model }] of inOrder(members)) {
    for (const piece of littleEndianPieces(parameters, hashing)) hash.update(piece);
    if (model !== null) for (const piece of bytePieces(model, hashing)) hash.update(piece);
  }
  return hash.digest('hex');
}

/** What weights are hashed through: results come by the thousand, and one is hashed at once. */
let hashing: ReturnType<typeof pieceBuffer> | undefined;

/** The bytes of a result, in pieces. */
export function resultBytes(plan: HashedPlan, outcome: StrandOutcome): Uint8Array[] {
  const { members, failures, streams, executors } = outcome;
  const header = journalHeader(plan.hash);
  const pieces: Uint8Array[] = [header];
  let link: Uint8Array = firstLink(header);
  const add = (entry: JournalEntry, binaries: readonly Uint8Array[] = []) => {
    const record = recordStart(link, packPlain(entry), binaries);
    link = record.link;
    pieces.push(record.start, ...binaries);
  };
  add({ kind: 'host', name: hostname() });
  if (executors.length > 0) add({ kind: 'executors', names: [...executors] });
  for (const [index, own] of streams) add({ kind: 'beginning', members: [index], streams: own });
  for (const member of members.values()) add(memberEntry(member), binariesOf(member));
  for (const failure of failures.values()) add(failureEntry(failure));
  return pieces;
}

/**
 * Reads a file of that format, whole or of a part of a strand.
 * @throws UnreadableError when it is not as it was written or of another plan; ERR_FILE.
 */
export async function readOutcome(
  path: string,
  plan: HashedPlan,
  signal?: AbortSignal,
): Promise<StrandResult> {
  const source = await openWhole(path, signal);
  try {
    const content = await readJournalFrom(source, { ...plan, seal: plan.hash });
    if (content.tornBytes > 0) throw new UnreadableError('is damaged, or cut short');
    return content satisfies JournalContent;
  } finally {
    await source.close();
  }
}

/** Files up to this length are read at once: most are short, and there may be thousands. */
const WHOLE_BYTES = 2 ** 24;

async function openWhole(path: string, signal: AbortSignal | undefined): Promise<BundleSource<Buffer>> {
  const file = await stat(path).catch(() => null);
  if (file === null || !file.isFile() || file.size > WHOLE_BYTES) return openSource(path, signal);
  return openSource(await readBoundedFileAsync(path, { maxBytes: WHOLE_BYTES }), signal);
}

/**
 * Reads what came of a strand.
 * @param indices the members of the strand.
 * @throws UnreadableError when it is not as it was written, of another plan, or of other members than its name says; ERR_FILE.
 */
export async function readResult(
  folder: string,
  plan: HashedPlan,
  name: ResultName,
  indices: readonly number[],
  signal?: AbortSignal,
): Promise<StrandResult> {
  const result = await readOutcome(join(folder, RESULTS_FOLDER, resultName(name)), plan, signal);
  const settled = new Set([...result.members.keys(), ...result.failures.keys()]);
  if (settled.size !== indices.length || !indices.every((index) => settled.has(index)))
    throw new UnreadableError('is cut short: it does not hold the members that it is named after');
  if (name.hash === null) return result;
  if (hashOfResult(plan, name.strand, result) !== name.hash)
    throw new UnreadableError('is damaged: it is not what its name says');
  if (isToRepeat(result))
    throw new UnreadableError('is damaged: what it says of its members is to be tried again');
  return result;
}
