// Refuses work before it takes any memory, part by part in the message. Memory cannot be refused halfway: threads do not
// survive every failed allocation, and a system that has promised more than it has ends the process.

import { TuttiError } from '../errors.js';
import { availableMemory, type MemoryRoom } from './available-memory.js';

/** A part of what some work needs. */
export interface MemoryPart {
  /** What it is for, in messages: "for 16 finished members". */
  readonly use: string;
  readonly bytes: number;
  /** What would make it smaller, in messages: "fewer or smaller members". */
  readonly remedy: string;
}

/** What a thread of a pool takes before it has anything to do, measured: its heap, its code and piscina's. */
const BYTES_PER_THREAD = 14 * 2 ** 20;

/** Of the memory there is, for threads that nobody asked for by number: they are to have something to work with. */
const SHARE_OF_THREADS = 0.5;

/** @throws ERR_MEMORY when so many threads would not fit, before any is started. */
export function requireMemoryOfThreads(threads: number): void {
  const room = availableMemory();
  const fitting = Math.max(1, Math.floor(room.available / BYTES_PER_THREAD));
  const remedy = fitting < threads ? `at most ${fitting} would fit` : 'fewer threads';
  const part = { use: `for ${threads} threads`, bytes: threads * BYTES_PER_THREAD, remedy };
  requireMemory([part], `A pool of ${threads} threads`, room);
}

/** As many threads as there are cores, or as memory allows where that is less. */
export function affordableThreads(cores: number): number {
  const { available } = availableMemory();
  return Math.max(1, Math.min(cores, Math.floor((SHARE_OF_THREADS * available) / BYTES_PER_THREAD)));
}

/**
 * @param what the work, in messages: "Training on 150 rows × 4 features".
 * @throws ERR_MEMORY with all figures when its parts are more than can be had.
 */
export function requireMemory(
  parts: readonly MemoryPart[],
  what: string,
  room: MemoryRoom = availableMemory(),
): void {
  const needed = totalOf(parts);
  const { available, limit } = room;
  if (needed <= available) return;
  const figures = `${what} would need about ${formatBytes(needed)} of memory, but only ${roomText(room)}`;
  const largest = parts.reduce((most, part) => (part.bytes > most.bytes ? part : most));
  const why = `; the most of it, ${formatBytes(largest.bytes)}, is ${largest.use}: ${largest.remedy}`;
  const details = { needed, available, limit, largest: largest.use, largestBytes: largest.bytes };
  throw new TuttiError('ERR_MEMORY', figures + why, details);
}

export function totalOf(parts: readonly MemoryPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** `210 MiB are available of the 512 MiB of its control group`. */
export function roomText({ available, limit, of }: MemoryRoom): string {
  return `${formatBytes(available)} are available of the ${formatBytes(limit)} of ${of}`;
}

/** `1.5 GiB`, `340 MiB`, `12 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
