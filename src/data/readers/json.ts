// Reading JSON files of records into tables: a list of objects, or objects one after the other (JSON Lines). Records are
// found by their brackets and parsed one at a time, so that an error has its row and line, and memory holds one of them.

import { RecordTable } from '../table/record-table.js';
import type { Table } from '../table/table.js';
import { refuseColumns } from '../table/table-limits.js';
import { Blocks } from './blocks.js';
import { type ListState, RecordScan, type Span } from './json-records.js';
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

const [COLON, OPEN_LIST] = [0x3a, 0x5b] as const;

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
