// The one error type of tutti: a stable code, a message a user can act on, and plain details.
// Errors lose their class across threads, so they travel in a wire form and are rebuilt on arrival.

import { visibleMessage, withoutCredentials } from './plain-text.js';

/** All codes, each with the command line's exit status: 2 wrong usage or input, 1 the work failed, 130 interrupted. What they
 * mean is in error-codes.ts. */
export const EXIT_STATUS = {
  ERR_OPTION: 2,
  ERR_DATA: 2,
  ERR_SHAPE: 2,
  ERR_FILE: 2,
  ERR_BUNDLE: 2,
  ERR_CHECKPOINT: 2,
  ERR_PLAN: 2,
  ERR_STORE: 1,
  ERR_BLOB: 1,
  ERR_QUEUE: 2,
  ERR_TASK: 2,
  ERR_HOST_LOST: 1,
  ERR_HOST_DIFFERS: 1,
  ERR_MEMORY: 2,
  ERR_ARITHMETIC: 2,
  ERR_EXECUTOR: 2,
  ERR_ENGINE_MISSING: 2,
  ERR_MODULE: 2,
  ERR_DIVERGED: 1,
  ERR_LEARNER: 1,
  ERR_DEADLINE: 1,
  ERR_THREAD_LOST: 1,
  ERR_THREAD_START: 1,
  ERR_THREAD_BLOCKED: 1,
  ERR_MEMBERS_FAILED: 1,
  ERR_REQUEST: 2,
  ERR_BUSY: 1,
  ERR_CANCELLED: 130,
  ERR_INTERNAL: 1,
} as const satisfies Readonly<Record<string, 1 | 2 | 130>>;

/** Stable codes; programs may switch on them. */
export type ErrorCode = keyof typeof EXIT_STATUS;

/** Plain, serialisable facts about an error: the member, file, row, column, option concerned. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The form in which a TuttiError crosses threads. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly stack?: string;
}

export class TuttiError extends Error {
  override readonly name = 'TuttiError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(visibleMessage(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** The command line's exit status: 130 interrupted, 2 wrong usage or input, 1 the work failed. */
  get exitStatus(): 1 | 2 | 130 {
    const statuses: Readonly<Record<string, 1 | 2 | 130>> = EXIT_STATUS;
    // Another version's saved ensemble may hold codes that are not known here.
    return statuses[this.code] ?? 1;
  }
}

/** Encodes any thrown value for another thread; what is not a TuttiError becomes ERR_INTERNAL or `fallback`. */
export function toWire(error: unknown, fallback: ErrorCode = 'ERR_INTERNAL'): WireError {
  if (error instanceof TuttiError) {
    return { code: error.code, message: error.message, details: error.details, ...stackOf(error) };
  }
  if (error instanceof Error) {
    const code = isFailedAllocation(error) ? 'ERR_MEMORY' : fallback;
    return { code, message: error.message || error.name, details: {}, ...stackOf(error) };
  }
  return { code: fallback, message: String(error), details: {} };
}

/** What JavaScript throws where the system has no memory for an array, a buffer or a memory of WebAssembly's. */
export function isFailedAllocation(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  return (name === 'RangeError' || name === 'DataCloneError') && NO_MEMORY.test(message);
}

const NO_MEMORY = /allocation failed|could not allocate memory|out of memory/i;

/** Rebuilds the error encoded by {@link toWire}; its stack is the sender's. */
export function fromWire(wire: WireError): TuttiError {
  const error = new TuttiError(wire.code, wire.message, wire.details);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

/** V8 makes it when it is first read, by a function that a user's code may have put there, and that may throw. */
function stackOf(error: Error): { stack?: string } {
  try {
    const { stack } = error;
    return typeof stack === 'string' ? { stack } : {};
  } catch {
    return {};
  }
}

/** Throws ERR_OPTION in the house form: Expected `members` to be an integer ≥ 1, got -2. */
export function failOption(option: string, expected: string, got: unknown): never {
  throw new TuttiError('ERR_OPTION', `Expected \`${option}\` to be ${expected}, got ${describe(got)}`, {
    option,
  });
}

/** A short form of any value for an error message; never throws, whatever the value. */
export function describe(value: unknown): string {
  // Before it is cut, which might take the sign away that ends a password.
  if (typeof value === 'string') return shortened(JSON.stringify(withoutCredentials(value)));
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
    const json = JSON.stringify(value, spelled)?.replaceAll(SPELLED, '$1') ?? String(value);
    return shortened(withoutCredentials(json));
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
