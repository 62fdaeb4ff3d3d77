// What reading a file takes of memory: refused before its cells are made, since cells of one character take several times
// the memory of their file.

import { availableMemory } from '../../machine/available-memory.js';
import { requireMemory } from '../../machine/memory-limit.js';

/** What a cell takes while its column grows and becomes numbers: eight bytes, and as many in what it is copied to. */
const CELL_BYTES = 16;

/** Reading any file, however small: code that is compiled, and garbage. Measured. */
const BYTES_OF_READING = 48 * 2 ** 20;

/** The memory that a file takes as it is read, held against what there was at the start. */
export class ReadingMemory {
  readonly #source: string;
  readonly #room = availableMemory();
  constructor(source: string) {
    this.#source = source;
  }

  /**
   * @param cells that are there.
   * @param text what comes next; it is in memory already.
   * @param cellEnds what follows a cell, a byte or several; counted where there could be too many.
   * @throws ERR_MEMORY with the figures.
   */
  require(cells: number, text: Buffer, ...cellEnds: readonly Buffer[]): void {
    // No cell is shorter than what follows it.
    const most = cells + text.length + 1;
    if (BYTES_OF_READING + text.length + CELL_BYTES * most <= this.#room.available) return;
    const all = cellEnds.reduce((sum, end) => sum + occurrences(text, end), cells);
    const bytes = BYTES_OF_READING + text.length + CELL_BYTES * all;
    if (bytes <= this.#room.available) return;
    const part = { use: `for its ${all} cells`, bytes, remedy: 'fewer rows or columns need less' };
    requireMemory([part], `Reading ${this.#source}`, this.#room);
  }
}

function occurrences(text: Buffer, what: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length)) count++;
  return count;
}
