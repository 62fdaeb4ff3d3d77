// A pipe for a few 32-bit words at a time, always as many: what a job says of itself while its thread is too busy to
// answer messages, and what it is told.

import type { Socket } from 'node:net';

export class WordPipe {
  readonly #socket: Socket;
  #before: Int32Array | null = null;

  /** @param count words that come at a time. @param onWords called for each time. */
  constructor(socket: Socket, count: number, onWords: (words: Int32Array) => void) {
    this.#socket = socket;
    const bytes = new Uint8Array(4 * count);
    let filled = 0;
    socket.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + bytes.length - filled);
        bytes.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        if (filled < bytes.length) return;
        filled = 0;
        onWords(new Int32Array(bytes.slice().buffer));
      }
    });
    // The other process has ended.
    socket.on('error', () => {});
  }

  /** Sends words, unless they are what was sent last. */
  send(words: Int32Array): void {
    if (this.#before?.every((word, at) => word === words[at])) return;
    this.#before = words;
    if (!this.#socket.destroyed) this.#socket.write(new Uint8Array(words.slice().buffer));
  }
}
