// Text that comes in pieces, as blocks that begin where a record does: what a block leaves of a record that goes on in the
// next piece is put before that.

export class Blocks {
  #rest: Buffer = Buffer.alloc(0);
  #waiting: Buffer[] = [];
  #bytes = 0;

  /** What no block has finished with. */
  rest(): Buffer {
    return Buffer.concat([this.#rest, ...this.#waiting]);
  }

  /**
   * The next block; null while the rest is longer than what came after it, so that a record of many pieces is not
   * gone through again with each of them.
   * @param piece valid for the call alone, as may be the block
   */
  next(piece: Buffer): Buffer | null {
    if (this.#rest.length === 0 && this.#waiting.length === 0) return piece;
    this.#bytes += piece.length;
    if (this.#bytes < this.#rest.length) {
      this.#waiting.push(Buffer.from(piece));
      return null;
    }
    return this.#joined(piece);
  }

  /** The last block: all that is left. */
  last(piece: Buffer): Buffer {
    return this.#joined(piece);
  }

  /** Keeps the end of a block for the next. */
  keep(block: Buffer, from: number): void {
    this.#rest = Buffer.from(block.subarray(from));
  }

  #joined(piece: Buffer): Buffer {
    const block = Buffer.concat([this.#rest, ...this.#waiting, piece]);
    this.#rest = Buffer.alloc(0);
    this.#waiting = [];
    this.#bytes = 0;
    return block;
  }
}
