// One column of a table: cells as they were read, given back as the very text or as a number. The one that readers of
// text fill keeps each distinct text once and a code per row; where nearly every cell is another plain number it
// keeps the numbers, 8 bytes per cell, and of the texts only those that their number does not write.
// It judges no cell: what a column is taken for, and which cells are errors, is reading.ts's to decide.

import { parseNumber } from './parse-number.js';

/** Beyond this many distinct texts, nearly all plain numbers, the numbers are kept in their place. */
const MOST_TEXTS = 4096;

/** Texts that stand for no value in any column that is not declared to hold categories. */
export const USUAL_MISSING: ReadonlySet<string> = new Set(['', 'NA', 'NaN', 'nan', 'null', 'NULL']);
/** What a distinct text takes beside its letters: its head, its place in the lists and in the map. */
const TEXT_BYTES = 80;
/** Short decimals in the form that JavaScript writes them in: no plus, exponent, padding or trailing zeros. */
const SHORTEST = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/** Whether a cell's text usually stands for no value: empty, NA, NaN, null. */
export function isMissingText(text: string): boolean {
  return USUAL_MISSING.has(text);
}

/** Whether a text is what String(number) writes; fifteen digits survive the way through a double. */
function isPlain(text: string, number: number): boolean {
  if (Number.isNaN(number)) return false;
  const size = Math.abs(number);
  if (text.length <= 15 && size >= 1e-6 && SHORTEST.test(text)) return true;
  return String(number) === text;
}

/** A column as everything above readers sees it; what holds numbers already is number-column.ts. */
export interface Column {
  readonly name: string;
  readonly length: number;
  /**
   * Whether the cells were never written as text, so that no decimal mark, unit or other format of texts applies to
   * them. @default false
   */
  readonly holdsNumbers?: true;
  /** The cell's text without surrounding white space, exactly as it was read. */
  text(row: number): string;
  /** The number that the cell's text says as a plain decimal; NaN for any other text. May be infinite. */
  number(row: number): number;
  /** Whether the cell holds one of the words for no value, which usually are the usual ones. */
  isMissing(row: number): boolean;
  /**
   * Visits the column's texts with the rows' count of each: every distinct text once, in order of appearance;
   * in a column that keeps numbers, row by row, the same text perhaps again and again.
   *
   * @param visit `first` is the first row of that text
   */
  tally(visit: (text: string, cells: number, first: number) => void): void;
  /** What {@link tally} visits, plain numbers left out where that is quicker, and how many cells those were. */
  tallyOdd(visit: (text: string, cells: number, first: number) => void): number;
  /** A value of each cell made from its text, f64[rows]; `parseNumber` is the quickest. */
  values(of: (text: string) => number): Float64Array;
}

/** A column that is filled cell by cell. */
export class TextColumn implements Column {
  readonly name: string;
  #length = 0;
  /** Code of each row while texts are kept; its capacity grows by doubling. */
  #codes = new Uint32Array(8);
  #codeOf = new Map<string, number>();
  /** Codes of plain numbers that came as such. */
  #codeOfPlain = new Map<number, number>();
  #texts: string[] = [];
  #values: number[] = [];
  #textBytes = 0;
  /** Of the distinct texts, how many are plain numbers. */
  #plain = 0;
  /** Number of each row once texts are given up, NaN where there is none. */
  #numbers: Float64Array | null = null;
  readonly #isMissingText: (text: string) => boolean;
  /** The texts that the number of their row does not write: words, gaps, 007, 1.50, integers beyond 2⁵³. */
  readonly #odd = new Map<number, string>();

  /** @param missing whether a text stands for no value. @default the usual words do */
  constructor(name: string, missing: (text: string) => boolean = isMissingText) {
    this.name = name;
    this.#isMissingText = missing;
  }

  get length(): number {
    return this.#length;
  }

  /** What its texts take of the heap, in bytes, roughly. */
  get textBytes(): number {
    return this.#textBytes;
  }

