// What a fuzzer tries, and what counts as a fault: an error that is not one of tutti's own for such an input, a changed
// Object.prototype, memory far beyond the input, or an answer that contradicts itself.

import { TuttiError } from '../../../src/errors.js';
import { Draws } from './draws.js';

export interface FuzzTarget {
  readonly name: string;
  /** Codes of errors that such an input may end in. */
  readonly codes: readonly string[];
  /** An input, from nothing but what is drawn. */
  make(draws: Draws): Uint8Array;
  /**
   * Reads an input and holds what comes of it against itself.
   * @throws Contradiction; a TuttiError where the input is refused.
   */
  read(bytes: Uint8Array): Promise<void>;
}

/** An answer that cannot be true. */
export class Contradiction extends Error {}

export function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Contradiction(what);
}

/** Generous: what is read, decoded and answered, and whatever the garbage collector has left. */
const MOST_BYTES = 600e6;
const MOST_BYTES_PER_BYTE = 4000;

/** What is wrong with how an input is read; null when it is refused or answered as it should be. */
export async function faultOf(target: FuzzTarget, bytes: Uint8Array): Promise<string | null> {
  const before = process.memoryUsage.rss();
  const fault = await errorOf(target, bytes);
  const grown = process.memoryUsage.rss() - before;
  for (const name in {}) return `Object.prototype has ${name}`;
  if (grown > MOST_BYTES + MOST_BYTES_PER_BYTE * bytes.length) return `${grown} bytes of memory were taken`;
  return fault;
}

async function errorOf({ read, codes }: FuzzTarget, bytes: Uint8Array): Promise<string | null> {
  try {
    await read(bytes);
    return null;
  } catch (error) {
    if (error instanceof TuttiError && codes.includes(error.code)) {
      return error.message.length < 2000 ? null : 'a message of more than 2000 characters';
    }
    return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
  }
}

export interface Fault {
  readonly target: string;
  readonly seed: number;
  readonly round: number;
  readonly what: string;
  readonly input: Uint8Array;
}

/** The input of a round. */
export function inputOf(target: FuzzTarget, seed: number, round: number): Uint8Array {
  return target.make(new Draws(seed, round));
}

/** The first fault in some rounds, or null. */
export async function fuzz(target: FuzzTarget, seed: number, rounds: number): Promise<Fault | null> {
  for (let round = 0; round < rounds; round++) {
    const input = inputOf(target, seed, round);
    const what = await faultOf(target, input);
    if (what !== null) return { target: target.name, seed, round, what, input };
  }
  return null;
}
