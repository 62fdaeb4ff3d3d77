// Where the records of a JSON file begin and end: by their brackets, before anything is made of them.

import { describe } from '../../errors.js';
import { fileError } from './reader.js';

const [QUOTE, BACKSLASH, LINE_FEED, COMMA, COLON] = [0x22, 0x5c, 0x0a, 0x2c, 0x3a] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** A value of the list, or of those one after the other. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Line on which it starts, from 1. */
  readonly line: number;
  /** Colons outside of texts, at its outermost level: as many as keys. */
  readonly keys: number;
  /** Whether it holds lists or objects. */
  readonly nested: boolean;
  /** Whether the bracket is there that closes it. */
  readonly closed?: boolean;
}

/** Where a file's records are up to. */
export interface ListState {
  /** Whether they are in a list; null before the first byte that is no blank. */
  readonly list: boolean | null;
  /** What comes next; `first` is a record or the end of an empty list. */
  readonly next: 'first' | 'record' | 'after' | 'nothing';
  readonly line: number;
}

/** The records that are whole in a block of a file, one after the other. */
export class RecordScan {
  readonly #scan: Scanner;
  readonly #source: string;
  readonly #last: boolean;
  #list: boolean | null;
  #next: ListState['next'];
  /** Up to where the block is finished with, and the line there. */
  #done: { readonly at: number; readonly line: number };

  constructor(text: Buffer, source: string, { list, next, line }: ListState, last: boolean) {
    this.#scan = new Scanner(text, line);
    this.#source = source;
    this.#last = last;
    this.#list = list;
    this.#next = next;
    this.#done = { at: 0, line };
  }

  get at(): number {
    return this.#done.at;
  }

  get state(): ListState {
    return { list: this.#list, next: this.#next, line: this.#done.line };
  }

  /** The next record; null where the block is over. @throws ERR_DATA for what is none, and for a file that ends too soon */
  next(): Span | null {
    const scan = this.#scan;
    for (;;) {
      const byte = scan.skipBlanks();
      this.#note();
      if (byte === undefined) return this.#over();
      if (this.#list === null) {
        this.#list = byte === OPEN_LIST;
        if (this.#list) this.#step('first');
      } else if (this.#next === 'nothing') throw this.#fail('nothing after the list of records');
      else if (this.#next === 'after') {
        if (byte !== COMMA && byte !== CLOSE_LIST)
          throw this.#fail('a comma or the end of the list after a record');
        this.#step(byte === COMMA ? 'record' : 'nothing');
      } else if (this.#next === 'first' && byte === CLOSE_LIST) this.#step('nothing');
      else return this.#record(byte);
    }
  }

  #record(byte: number): Span | null {
    if (byte === COMMA || byte === CLOSE_LIST) throw this.#fail('a record');
    const span = this.#scan.value();
    // What goes on to the block's end may go on in the next.
    if (this.#scan.atEnd && !span.closed && !this.#last) return null;
    this.#next = this.#list === true ? 'after' : 'record';
    this.#note();
    return span;
  }

  #step(next: ListState['next']): void {
    this.#scan.step();
    this.#next = next;
    this.#note();
  }

  #note(): void {
    this.#done = { at: this.#scan.at, line: this.#scan.line };
  }

  #over(): null {
    if (!this.#last || this.#list !== true || this.#next === 'nothing') return null;
    throw this.#fail(this.#next === 'after' ? 'a comma or the end of the list after a record' : 'a record');
  }

  #fail(expected: string) {
    const scan = this.#scan;
    const got = scan.atEnd ? 'the end of the file' : describe(scan.character());
    const message = `Expected ${expected}, got ${got} (${this.#source}, line ${scan.line})`;
    return fileError(this.#source, message, { line: scan.line });
  }
}

/** Walks over bytes of UTF-8, in which brackets, quotes and line ends are bytes of their own. */
class Scanner {
  readonly #text: Buffer;
  #at = 0;
  line: number;

  constructor(text: Buffer, line: number) {
    this.#text = text;
    this.line = line;
  }

  get at(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  character(): string {
    return [...this.#text.toString('utf8', this.#at, this.#at + 4)][0] ?? '';
  }

  step(): void {
    if (this.#text[this.#at++] === LINE_FEED) this.line++;
  }

  /** Stops at the next byte that is no blank, and gives it. */
  skipBlanks(): number | undefined {
    while (isBlank(this.#text[this.#at])) this.step();
    return this.#text[this.#at];
  }

  /** Steps over one value: to the bracket that closes it, or, where it has none, to what ends it. */
  value(): Span {
    const [start, line] = [this.#at, this.line];
    const bracketed = isOpening(this.#text[start]);
    let [depth, keys, nested, closed] = [0, 0, false, false];
    while (!this.atEnd) {
      const byte = this.#text[this.#at]!;
      if (!bracketed && (byte === COMMA || byte === CLOSE_LIST || isBlank(byte))) break;
      if (byte === QUOTE) this.#skipText();
      else this.step();
      if (byte === COLON && depth === 1) keys++;
      else if (isOpening(byte)) nested = ++depth > 1 || nested;
      else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) {
        closed = true;
        break;
      }
    }
    return { start, end: this.#at, line, keys, nested, closed };
  }

  #skipText(): void {
    this.step();
    while (!this.atEnd && this.#text[this.#at] !== QUOTE) {
      // A text that never ends takes no line end along, which no text can hold.
      if (this.#text[this.#at] === LINE_FEED) return;
      if (this.#text[this.#at] === BACKSLASH) this.#at++;
      this.step();
    }
    this.step();
  }
}

function isOpening(byte: number | undefined): boolean {
  return byte === OPEN || byte === OPEN_LIST;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
