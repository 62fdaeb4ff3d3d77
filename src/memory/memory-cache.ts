// Shared memories on loan. V8 does not count the bytes of a WebAssembly.Memory and so does not collect one because it
// is large: whoever makes one for every training or prediction grows without bound. What is given back is lent again,
// and what is not needed again is let go of and collected. It knows nothing of what lies in a memory.

import { inBackground } from '../long-calls.js';
import { availableMemory } from '../machine/available-memory.js';
import { nodeProcess } from '../node-builtins.js';
import { createSharedMemory, MAX_MEMORY_BYTES, PAGE_BYTES } from './layout.js';
import { collectSoon } from './uncounted-bytes.js';
import type { SharedMemory } from './webassembly-types.js';

/** A memory that its borrower has alone until it is given back. */
export interface LentMemory {
  readonly memory: SharedMemory;
  /** Unique within the process, and the same whenever this memory is lent: threads know it by that. */
  readonly name: string;
  /** Whether the content asked for lies in it. */
  readonly holds: boolean;
}

/** What a borrower writes from one byte to another and then leaves as it is; `of` stays the same while that does. */
export interface Content {
  readonly of: object;
  readonly start: number;
  readonly end: number;
}

/** What is known of a memory, lent or not. */
interface Loan {
  readonly memory: SharedMemory;
  readonly name: string;
  content: (Omit<Content, 'of'> & { readonly of: WeakRef<object> }) | null;
}

/** What is kept for the next borrowers, and what of it when there has been none for a while. */
const KEPT_BYTES = 256 * 2 ** 20;
const KEPT_IDLE_BYTES = 32 * 2 ** 20;
/** Of what can still be had: where that is little, whoever comes next needs it more. */
const KEPT_SHARE = 0.25;
const IDLE_MS = 5000;
/** A collection may take long where the caller's heap is large: it must be worth it. */
const WORTH_COLLECTING_BYTES = 64 * 2 ** 20;

/** In all about twice as long. */
const LONGEST_WAIT_MS = 256;

/** Given back and not lent again, the longest unused first. */
const free: Loan[] = [];
/** Weakly, because a borrower may forget to give back. */
const lent = new WeakMap<SharedMemory, Loan>();
const listeners = new Set<(names: readonly string[]) => void>();
let made = 0;
let droppedBytes = 0;
let idle: ReturnType<typeof setTimeout> | undefined;

/**
 * Lends a memory of at least `bytes` bytes; those are zero, what follows them need not be.
 * @param content what would have to be written there: it is, instead of zeros, where {@link LentMemory.holds} says so.
 * @throws ERR_MEMORY when it is more than a WebAssembly memory can have or the machine refuses it.
 */
export function lendMemory(bytes: number, purpose: string, content: Content | null = null): LentMemory {
  const loan = takeFree(bytes, content) ?? makeMemory(bytes, purpose);
  const holds = isIn(loan, content);
  if (!holds) loan.content = null;
  lent.set(loan.memory, loan);
  return { memory: loan.memory, name: loan.name, holds };
}

/** Notes what its borrower has written, for whoever is to write the same there. */
export function noteContent(memory: SharedMemory, { of, start, end }: Content): void {
  const loan = lent.get(memory);
  if (loan !== undefined) loan.content = { of: new WeakRef(of), start, end };
}

function isIn({ content: own }: Loan, content: Content | null): boolean {
  if (own === null || content === null) return false;
  return own.of.deref() === content.of && own.start === content.start && own.end === content.end;
}

/**
 * Lends this very memory again for a borrower who has prepared what to do with it: with its first `bytes` bytes zero, or
 * whole where the content lies in it.
 * @returns null when it is not there any more, or somebody has it.
 */
export function lendAgain(
  memory: SharedMemory,
  bytes: number,
  content: Content,
): Pick<LentMemory, 'holds'> | null {
  const at = free.findIndex((loan) => loan.memory === memory);
  const [loan] = at < 0 ? [] : free.splice(at, 1);
  if (loan === undefined) return null;
  const holds = isIn(loan, content);
  if (!holds) new Uint8Array(memory.buffer, 0, bytes).fill(0);
  loan.content = null;
  lent.set(memory, loan);
  return { holds };
}

