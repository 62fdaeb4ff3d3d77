// The records of CSV text: where each ends, which line it begins on, and its cells, by RFC 4180 with blanks around quotes
// and every kind of line end. It knows nothing of headers and columns.

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

/** Longer records are refused; one quote that is never closed makes a record of all the rest of a file. */
const MOST_BYTES = 1 << 28;

/** What a record has to be and is not, and the line that it begins on. */
export class RecordFault extends Error {
  readonly line: number;

  constructor(expected: string, line: number) {
    super(expected);
    this.line = line;
  }
}

/**
 * Visits the records one after the other.
 * @param bytes UTF-8, or ASCII where that is known.
 * @param visit `cells` with the blanks around them, but for what is in quotes; `line` from 1; `quoted`: whether there is a
 * quote in it.
 * @throws RecordFault for a quote that is never closed or stands within a cell, and for a record that is too long.
 */
export function readRecords(
  bytes: Buffer,
  { delimiter, ascii }: { readonly delimiter: string; readonly ascii: boolean },
  visit: (cells: string[], line: number, quoted: boolean) => void,
): void {
  const encoding = ascii ? 'latin1' : 'utf8';
  const ends = new RecordEnds(bytes);
  let line = 1;
  for (let start = 0; start < bytes.length; ) {
    const { end, quoted } = ends.after(start);
    if (end - start > MOST_BYTES) {
      throw new RecordFault(`rows of at most ${MOST_BYTES} bytes, got more (is a quote never closed?)`, line);
    }
    const text = bytes.toString(encoding, start, end);
    visit(quoted ? quotedCells(text, delimiter, line) : text.split(delimiter), line, quoted);
    line += 1 + (quoted ? lineEndsIn(text) : 0);
    start = end + (bytes[end] === CARRIAGE_RETURN && bytes[end + 1] === LINE_FEED ? 2 : 1);
  }
}

/** Finds line ends that no quotes hold: those behind an even number of quotes. */
class RecordEnds {
  readonly #bytes: Buffer;
  readonly #lineFeed: Places;
  readonly #carriageReturn: Places;
  readonly #quote: Places;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#lineFeed = new Places(bytes, LINE_FEED);
    this.#carriageReturn = new Places(bytes, CARRIAGE_RETURN);
    this.#quote = new Places(bytes, QUOTE);
  }

  /** The end of the record that begins there, and whether there is a quote in it. */
  after(start: number): { end: number; quoted: boolean } {
    let end = this.#lineEnd(start);
    let quote = this.#quote.from(start);
    const quoted = quote < end;
    for (let open = false; ; end = this.#lineEnd(end + 1)) {
      for (; quote < end; quote = this.#quote.from(quote + 1)) open = !open;
      if (!open || end === this.#bytes.length) return { end, quoted };
    }
  }

  #lineEnd(start: number): number {
    return Math.min(this.#lineFeed.from(start), this.#carriageReturn.from(start));
  }
}

/** Where a byte is next; asked for ascending starts, so that no byte is looked at twice. */
class Places {
  readonly #bytes: Buffer;
  readonly #byte: number;
  #next = -1;

  constructor(bytes: Buffer, byte: number) {
    this.#bytes = bytes;
    this.#byte = byte;
  }

  /** The first place from `start` on; the length of all bytes where there is none. */
  from(start: number): number {
    if (this.#next < start) {
      const found = this.#bytes.indexOf(this.#byte, start);
      this.#next = found < 0 ? this.#bytes.length : found;
    }
    return this.#next;
  }
}

function quotedCells(text: string, delimiter: string, line: number): string[] {
  const cells: string[] = [];
  for (let start = 0; ; ) {
    const open = afterBlanks(text, start, delimiter);
    let end: number;
    if (text[open] === '"') {
      const close = closingQuote(text, open + 1);
      if (close < 0) throw new RecordFault('every quoted cell to be closed, got a quote that never is', line);
      cells.push(text.slice(open + 1, close).replaceAll('""', '"'));
      end = afterBlanks(text, close + 1, delimiter);
      if (end < text.length && !text.startsWith(delimiter, end)) {
        throw new RecordFault('a delimiter after a closing quote, got other text', line);
      }
    } else {
      const found = text.indexOf(delimiter, start);
      end = found < 0 ? text.length : found;
      const cell = text.slice(start, end);
      if (cell.includes('"')) {
        throw new RecordFault('quotes around a whole cell (doubled inside one), got a quote within', line);
      }
      cells.push(cell);
    }
    if (end === text.length) return cells;
    start = end + delimiter.length;
  }
}

/** Past white space, unless it is the delimiter. */
function afterBlanks(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at]!) && !text.startsWith(delimiter, at)) at++;
  return at;
}

/** The quote that is not doubled; −1 where there is none. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
