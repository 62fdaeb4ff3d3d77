// Ensembles that are served, and requests to them, whole or torn.

import { once } from 'node:events';
import { connect } from 'node:net';
import * as tutti from '../../src/index.js';

/** Numbers, categories, a missing cell, and classes that follow from them. */
export const RECORDS = Array.from({ length: 90 }, (_, i) => ({
  size: i % 11 === 5 ? null : Math.round(1000 * (3 * (i % 3) + Math.sin(7 * i))) / 1000,
  colour: ['red', 'blue', 'green'][(i + (i % 4)) % 3]!,
  kind: ['a', 'b', 'c'][i % 3]!,
}));

export type Row = Readonly<Record<'size' | 'colour', string | number | null>>;

export const ROWS: readonly Row[] = RECORDS.map(({ size, colour }) => ({ size, colour }));

const SETTINGS = { runner: tutti.createInlineRunner() };
const PLAN = { members: 5, hidden: [7], epochs: 6, seed: 3, resample: 'bootstrap' } as const;

/** Of three classes, with guarantees. */
export async function classesEnsemble(): Promise<tutti.Ensemble> {
  const { train } = await tutti.loadData(RECORDS, { target: 'kind', impute: 'mean' });
  return (await tutti.trainEnsemble(train, PLAN, SETTINGS)).conformalise(train);
}

/** Of two numbers with Gaussian heads, trained on arrays of three features. */
export async function numbersEnsemble(): Promise<tutti.Ensemble> {
  const x = Array.from({ length: 240 }, (_, i) => Math.sin(3 * i) * 5);
  const targets = Array.from({ length: 160 }, (_, i) => x[i]! + 100 * (i % 2));
  const train = tutti.Dataset.fromArrays({ x, rows: 80, features: 3, targets, targetNames: ['near', 'far'] });
  return tutti.trainEnsemble(train, { ...PLAN, loss: 'gaussianNll' }, SETTINGS);
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

type Ask = (request: Request) => Promise<Response>;

/** Sends what a request is made of, to a handler or a server. */
export async function ask(to: Ask | string, path: string, init: RequestInit = {}): Promise<Reply> {
  const response =
    typeof to === 'string'
      ? await fetch(`${to}${path}`, init)
      : await to(new Request(`http://host${path}`, init));
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}

/** A request for predictions: of a value as JSON, or of a text as what its type says. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/json' };
  return {
    method: 'POST',
    headers: { ...type, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export const JSON_TYPE = { 'content-type': 'application/json' } as const;
export const CSV_TYPE = { 'content-type': 'text/csv' } as const;

/** Sends bytes as they are; all that comes back until the server closes. */
export async function raw(port: number, text: string, end = false): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let got = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (got += piece));
  if (end) socket.end(text);
  else socket.write(text);
  await once(socket, 'close');
  return got;
}
