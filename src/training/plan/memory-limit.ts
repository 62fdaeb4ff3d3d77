// What a training will need, before any of it is taken: memory cannot be refused halfway, because threads
// do not survive every failed allocation.

import type { Dataset } from '../../data/dataset/dataset.js';
import { engineOf } from '../../engines/registry.js';
import { TuttiError } from '../../errors.js';
import { availableMemory } from '../../machine/available-memory.js';
import { formatBytes } from '../../memory/layout.js';
import type { MemberSpec } from '../../model/spec.js';

/** History, spec and bookkeeping of one member, roughly; matters only for millions of tiny members. */
const BYTES_PER_MEMBER = 2048;

/** What a thread of a pool takes before it has anything to do, measured: its heap, its code and piscina's. */
const BYTES_PER_THREAD = 12 * 2 ** 20;

/** @throws ERR_MEMORY when so many threads would not fit, before any is started. */
export function requireMemoryOfThreads(threads: number): void {
  requireMemory(threads * BYTES_PER_THREAD, `A pool of ${threads} threads`);
}

/**
 * Bytes the members' results take, but for models whose size is known only when they are there; measuring loads a
 * few members at a time.
 * @param choices the distinct specs, which the members take in turn.
 */
export function resultBytes(choices: readonly MemberSpec[], members: number, dataset: Dataset): number {
  const { features, task, rows } = dataset;
  const sizes = choices.map((spec) => (engineOf(spec).weightsLength(spec, features, task, rows) ?? 0) * 4);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return members * (mean + BYTES_PER_MEMBER);
}

/** @throws ERR_MEMORY with the figures when `needed` bytes are more than can be had. */
export function requireMemory(needed: number, what: string): void {
  const { available, limit, of } = availableMemory();
  if (needed <= available) return;
  throw new TuttiError(
    'ERR_MEMORY',
    `${what} would need about ${formatBytes(needed)} of memory, but only ${formatBytes(available)} are available of the ${formatBytes(limit)} of ${of}`,
    { needed, available, limit },
  );
}
