// What of a plan is there: its results read again, each held against its name; of a strand two that differ are one too many.

import { UnreadableError } from '../checkpoint/sealed-file.js';
import { TuttiError } from '../errors.js';
import { fewAtOnce } from '../long-calls.js';
import { rangesOf, rangeText } from './job-files/member-places.js';
import type { OpenedPlan, PlannedStrand } from './open-plan.js';
import { failPlan, folderError } from './problem.js';
import { RESULTS_FOLDER, type ResultName, readResult, resultName, type StrandResult } from './result-file.js';

/** A file of a strand that is no result. */
export interface BrokenResult {
  readonly file: string;
  /** Ends the sentence "FILE …". */
  readonly problem: string;
}

/** What the files of a strand come to. */
export interface StrandStanding {
  /** What came of it for good, or else what is to be tried again; null where there is neither. */
  readonly result: StrandResult | null;
  readonly broken: readonly BrokenResult[];
}

/**
 * Reads the files of a strand.
 * @throws ERR_HOST_DIFFERS when two of them are whole and differ; ERR_STORE
 */
async function readStrand(
  { folder, plan }: OpenedPlan,
  strand: PlannedStrand,
  names: readonly ResultName[],
  signal?: AbortSignal,
): Promise<StrandStanding> {
  const broken: BrokenResult[] = [];
  const whole: { readonly name: ResultName; readonly result: StrandResult }[] = [];
  for (const name of names) {
    try {
      whole.push({ name, result: await readResult(folder, plan, name, strand.members, signal) });
    } catch (error) {
      signal?.throwIfAborted();
      const file = `${RESULTS_FOLDER}/${resultName(name)}`;
      if (error instanceof UnreadableError) broken.push({ file, problem: error.message });
      else if (error instanceof TuttiError && error.code === 'ERR_FILE')
        throw folderError(folder, 'read', error);
      else throw error;
    }
  }
  const forGood = whole.filter(({ name }) => name.hash !== null);
  if (forGood.length > 1) failDiffering(folder, strand, forGood);
  return { result: (forGood[0] ?? whole[0])?.result ?? null, broken };
}

/** Files that are read at once: a disk, or a network, is kept busy while one is checked. */
const READ_AT_ONCE = 8;

/**
 * The same of several strands.
 * @param take what is kept of each, since all of them may be more than memory holds. @returns that, in their order.
 */
export async function readStrands<Kept>(
  opened: OpenedPlan,
  strands: readonly PlannedStrand[],
  names: ReadonlyMap<number, readonly ResultName[]>,
  take: (strand: PlannedStrand, standing: StrandStanding) => Kept,
  signal?: AbortSignal,
): Promise<readonly Kept[]> {
  const read = new Array<Kept>(strands.length);
  await fewAtOnce(strands.length, READ_AT_ONCE, async (at) => {
    const strand = strands[at]!;
    read[at] = take(strand, await readStrand(opened, strand, names.get(strand.key) ?? [], signal));
  });
  return read;
}

/** One of the hosts computes wrong, and nobody here knows which. */
function failDiffering(
  folder: string,
  { key, members }: PlannedStrand,
  found: readonly { readonly name: ResultName; readonly result: StrandResult }[],
): never {
  const hosts = found.map(({ name, result }) => `${result.host} (${RESULTS_FOLDER}/${resultName(name)})`);
  const message =
    `Hosts trained different bytes for ${membersText(members)} of the plan ${folder}: ${hosts.join(', ')}; ` +
    'at least one computes wrong. Remove these files, and train it again on a host that you trust';
  throw new TuttiError('ERR_HOST_DIFFERS', message, { folder, member: key });
}

/** `member 3`, `members 0-5, 9`. */
export function membersText(members: readonly number[]): string {
  return `member${members.length === 1 ? '' : 's'} ${rangesText(members)}`;
}

export const MOST_RANGES = 12;

/** Ascending numbers in short: `0-5, 9`. @param most ranges that are written out. */
export function rangesText(numbers: readonly number[], most = MOST_RANGES): string {
  const texts = rangesOf(numbers).map(rangeText);
  const more = texts.length - most;
  return more > 0 ? `${texts.slice(0, most).join(', ')} and ${more} more ranges` : texts.join(', ');
}

/** Refuses files of a strand that are no results. @throws ERR_PLAN */
export function refuseBroken(
  folder: string,
  broken: readonly BrokenResult[],
  members: readonly number[],
): void {
  const first = broken[0];
  if (first === undefined) return;
  const more = broken.length > 1 ? ` (and ${broken.length - 1} more files are no better)` : '';
  const again = `train ${membersText(members)} again, which replaces it`;
  failPlan(folder, `has a file ${first.file} that ${first.problem}${more}: ${again}`);
}