  /** Appends a cell; white space around it is not part of it. */
  push(cell: string): void {
    const text = cell.trim();
    if (this.#numbers !== null) {
      this.#pushNumber(text, parseNumber(text));
      return;
    }
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#texts.length;
      const value = parseNumber(text);
      this.#codeOf.set(text, code);
      this.#texts.push(text);
      this.#values.push(value);
      this.#textBytes += TEXT_BYTES + text.length;
      if (isPlain(text, value)) this.#plain++;
    }
    this.pushCode(code);
  }

  /** Appends a cell that {@link String} writes of this number: what {@link push} of that text does, without the text. */
  pushPlain(number: number): void {
    if (this.#numbers === null) {
      const code = this.#codeOfPlain.get(number);
      if (code === undefined) {
        this.push(String(number));
        if (this.#numbers === null) this.#codeOfPlain.set(number, this.#codes[this.#length - 1]!);
        return;
      }
      this.pushCode(code);
      return;
    }
    if (this.#length === this.#numbers.length)
      this.#numbers = grown(this.#numbers, new Float64Array(this.#length * 2));
    this.#numbers[this.#length++] = number;
  }

  /** Appends a cell that is digits, a point and digits, after a minus perhaps: what {@link push} does, in less time. */
  pushDecimal(text: string): void {
    if (this.#numbers === null) this.push(text);
    else this.#pushNumber(text, Number(text));
  }

  /** The code of its last text, by which that is appended again; null once it keeps numbers. */
  get lastCode(): number | null {
    return this.#numbers === null ? this.#codes[this.#length - 1]! : null;
  }

  text(row: number): string {
    if (this.#numbers === null) return this.#texts[this.#codes[row]!]!;
    return this.#odd.get(row) ?? String(this.#numbers[row]!);
  }

  number(row: number): number {
    return this.#numbers === null ? this.#values[this.#codes[row]!]! : this.#numbers[row]!;
  }

  isMissing(row: number): boolean {
    if (!Number.isNaN(this.number(row))) return false; // most cells: cheaper than looking at their text
    return this.#isMissingText(this.text(row));
  }

  tally(visit: (text: string, cells: number, first: number) => void): void {
    if (this.#numbers !== null) {
      for (let row = 0; row < this.#length; row++) visit(this.text(row), 1, row);
      return;
    }
    const counts = new Uint32Array(this.#texts.length);
    const first = new Uint32Array(this.#texts.length);
    for (let row = this.#length - 1; row >= 0; row--) {
      const code = this.#codes[row]!;
      counts[code]!++;
      first[code] = row;
    }
    this.#texts.forEach((text, code) => {
      visit(text, counts[code]!, first[code]!);
    });
  }

  tallyOdd(visit: (text: string, cells: number, first: number) => void): number {
    if (this.#numbers === null) {
      this.tally(visit);
      return 0;
    }
    for (const [row, text] of this.#odd) visit(text, 1, row);
    return this.#length - this.#odd.size;
  }

  /** Each distinct text is asked for once where texts are kept. */
  values(of: (text: string) => number): Float64Array {
    const plain = of === parseNumber;
    if (this.#numbers !== null) {
      if (plain) return this.#numbers.slice(0, this.#length);
      return Float64Array.from({ length: this.#length }, (_, row) => of(this.text(row)));
    }
    const values = plain ? this.#values : this.#texts.map(of);
    const all = new Float64Array(this.#length);
    for (let row = 0; row < all.length; row++) all[row] = values[this.#codes[row]!]!;
    return all;
  }

  /** Appends a text by its code, while it keeps texts. */
  pushCode(code: number): void {
    if (this.#length === this.#codes.length)
      this.#codes = grown(this.#codes, new Uint32Array(this.#length * 2));
    this.#codes[this.#length++] = code;
    if (this.#texts.length > MOST_TEXTS && code === this.#texts.length - 1) this.#giveUpTexts();
  }

  #pushNumber(text: string, number: number): void {
    if (this.#length === this.#numbers!.length) {
      this.#numbers = grown(this.#numbers!, new Float64Array(this.#length * 2));
    }
    if (!isPlain(text, number)) {
      this.#odd.set(this.#length, text);
      this.#textBytes += TEXT_BYTES + text.length;
    }
    this.#numbers![this.#length++] = number;
  }

  /** Changes to numbers where seven of eight distinct texts are plain ones and few repeat; else texts stay. */
  #giveUpTexts(): void {
    const distinct = this.#texts.length;
    // Asked again only when the distinct texts have doubled, so that asking costs nothing per cell.
    if (!isPowerOfTwoPlusOne(distinct) || this.#plain * 8 < distinct * 7 || distinct * 4 < this.#length)
      return;
    const rows = this.#length;
    const codes = this.#codes;
    const texts = this.#texts;
    const values = this.#values;
    this.#numbers = new Float64Array(codes.length);
    this.#length = 0;
    this.#textBytes = 0;
    for (let row = 0; row < rows; row++) this.#pushNumber(texts[codes[row]!]!, values[codes[row]!]!);
    this.#codes = new Uint32Array(0);
    this.#codeOf = new Map();
    this.#codeOfPlain = new Map();
    this.#texts = [];
    this.#values = [];
  }
}

function isPowerOfTwoPlusOne(n: number): boolean {
  return ((n - 1) & (n - 2)) === 0;
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
