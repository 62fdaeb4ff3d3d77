// The one error type of tutti: a stable code, a message a user can act on, and plain details.
// Errors lose their class across threads, so they travel in a wire form and are rebuilt on arrival.

import { visibleMessage, withoutCredentials } from './plain-text.js';

/** What a code stands for. */
export interface ErrorMeaning {
  /** What happened. */
  readonly means: string;
  /** What whoever sees it can do. */
  readonly todo: string;
  /** The command line's exit status: 2 wrong usage or input, 1 the work failed, 130 interrupted. */
  readonly exitStatus: 1 | 2 | 130;
}

/** All codes, each with its meaning; docs/reference/error-codes.md is written from them. */
export const ERROR_CODES = {
  ERR_OPTION: {
    means:
      'An option, a key of a config file or an argument of a function is wrong, unknown or without effect.',
    todo: 'Give what the message expects; `details.option` names the option.',
    exitStatus: 2,
  },
  ERR_DATA: {
    means: 'What a data file or a dataset holds is wrong.',
    todo: 'Mend the cell or column that the message names, or say with an option how to take it (`missing`, `impute`, `unseen`, `drop`, …).',
    exitStatus: 2,
  },
  ERR_SHAPE: {
    means: 'Arrays or datasets do not fit together or do not fit the ensemble.',
    todo: 'Compare the lengths that the message names; rows are whole rows of features, one after another.',
    exitStatus: 2,
  },
  ERR_FILE: {
    means: 'A file cannot be read or written.',
    todo: 'Check the path, its permissions and the space that is left; the message has the reason of the system.',
    exitStatus: 2,
  },
  ERR_BUNDLE: {
    means: 'A saved ensemble is damaged, cut short, of a newer version or not one at all.',
    todo: 'Copy the file anew, or update tutti where the message says that the format is newer. Nothing of it was read.',
    exitStatus: 2,
  },
  ERR_CHECKPOINT: {
    means:
      'The folder of a checkpoint cannot be used: it is in use, holds another training, none, or what is damaged, or it cannot be written.',
    todo: 'Do what the message says; members that are finished there are safe. `tutti resume` goes on with the training that a folder holds.',
    exitStatus: 2,
  },
  ERR_PLAN: {
    means:
      'The folder of a plan cannot be used: it holds none, another one, what is damaged, or not yet all of its members.',
    todo: 'Do what the message says; members that are trained there are safe, and training them again does no harm.',
    exitStatus: 2,
  },
  ERR_STORE: {
    means:
      'The store that hosts share (a folder, a coordinator, an object store) cannot be reached, or refuses.',
    todo: 'Check its address, what it lets this host do, and the space that is left; the message has its own reason.',
    exitStatus: 1,
  },
  ERR_BLOB: {
    means: 'Bytes that hosts share are missing, cut short or altered: they are not what their SHA-256 says.',
    todo: 'Begin the training again where they are inputs, which stores them anew; look at the disk or the network between.',
    exitStatus: 1,
  },
  ERR_QUEUE: {
    means: 'The queue of a cluster cannot be reached, refuses, or is not set up as tasks need it.',
    todo: 'Check the URL, who may use the server and how it is set up; docs/guide/cluster.md has what it needs.',
    exitStatus: 2,
  },
  ERR_TASK: {
    means:
      'A message of a cluster, such as a task or its result, is not what it should be: signed with another secret, altered, one that cannot be, or made by another version.',
    todo: 'Give coordinator and workers the same secret and the same version of tutti; the message names what differs.',
    exitStatus: 2,
  },
  ERR_HOST_LOST: {
    means: 'So many hosts of a cluster were lost while they trained a member that it was given up.',
    todo: 'Look at the hosts that the message names, and at the memory and the modules of the member; `tutti resume` tries it again.',
    exitStatus: 1,
  },
  ERR_HOST_DIFFERS: {
    means: 'Hosts of a cluster, or of a plan, came to different bytes for the same member.',
    todo: 'Take the host that is at fault out of service (the message names it, or those that differ): its memory or its processor computes wrong. Train its members again.',
    exitStatus: 1,
  },
  ERR_MEMORY: {
    means: 'The work would need more memory than there is.',
    todo: 'Train on fewer threads, with fewer or smaller members or on fewer columns, or raise the limit of the machine.',
    exitStatus: 2,
  },
  ERR_ARITHMETIC: {
    means:
      'The arithmetic that was asked for, or that an ensemble was trained in, cannot be done on this machine.',
    todo: 'Leave `arithmetic` at auto or take strict, which every machine does; check `TUTTI_ARITHMETIC`.',
    exitStatus: 2,
  },
  ERR_EXECUTOR: {
    means: 'The executor that `TUTTI_EXECUTOR` asks for is not there, or there is none of that name.',
    todo: 'Unset it, and `tutti doctor` says which executor there is and why; or install the package that the message names.',
    exitStatus: 2,
  },
  ERR_ENGINE_MISSING: {
    means:
      'A package that is installed apart, such as the engine tfjs or what draws PNG files, is not there or cannot be loaded.',
    todo: 'Install the package that the message names.',
    exitStatus: 2,
  },
  ERR_MODULE: {
    means:
      'A module of yours is not there, has changed since it was trained with, is not allowed, or exports the wrong thing.',
    todo: 'Check the path and what the module exports; a file that changed has to be as it was, or the members trained anew.',
    exitStatus: 2,
  },
  ERR_DIVERGED: {
    means: "A member's loss, one of its weights or its answers became NaN or infinite.",
    todo: 'Lower `learningRate`, and look for values that are far out in the data; where few members do, `onDivergence: reseed` begins them again with other streams.',
    exitStatus: 1,
  },
  ERR_LEARNER: {
    means: 'A learner threw, or answered with what are no predictions.',
    todo: 'Mend the module; the message and the cause are its own.',
    exitStatus: 1,
  },
  ERR_DEADLINE: {
    means: 'A member took longer than it may.',
    todo: 'Raise `deadline`, or give the member less to do.',
    exitStatus: 1,
  },
  ERR_THREAD_LOST: {
    means:
      'A thread, or a process, died as it trained a member, and so did those that tried again (`retries`).',
    todo: "Look for code of yours that ends its process, and for the memory limit of the machine; where it brings the whole process down, `isolate: 'process'` keeps it apart.",
    exitStatus: 1,
  },
  ERR_THREAD_START: {
    means: 'No thread, or no process, can start, because of its worker file or of the system.',
    todo: "Check `workerPath` where the package is bundled; otherwise the system's limits of threads, processes and memory, and the permissions of Node.js.",
    exitStatus: 1,
  },
  ERR_THREAD_BLOCKED: {
    means: 'A thread is blocked in the operating system and cannot be ended.',
    todo: 'Look for code of yours that waits in the system, such as a read of a pipe; the process has to end to be rid of it.',
    exitStatus: 1,
  },
  ERR_MEMBERS_FAILED: {
    means: 'Every member of an ensemble failed.',
    todo: 'Look at the first error, which is the cause.',
    exitStatus: 1,
  },
  ERR_CANCELLED: {
    means: 'The work was stopped by an AbortSignal or Ctrl-C, or what it needs was closed meanwhile.',
    todo: 'Nothing, where it was meant; a training keeps the members that are finished.',
    exitStatus: 130,
  },
  ERR_INTERNAL: {
    means: 'A fault in tutti, or an error that it did not expect.',
    todo: 'Report it with the output of `TUTTI_DEBUG=1`, which shows where.',
    exitStatus: 1,
  },
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

/** Stable codes; programs may switch on them. */
export type ErrorCode = keyof typeof ERROR_CODES;

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
  get exitStatus(): ErrorMeaning['exitStatus'] {
    const codes: Readonly<Record<string, ErrorMeaning>> = ERROR_CODES;
    // Another version's saved ensemble may hold codes that are not known here.
    return codes[this.code]?.exitStatus ?? 1;
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
