// Where programs that predict run: what lends them memory and what runs them there. Node.js has one with every executor and
// with memories that are lent again (cached-site.ts), tutti/predict a plain one of its own.

import type { Executor } from '../../kernels/executor.js';
import type { Program } from '../../kernels/program.js';
import type { StepLimit } from '../../kernels/validate-program.js';
import type { SharedMemory } from '../../memory/webassembly-types.js';

/** What its borrower writes from one byte to another and then leaves as it is; `of` stays the same while that does. */
export interface Content {
  readonly of: object;
  readonly start: number;
  readonly end: number;
}

export interface ProgramSite {
  /** A memory of at least `bytes` bytes, which are zero. @param what for messages. @throws ERR_MEMORY */
  lend(bytes: number, what: string): SharedMemory;
  /** Takes a memory back. @param content what lies in it. */
  giveBack(memory: SharedMemory, content: Content): void;
  /**
   * Lends this very memory again, with `bytes` zero bytes, or with the content where it still holds that.
   * @returns null when it is not there any more.
   */
  lendAgain(memory: SharedMemory, bytes: number, content: Content): { readonly holds: boolean } | null;
  bind(memory: SharedMemory): Executor;
  /** Refuses a program that would touch what is not its own. */
  validate(buffer: ArrayBufferLike, program: Program, limits: readonly StepLimit[]): void;
}
