// Reading JSON files of records into tables: a list of objects, or objects one after the other (JSON Lines). Records are
// found by their brackets and parsed one at a time, so that an error has its row and line, and memory holds one of them.

import { describe } from '../../errors.js';
import { RecordTable } from '../table/record-table.js';
import type { Table } from '../table/table.js';
import { refuseColumns } from '../table/table-limits.js';
import { Blocks } from './blocks.js';
import { repeatedKey, withExactIntegers } from './json-text.js';
import type { ReadOptions } from './read-options.js';
import { type FlowingReader, fileError, type TableDecoder } from './reader.js';
import { ReadingMemory } from './reading-memory.js';
import { encodingOf, Utf8Pieces } from './text-encoding.js';

export const json = {
  name: 'json',
  title: 'a JSON file',
  extensions: ['.json', '.jsonl', '.ndjson'],
  options: ['encoding'],
  sniff: (start) => /^(?:\uFEFF)?\s*(?:\[\s*)?\{\s*["}]/.test(start.toString('utf8')),
  open: (source, options) => new JsonDecoder(source, options),
} as const satisfies FlowingReader;

/** Longer records are refused; one bracket that is never closed makes a record of all the rest of a file. */
const MOST_RECORD_BYTES = 1 << 28;

/** Records that hold lists or objects are refused with the column that does, which has to be parsed for that. */
const MOST_NESTED_BYTES = 1 << 20;

const [QUOTE, BACKSLASH, LINE_FEED, COMMA, COLON] = [0x22, 0x5c, 0x0a, 0x2c, 0x3a] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** A JSON file as it comes: each record is taken once it is whole. */
class JsonDecoder implements TableDecoder {
  readonly #source: string;
  readonly #text: Utf8Pieces;
  readonly #memory: ReadingMemory;
  readonly #blocks = new Blocks();
  readonly #table: RecordTable;
  #state: ListState = { list: null, next: 'record', line: 1 };
  rows = 0;
  #cells = 0;

  constructor(source: string, { encoding }: ReadOptions) {
    this.#source = source;
    const stated = encoding === undefined ? null : encodingOf(encoding);
    this.#text = new Utf8Pieces(source, stated, () => ({
      line: this.#state.line,
      text: this.#blocks.rest(),
    }));
    this.#memory = new ReadingMemory(source);
    this.#table = new RecordTable(source);
  }

  push(piece: Buffer): void {
    this.#take(this.#text.push(piece), false);
  }

  end(): Table {
    this.#take(this.#text.end(), true);
    if (this.rows === 0) throw fileError(this.#source, `Expected ${this.#source} to hold records, got none`);
    return this.#table.table();
  }

  #take(text: Buffer, last: boolean): void {
    const block = last ? this.#blocks.last(text) : this.#blocks.next(text);
    if (block === null) return;
    this.#memory.require(this.#cells, text, Buffer.of(COLON));
    const scan = new RecordScan(block, this.#source, this.#state, last);
    for (let span = scan.next(); span !== null; span = scan.next()) this.#add(block, span);
    this.#state = scan.state;
    if (last) return;
    if (block.length - scan.at > MOST_RECORD_BYTES) this.#refuseLong(scan.state.line);
    this.#blocks.keep(block, scan.at);
  }

  #add(text: Buffer, span: Span): void {
    const { line, keys } = span;
    this.#cells += keys;
    const place = { source: this.#source, row: ++this.rows, line };
    // No record; what it holds does not matter, and may be millions of lists.
    if (text[span.start] === OPEN_LIST) this.#table.add([], line);
    refuseSpan(span, place);
    this.#table.add(parse(text, span, place), line);
  }

  #refuseLong(line: number): void {
    const span = { start: 0, end: MOST_RECORD_BYTES + 1, line, keys: 0, nested: false };
    refuseSpan(span, { source: this.#source, row: this.rows + 1, line });
  }
}

interface RecordPlace {
  readonly source: string;
  /** From 1. */
  readonly row: number;
  readonly line: number;
}

/** Before anything is made of a record: what it says may take many times its bytes. */
function refuseSpan({ start, end, keys, nested }: Span, { source, row, line }: RecordPlace): void {
  refuseColumns(source, keys, line);
  const fail = (expected: string) => {
    const message = `Expected ${expected} (${source}, line ${line}, row ${row})`;
    throw fileError(source, message, { line, row });
  };
  if (end - start > MOST_RECORD_BYTES) fail(`records of at most ${MOST_RECORD_BYTES} bytes, got more`);
  if (nested && end - start > MOST_NESTED_BYTES) {
    fail('records of numbers, texts, true, false and null, got one that holds lists or objects');
  }
}

function parse(bytes: Buffer, { start, end, keys, nested }: Span, place: RecordPlace): unknown {
  const text = bytes.toString('utf8', start, end);
  const { source, row, line } = place;
  const record = attempt(text, place);
  if (typeof record !== 'object' || record === null || nested) return record;
  const values = Object.values(record);
  if (values.length !== keys) {
    const key = repeatedKey(text) ?? 'one';
    const message = `Expected every key of a record once, got ${key} twice (${source}, line ${line}, row ${row})`;
    throw fileError(source, message, { line, row });
  }
  return values.every(isExact) ? record : attempt(withExactIntegers(text), place);
}

function attempt(text: string, { source, row, line }: RecordPlace): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    const message = `Expected well-formed JSON, got an error: ${got} (${source}, line ${line}, row ${row})`;
    throw fileError(source, message, { line, row }, error);
  }
}

/** Whether a whole number is the one that its digits say. */
function isExact(value: unknown): boolean {
  return typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** A value of the list, or of those one after the other. */
interface Span {
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
interface ListState {
  /** Whether they are in a list; null before the first byte that is no blank. */
  readonly list: boolean | null;
  /** What comes next; `first` is a record or the end of an empty list. */
  readonly next: 'first' | 'record' | 'after' | 'nothing';
  readonly line: number;
}

/** The records that are whole in a block of a file, one after the other. */
class RecordScan {
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
