// Which rows of a column have a value, a bit each, made only once a row has none.

import type { ValidBits } from '../table/number-column.js';

export class Validity {
  readonly #rows: number;
  #bits: Uint8Array | null = null;

  constructor(rows: number) {
    this.#rows = rows;
  }

  clear(row: number): void {
    this.#bits ??= new Uint8Array((this.#rows + 7) >> 3).fill(255);
    this.#bits[row >> 3]! &= ~(1 << (row & 7));
  }

  /** Null where all rows have a value. */
  get valid(): ValidBits | null {
    return this.#bits === null ? null : { bits: this.#bits };
  }
}
