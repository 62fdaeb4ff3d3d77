// Reading JSON files of records into tables: a list of objects, or objects one after the other (JSON Lines). Records are
// found by their brackets and parsed one at a time, so that an error has its row and line, and memory holds one of them.

import { describe } from '../../errors.js';
import { RecordTable } from '../table/record-table.js';
import type { Table } from '../table/table.js';
import { refuseColumns } from '../table/table-limits.js';
import { repeatedKey, withExactIntegers } from './json-text.js';
import { Pieces } from './pieces.js';
import type { ReadOptions } from './read-options.js';
import { type FlowingReader, fileError } from './reader.js';
import { requireMemoryToRead } from './reading-memory.js';
import { encodingOf, toUtf8 } from './text-encoding.js';

export const json = {
  name: 'json',
  title: 'a JSON file',
  extensions: ['.json', '.jsonl', '.ndjson'],
  options: ['encoding'],
  sniff: (start) => /^(?:\uFEFF)?\s*(?:\[\s*)?\{\s*["}]/.test(start.toString('utf8')),
  open: (source, options) => new Pieces((bytes) => readJson(bytes, source, options)),
} as const satisfies FlowingReader;

/** Longer records are refused; one bracket that is never closed makes a record of all the rest of a file. */
const MOST_RECORD_BYTES = 1 << 28;

/** Records that hold lists or objects are refused with the column that does, which has to be parsed for that. */
const MOST_NESTED_BYTES = 1 << 20;

const [QUOTE, BACKSLASH, LINE_FEED, COMMA, COLON] = [0x22, 0x5c, 0x0a, 0x2c, 0x3a] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

function readJson(bytes: Buffer, source: string, options: ReadOptions): Table {
  const text = toUtf8(source, bytes, options.encoding === undefined ? null : encodingOf(options.encoding));
  requireMemoryToRead(source, text, Buffer.of(COLON));
  const table = new RecordTable(source);
  let row = 0;
  for (const span of recordsIn(text, source)) {
    row++;
    const { line } = span;
    const place = { source, row, line };
    // No record; what it holds does not matter, and may be millions of lists.
    if (text[span.start] === OPEN_LIST) table.add([], line);
    refuseSpan(span, place);
    table.add(parse(text, span, place), line);
  }
  if (row === 0) throw fileError(source, `Expected ${source} to hold records, got none`);
  return table.table();
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
}

function* recordsIn(text: Buffer, source: string): Generator<Span> {
  const scan = new Scanner(text);
  const list = scan.skipBlanks() === OPEN_LIST;
  const fail = (expected: string) => {
    const got = scan.atEnd ? 'the end of the file' : describe(scan.character());
    const message = `Expected ${expected}, got ${got} (${source}, line ${scan.line})`;
    return fileError(source, message, { line: scan.line });
  };
  if (list) scan.step();
  for (let first = true; ; first = false) {
    const next = scan.skipBlanks();
    if (list && next === CLOSE_LIST && first) break;
    if (scan.atEnd && !list) return;
    if (scan.atEnd || next === COMMA || next === CLOSE_LIST) throw fail('a record');
    yield scan.value();
    if (!list) continue;
    const after = scan.skipBlanks();
    if (after === CLOSE_LIST) break;
    if (after !== COMMA) throw fail('a comma or the end of the list after a record');
    scan.step();
  }
  scan.step();
  scan.skipBlanks();
  if (!scan.atEnd) throw fail('nothing after the list of records');
}

/** Walks over bytes of UTF-8, in which brackets, quotes and line ends are bytes of their own. */
class Scanner {
  readonly #text: Buffer;
  #at = 0;
  line = 1;

  constructor(text: Buffer) {
    this.#text = text;
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
    let [depth, keys, nested] = [0, 0, false];
    while (!this.atEnd) {
      const byte = this.#text[this.#at]!;
      if (!bracketed && (byte === COMMA || byte === CLOSE_LIST || isBlank(byte))) break;
      if (byte === QUOTE) this.#skipText();
      else this.step();
      if (byte === COLON && depth === 1) keys++;
      else if (isOpening(byte)) nested = ++depth > 1 || nested;
      else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) break;
    }
    return { start, end: this.#at, line, keys, nested };
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
