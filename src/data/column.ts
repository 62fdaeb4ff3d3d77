// One column of a table: cells as they were read, held compactly, read as text or as a number.
// A column of few distinct texts keeps each once and a code per row; a column of many distinct numbers keeps
// the numbers, 8 bytes per cell, and of the texts only those that their number does not say.
// It judges no cell: what is numeric or an error is typing.ts's to decide.

/** Beyond this many distinct texts, mostly numbers, the texts are given up for the numbers. */
const MOST_TEXTS = 4096;

const MISSING: ReadonlySet<string> = new Set(['', 'NA', 'NaN', 'nan', 'null', 'NULL']);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** Whether a cell's text stands for no value: empty, NA, NaN, null. */
export function isMissingText(text: string): boolean {
  return MISSING.has(text);
}

/** The decimal number a text says, ±Infinity where it says so or overflows, NaN for anything else. */
export function parseNumber(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (INFINITE.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}

export class Column {
  readonly name: string;
  #length = 0;
  /** Code of each row while texts are kept; its capacity grows by doubling. */
  #codes = new Uint32Array(64);
  #codeOf = new Map<string, number>();
  #texts: string[] = [];
  #values: number[] = [];
  /** Number of each row once texts are given up, NaN where there is none. */
  #numbers: Float64Array | null = null;
  /** Texts that the number of their row does not say: words, 007, integers beyond 2⁵³. */
  readonly #odd = new Map<number, string>();

  constructor(name: string) {
    this.name = name;
  }

  get length(): number {
    return this.#length;
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
      this.#codeOf.set(text, code);
      this.#texts.push(text);
      this.#values.push(parseNumber(text));
    }
    if (this.#length === this.#codes.length)
      this.#codes = grown(this.#codes, new Uint32Array(this.#length * 2));
    this.#codes[this.#length++] = code;
    if (this.#texts.length > MOST_TEXTS && code === this.#texts.length - 1) this.#giveUpTexts();
  }

  /** The cell's text without surrounding white space; an equal number's text after texts were given up. */
  text(row: number): string {
    if (this.#numbers === null) return this.#texts[this.#codes[row]!]!;
    const number = this.#numbers[row]!;
    return this.#odd.get(row) ?? (Number.isNaN(number) ? '' : String(number));
  }

  /** The cell's number; NaN where the cell is missing or other text. May be infinite. */
  number(row: number): number {
    return this.#numbers === null ? this.#values[this.#codes[row]!]! : this.#numbers[row]!;
  }

  isMissing(row: number): boolean {
    if (!Number.isNaN(this.number(row))) return false; // most cells: cheaper than looking at their text
    return this.#numbers === null ? isMissingText(this.text(row)) : !this.#odd.has(row);
  }

  #pushNumber(text: string, number: number): void {
    if (this.#length === this.#numbers!.length) {
      this.#numbers = grown(this.#numbers!, new Float64Array(this.#length * 2));
    }
    const said = Number.isNaN(number)
      ? isMissingText(text)
      : Math.abs(number) <= Number.MAX_SAFE_INTEGER && !/^[+-]?0\d/.test(text);
    if (!said) this.#odd.set(this.#length, text);
    this.#numbers![this.#length++] = number;
  }

  /** Changes to numbers where at least half of the distinct texts are numbers; else texts stay, any many. */
  #giveUpTexts(): void {
    const numeric = this.#values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
    // Asked again only when the distinct texts have doubled, so that asking costs nothing per cell.
    if (numeric * 2 < this.#texts.length || !isPowerOfTwoPlusOne(this.#texts.length)) return;
    const rows = this.#length;
    this.#numbers = new Float64Array(this.#codes.length);
    this.#length = 0;
    for (let row = 0; row < rows; row++) {
      const code = this.#codes[row]!;
      this.#pushNumber(this.#texts[code]!, this.#values[code]!);
    }
    this.#codes = new Uint32Array(0);
    this.#codeOf = new Map();
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
