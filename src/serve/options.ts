// How an ensemble is served, in a program and by the command: what is predicted with, and the limits within which requests
// are answered.

import { type CombineOptions, PREDICT_OPTIONS } from '../ensemble/predict/predict.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import { described, type OptionTable, option } from '../option-names.js';
import { onSharedPool } from '../pool/shared-pool.js';

/** What requests may take. */
export interface RequestLimits {
  /** Bytes of a request's body. @default 8388608 (8 MiB) */
  readonly maxBytes?: number;
  /** Rows of a request. @default 10000 */
  readonly maxRows?: number;
  /** Requests that are answered at once; others are told to come again. @default 256 */
  readonly maxWaiting?: number;
  /** Seconds in which the body of a request has to be there, and then its rows predicted. @default 30 */
  readonly timeout?: number;
}

/** How a handler of requests answers them. */
export interface PredictionHandlerOptions extends RequestLimits, Omit<CombineOptions, 'signal'> {
  /** What the ensemble is called. @default 'ensemble' */
  readonly name?: string;
  /** Where its addresses begin, for one that is part of a site: `/models/prices`. @default '' */
  readonly base?: string;
  /**
   * Milliseconds for which requests wait for others, to be predicted at once. Without any, those are that arrive
   * together, or while others are predicted. @default 0
   */
  readonly linger?: number;
  /** Told of every request, once it is answered. */
  readonly onRequest?: (request: ServedRequest) => void;
}

/** What became of a request. */
export interface ServedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Rows that were predicted. */
  readonly rows: number;
  readonly milliseconds: number;
  /** The code of what was refused or failed. */
  readonly code?: string;
  /** What failed, where that is not the sender's doing; senders are not told. */
  readonly error?: unknown;
}

/** How an ensemble is served over HTTP. */
export interface ServeOptions extends PredictionHandlerOptions, LongCallOptions {
  /** 0 for one that is free. @default 8080 */
  readonly port?: number;
  /** The address to listen on. @default '127.0.0.1', which this machine alone reaches */
  readonly host?: string;
  /**
   * Names under which a server that listens on this machine alone may be asked beside its own, as a proxy's: pages of
   * other sites are kept out by it. `*` is any. @default none
   */
  readonly hosts?: readonly string[];
  /** Seconds that requests under way have as the server ends. @default 10 */
  readonly grace?: number;
}

const { signal: _, ...COMBINING } = PREDICT_OPTIONS;

/** What the options must be; see src/option-names.ts. */
export const HANDLER_OPTIONS = {
  ...COMBINING,
  onRequest: option.function,
  name: described(option.text, {
    kind: 'text',
    says: 'what the ensemble is called',
    defaultSays: 'ensemble',
  }),
  base: {
    expected: "'' or a path such as /models/prices",
    holds: (value) => typeof value === 'string' && /^(?:\/[\w.~-]+)*$/.test(value),
  },
  linger: described(
    option.number('a number of milliseconds from 0 to 1000', (value) => value >= 0 && value <= 1000),
    {
      kind: 'number',
      says: 'milliseconds for which requests wait for others, to be predicted at once',
      default: 0,
    },
  ),
  maxBytes: described(option.integer(1), {
    kind: 'number',
    says: "bytes of a request's body, at most",
    default: 8_388_608,
  }),
  maxRows: described(option.integer(1), {
    kind: 'number',
    says: 'rows of a request, at most',
    default: 10_000,
  }),
  maxWaiting: described(option.integer(1), {
    kind: 'number',
    says: 'requests that are answered at once; others are told to come again',
    default: 256,
  }),
  timeout: described(
    option.number('a number of seconds > 0 and ≤ 3600', (value) => value > 0 && value <= 3600),
    {
      kind: 'number',
      says: 'seconds in which the body of a request has to be there, and then its rows predicted',
      default: 30,
    },
  ),
} satisfies OptionTable<PredictionHandlerOptions>;

/** What the options must be; see src/option-names.ts. */
export const SERVE_OPTIONS = {
  ...HANDLER_OPTIONS,
  ...LONG_CALL_OPTIONS,
  port: described(
    {
      expected: 'an integer from 0 to 65535',
      holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
    },
    { kind: 'number', says: 'the port to listen on; 0: one that is free', default: 8080 },
  ),
  host: described(option.text, {
    kind: 'text',
    says: 'the address to listen on; 0.0.0.0 or :: for all that this machine has',
    default: '127.0.0.1',
    range: null,
  }),
  hosts: described(option.texts, {
    kind: 'texts',
    says: "names under which it may be asked beside its own, such as a proxy's; * for any",
    defaultSays: 'none where it listens on this machine alone, else any',
    range: null,
  }),
  grace: described(
    option.number('a number of seconds ≥ 0', (value) => value >= 0),
    { kind: 'number', says: 'seconds that requests under way have as the server ends', default: 10 },
  ),
} satisfies OptionTable<ServeOptions>;

export type FilledHandlerOptions = PredictionHandlerOptions &
  Required<Pick<PredictionHandlerOptions, keyof RequestLimits | 'name' | 'base' | 'linger'>>;

/** Checked options with every default in place. */
export function filledOptions(options: PredictionHandlerOptions): FilledHandlerOptions {
  const { maxBytes, maxRows, maxWaiting, timeout, linger } = HANDLER_OPTIONS;
  return {
    ...onSharedPool(options),
    name: options.name ?? 'ensemble',
    base: options.base ?? '',
    linger: options.linger ?? linger.default,
    maxBytes: options.maxBytes ?? maxBytes.default,
    maxRows: options.maxRows ?? maxRows.default,
    maxWaiting: options.maxWaiting ?? maxWaiting.default,
    timeout: options.timeout ?? timeout.default,
  };
}
