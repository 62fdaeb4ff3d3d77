// A request and its answer, apart from how they travel: the server of Node.js and handlers of fetch are adapters over these.

/** A request, as much as answering it needs. */
export interface Asked {
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  /** Behind the question mark; '' for none. */
  readonly query: string;
  /** @param name in small letters. @returns null where it is not there. */
  header(name: string): string | null;
  /**
   * All of the body.
   * @param mostBytes of it.
   * @throws a {@link Refusal} for a longer one, and for one that does not come to its end.
   */
  body(mostBytes: number): Promise<Uint8Array>;
}

/** The parts of what a request asks for, which begins with a slash. */
export function targetParts(target: string): Pick<Asked, 'path' | 'query'> {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** What is answered: text alone. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Rows that were predicted. */
  readonly rows?: number;
  /** The code of what was refused or failed. */
  readonly code?: string;
}

/** A request under way. Whoever sees that it is over need do nothing more for it. */
export interface Call {
  /** Nobody waits for the answer any longer. */
  over: boolean;
}
