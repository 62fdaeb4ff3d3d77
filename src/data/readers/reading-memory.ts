// What reading a file takes of memory: refused before its cells are made, since cells of one character take several times
// the memory of their file.

import { availableMemory } from '../../machine/available-memory.js';
import { requireMemory } from '../../machine/memory-limit.js';

/** What a cell takes while its column grows and becomes numbers: eight bytes, and as many in what it is copied to. */
const CELL_BYTES = 16;

/** Reading any file, however small: code that is compiled, and garbage. Measured. */
const BYTES_OF_READING = 48 * 2 ** 20;

/**
 * @param text what is in memory already, and comes again as texts of cells that differ.
 * @param cellEnd what follows a cell, a byte or several; counted where there could be too many.
 * @throws ERR_MEMORY with the figures.
 */
export function requireMemoryToRead(source: string, text: Buffer, ...cellEnds: readonly Buffer[]): void {
  const room = availableMemory();
  const least = BYTES_OF_READING + text.length;
  // No cell is shorter than what follows it.
  if (least + (CELL_BYTES / 2) * text.length <= room.available) return;
  const cells = cellEnds.reduce((sum, end) => sum + occurrences(text, end), 0);
  const bytes = least + CELL_BYTES * cells;
  const part = { use: `for its ${cells} cells`, bytes, remedy: 'fewer rows or columns need less' };
  requireMemory([part], `Reading ${source}`, room);
}

function occurrences(text: Buffer, what: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length)) count++;
  return count;
}
