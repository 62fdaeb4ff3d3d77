// The literals of Python that the head of a NumPy file is written in: a dictionary of texts, whole numbers, True, False,
// None, tuples and lists. Nothing is evaluated.

/** A tuple and a list are both lists here, and a dictionary a map. */
export type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Deeper than any type of NumPy goes. */
const DEEPEST = 16;

const TOKEN =
  /\s*(?:([()[\]{},:])|(-?\d{1,15})L?(?![\w.])|([a-zA-Z_]\w*)|(?:u|b)?'([^'\\]*)'|(?:u|b)?"([^"\\]*)"|$)/y;
const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

/** @returns undefined for a text that is no such literal, or one with something after it. */
export function pythonLiteral(text: string): Literal | undefined {
  try {
    return new Literals(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class Literals {
  readonly #text: string;
  #at = 0;
  /** A mark, a value in a list of one, or null at the end. */
  #token: string | readonly [Literal] | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  whole(): Literal {
    const value = this.#value(0);
    if (this.#token !== null) throw new NoLiteral();
    return value;
  }

  #next(): void {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    if (found === null) throw new NoLiteral();
    this.#at = TOKEN.lastIndex;
    const [, mark, digits, word, single, double] = found;
    if (mark !== undefined) this.#token = mark;
    else if (digits !== undefined) this.#token = [Number(digits)];
    else if (word !== undefined) {
      if (!Object.hasOwn(WORDS, word)) throw new NoLiteral();
      this.#token = [WORDS[word]!];
    } else this.#token = single === undefined && double === undefined ? null : [single ?? double!];
  }

  #take(mark: string): boolean {
    if (this.#token !== mark) return false;
    this.#next();
    return true;
  }

  #value(depth: number): Literal {
    if (depth > DEEPEST) throw new NoLiteral();
    if (this.#token !== null && typeof this.#token !== 'string') {
      const [value] = this.#token;
      this.#next();
      return value;
    }
    if (this.#take('[')) return this.#list(']', depth);
    if (this.#take('(')) return this.#list(')', depth);
    if (this.#take('{')) return this.#map(depth);
    throw new NoLiteral();
  }

  #list(end: string, depth: number): readonly Literal[] {
    const items: Literal[] = [];
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      if (this.#take(',')) continue;
      if (this.#take(end)) break;
      throw new NoLiteral();
    }
    return items;
  }

  #map(depth: number): ReadonlyMap<string, Literal> {
    const map = new Map<string, Literal>();
    while (!this.#take('}')) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || map.has(key) || !this.#take(':')) throw new NoLiteral();
      map.set(key, this.#value(depth + 1));
      if (this.#take(',')) continue;
      if (this.#take('}')) break;
      throw new NoLiteral();
    }
    return map;
  }
}
