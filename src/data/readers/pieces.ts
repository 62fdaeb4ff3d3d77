// A file's pieces put together, for what is taken apart as a whole.

import type { Table } from '../table/table.js';
import type { TableDecoder } from './reader.js';

export class Pieces implements TableDecoder {
  readonly rows = 0;
  readonly #pieces: Buffer[] = [];
  readonly #tableOf: (bytes: Buffer) => Table;

  constructor(tableOf: (bytes: Buffer) => Table) {
    this.#tableOf = tableOf;
  }

  push(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
  }

  end(): Table {
    return this.#tableOf(Buffer.concat(this.#pieces));
  }
}
