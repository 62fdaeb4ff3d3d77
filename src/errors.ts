// The one error type of tutti: a stable code, a message a user can act on, and plain details.
// Errors lose their class across threads, so they travel in a wire form and are rebuilt on arrival.

/** Stable codes; programs may switch on them. */
export type ErrorCode =
  | 'ERR_OPTION' // an option, a configuration value or an argument of the API is wrong
  | 'ERR_DATA' // a data file or dataset is wrong (names the file, row and column)
  | 'ERR_SHAPE' // arrays whose shapes do not fit together
  | 'ERR_FILE' // a file cannot be read or written
  | 'ERR_BUNDLE' // a saved ensemble is damaged, truncated, of another version or not one at all
  | 'ERR_MEMORY' // the work would need more memory than there is
  | 'ERR_ARITHMETIC' // the recorded arithmetic cannot be done on this host
  | 'ERR_ENGINE_MISSING' // an engine that is installed apart, such as tfjs, is not there
  | 'ERR_MODULE' // a module of the user's is not there, has changed, or exports the wrong thing
  | 'ERR_DIVERGED' // a member's loss became NaN or infinite
  | 'ERR_LEARNER' // a learner threw, or answered with what are no predictions
  | 'ERR_DEADLINE' // a member took longer than it may
  | 'ERR_THREAD_LOST' // a pool thread died and the retry failed as well
  | 'ERR_THREAD_START' // no pool thread can start, because of its worker file or the system
  | 'ERR_THREAD_BLOCKED' // a pool thread is blocked in the operating system and cannot be ended
  | 'ERR_CALLBACK' // a user's callback threw
  | 'ERR_MEMBERS_FAILED' // every member of an ensemble failed
  | 'ERR_CANCELLED' // stopped by an AbortSignal or Ctrl-C
  | 'ERR_INTERNAL'; // a bug in tutti

/** Plain, serialisable facts about an error: the member, file, row, column, option concerned. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The form in which a TuttiError crosses threads. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack?: string;
}

/** Codes that mean the input or the usage was wrong (command-line exit status 2). */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  'ERR_OPTION',
  'ERR_DATA',
  'ERR_SHAPE',
  'ERR_FILE',
  'ERR_BUNDLE',
  'ERR_MEMORY',
  'ERR_ARITHMETIC',
  'ERR_ENGINE_MISSING',
  'ERR_MODULE',
]);

export class TuttiError extends Error {
  override readonly name = 'TuttiError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** The command line's exit status: 130 interrupted, 2 wrong usage or input, 1 the work failed. */
  get exitStatus(): 1 | 2 | 130 {
    if (this.code === 'ERR_CANCELLED') return 130;
    return USAGE_CODES.has(this.code) ? 2 : 1;
  }
}

/** Encodes any thrown value for another thread; what is not a TuttiError becomes ERR_INTERNAL or `fallback`. */
export function toWire(error: unknown, fallback: ErrorCode = 'ERR_INTERNAL'): WireError {
  if (error instanceof TuttiError) {
    return { code: error.code, message: error.message, details: error.details, ...stackOf(error) };
  }
  if (error instanceof Error) {
    return { code: fallback, message: error.message || error.name, details: {}, ...stackOf(error) };
  }
  return { code: fallback, message: String(error), details: {} };
}

/** Rebuilds the error encoded by {@link toWire}; its stack is the sender's. */
export function fromWire(wire: WireError): TuttiError {
  const error = new TuttiError(wire.code, wire.message, wire.details);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function stackOf(error: Error): { stack?: string } {
  return error.stack === undefined ? {} : { stack: error.stack };
}

/** Throws ERR_OPTION in the house form: Expected `members` to be an integer ≥ 1, got -2. */
export function failOption(option: string, expected: string, got: unknown): never {
  throw new TuttiError('ERR_OPTION', `Expected \`${option}\` to be ${expected}, got ${describe(got)}`, {
    option,
  });
}

/** A short form of any value for an error message; never throws, whatever the value. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return shortened(JSON.stringify(value));
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'object' && value !== null) return describeObject(value);
  return String(value);
}

function describeObject(value: object): string {
  try {
    const name = classOf(value);
    // Neither numbers by the million nor the insides of a class help anyone.
    if (ArrayBuffer.isView(value)) return `${name} of length ${(value as Partial<Uint8Array>).length}`;
    if (name !== '' && name !== 'Object' && name !== 'Array') return `an instance of ${name}`;
    if (Array.isArray(value) && value.length > MOST_ITEMS) return `a list of ${value.length} items`;
    return shortened(JSON.stringify(value, spelled)?.replaceAll(SPELLED, '$1') ?? String(value));
  } catch {
    // Circles, big integers and getters that throw have no JSON.
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}

/** JSON has no NaN and no infinities, and writes null for them. */
function spelled(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `${MARK}${value}` : value;
}

/** A private character, so that a text that says NaN keeps its quotes. */
const MARK = '\uf8ff';
const SPELLED = new RegExp(`"${MARK}(-?\\w+)"`, 'g');

function classOf(value: object): string {
  const { constructor: maker } = value;
  return typeof maker === 'function' ? maker.name : '';
}

/** A list of more items would be cut anyway. */
const MOST_ITEMS = 64;

const LONGEST_TEXT = 80;

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 3)}...` : text;
}