/** Takes a memory back that nobody reads or writes any more; once is enough. */
export function giveBackMemory(memory: SharedMemory): void {
  const loan = lent.get(memory);
  if (loan === undefined) return;
  lent.delete(memory);
  free.push(loan);
  // To ask takes longer than to predict a row.
  const most = sizeOf(loan) > KEPT_IDLE_BYTES ? KEPT_SHARE * availableMemory().available : KEPT_BYTES;
  keep(Math.min(KEPT_BYTES, most));
  clearTimeout(idle);
  idle = inBackground(setTimeout(keep, IDLE_MS, KEPT_IDLE_BYTES));
}

/** Lets go of a memory that somebody may still write to: it is never lent again. */
export function dropMemory(memory: SharedMemory): void {
  const loan = lent.get(memory);
  if (loan === undefined) return;
  lent.delete(memory);
  drop([loan]);
}

/**
 * Lets go of all that is kept, where as many bytes cannot be had otherwise, and waits until they can or it is of no use:
 * threads that know a memory let go of it later.
 */
export async function makeRoom(bytes: number): Promise<void> {
  const isThere = () => availableMemory().available >= bytes;
  if (free.length === 0 || isThere()) return;
  keep(0);
  for (let wait = 1; wait <= LONGEST_WAIT_MS; wait *= 2) {
    collectSoon();
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (isThere()) return;
  }
}

/**
 * Calls `listener` with the names of memories that are let go of, so that threads let go of them too.
 * @returns what ends that.
 */
export function onMemoriesDropped(listener: (names: readonly string[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The one that holds the content, or the smallest that is large enough, unless it is far too large: another borrower
 * would miss it.
 */
function takeFree(bytes: number, content: Content | null): Loan | null {
  const fitting = free
    .filter((loan) => sizeOf(loan) >= bytes && sizeOf(loan) <= 4 * sizeClass(bytes))
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  const holding = fitting.find((loan) => isIn(loan, content));
  const found = holding ?? fitting[0];
  if (found === undefined) return null;
  free.splice(free.indexOf(found), 1);
  const used = new Uint8Array(found.memory.buffer, 0, bytes);
  if (holding === undefined) used.fill(0);
  else used.fill(0, 0, content!.start).fill(0, content!.end);
  return found;
}

function makeMemory(bytes: number, purpose: string): Loan {
  const name = `${nodeProcess?.pid ?? 0}-${++made}`;
  const rounded = sizeClass(bytes);
  try {
    return { name, memory: createSharedMemory(rounded, purpose), content: null };
  } catch (error) {
    if (rounded === bytes) throw error;
    return { name, memory: createSharedMemory(bytes, purpose), content: null };
  }
}

/** The next power of two: the one after it, a little larger, fits too. Pages that nobody touches take no memory. */
function sizeClass(bytes: number): number {
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(bytes, PAGE_BYTES)));
  return Math.max(bytes, Math.min(rounded, MAX_MEMORY_BYTES));
}

function sizeOf({ memory }: Loan): number {
  return memory.buffer.byteLength;
}

/** Lets go of the longest unused until no more than `bytes` are kept. */
function keep(bytes: number): void {
  let kept = free.reduce((sum, loan) => sum + sizeOf(loan), 0);
  const gone: Loan[] = [];
  while (kept > bytes) {
    const oldest = free.shift()!;
    kept -= sizeOf(oldest);
    gone.push(oldest);
  }
  drop(gone);
}

function drop(gone: readonly Loan[]): void {
  if (gone.length === 0) return;
  for (const listener of listeners) listener(gone.map(({ name }) => name));
  droppedBytes += gone.reduce((sum, loan) => sum + sizeOf(loan), 0);
  if (droppedBytes < WORTH_COLLECTING_BYTES) return;
  droppedBytes = 0;
  collectSoon();
}
