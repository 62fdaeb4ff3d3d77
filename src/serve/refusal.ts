// What is answered in place of predictions: a status, and one line of JSON with a code, what was expected, what came and
// where. Nothing of the server's own, such as a path or a stack, is in it.

import { type ErrorCode, type ErrorDetails, TuttiError } from '../errors.js';
import { visible } from '../plain-text.js';
import type { Answer } from './exchange.js';

/** Where in what was sent something is wrong. */
export interface Place {
  readonly row?: number | undefined;
  readonly column?: string | undefined;
}

/** Thrown by whatever finds that a request cannot be answered. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly details: Place;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: Partial<Pick<Refusal, 'code' | 'details' | 'headers'>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = more.code ?? (status >= 500 ? 'ERR_BUSY' : 'ERR_REQUEST');
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }
}

/** For requests that come at a bad time, which may be sent again. */
export function busy(message: string): Refusal {
  return new Refusal(503, message, { headers: { 'retry-after': '1' } });
}

/** The place that the details of an error name. */
export function placeOf({ row, column }: ErrorDetails): Place {
  return {
    row: typeof row === 'number' ? row : undefined,
    column: typeof column === 'string' ? column : undefined,
  };
}

/** What is wrong with the rows of a request, as far as its sender can mend it. */
const OF_THE_ROWS: readonly ErrorCode[] = ['ERR_DATA', 'ERR_SHAPE', 'ERR_OPTION'];

/** The refusal that any error comes to; what is not the sender's doing stays with the server. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof TuttiError && OF_THE_ROWS.includes(error.code)) {
    return new Refusal(422, error.message, { code: error.code, details: placeOf(error.details) });
  }
  const code = error instanceof TuttiError ? error.code : 'ERR_INTERNAL';
  return new Refusal(500, 'The ensemble could not answer; who runs the server is told why', { code });
}

/** The headers of answers that say JSON. */
export const JSON_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** Longer messages help nobody over the network either. */
const LONGEST = 600;

export function refusalAnswer({ status, code, message, details, headers }: Refusal): Answer {
  const text = visible(message);
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const { row, column } = details;
  const line = JSON.stringify({ code, message: shown, row, column: column?.slice(0, LONGEST) });
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: `${line}\n`, code };
}
