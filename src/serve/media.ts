// What a request says of its body, and what its sender takes: the headers Content-Type, Content-Encoding and Accept.

import type { Asked } from './exchange.js';
import { Refusal } from './refusal.js';

export type Media = 'json' | 'csv';

export interface BodyMedia {
  readonly media: Media;
  /** How its letters are written; undefined where it is not said. */
  readonly charset: string | undefined;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

/** @throws Refusal 415 for bodies that are neither JSON nor CSV, and for packed ones. */
export function bodyMedia(asked: Asked): BodyMedia {
  const packing = asked.header('content-encoding');
  if (packing !== null && packing.trim().toLowerCase() !== 'identity') {
    throw new Refusal(415, 'Expected a body that is not packed, got one with a Content-Encoding');
  }
  const [type = '', ...parameters] = (asked.header('content-type') ?? '').split(';');
  const name = type.trim().toLowerCase();
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([\w.:-]+)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  if (JSON_TYPE.test(name)) {
    if (charset === undefined || /^utf-?8$/i.test(charset)) return { media: 'json', charset };
    throw new Refusal(415, `Expected JSON in UTF-8, got the charset ${charset.slice(0, 40)}`);
  }
  if (name === 'text/csv') return { media: 'csv', charset };
  const got = name === '' ? 'none' : name.slice(0, 80);
  throw new Refusal(415, `Expected a Content-Type of application/json or text/csv, got ${got}`, {
    headers: { accept: 'application/json, text/csv' },
  });
}

const TYPES: Readonly<Record<Media, string>> = { json: 'application/json', csv: 'text/csv' };

/** JSON, unless CSV is liked better. @throws Refusal 406 where neither is taken. */
export function answerMedia(asked: Asked): Media {
  const accept = asked.header('accept');
  if (accept === null || accept === '*/*' || accept === TYPES.json) return 'json';
  const liked = accept.split(',').map(likingOf);
  const [json, csv] = [quality(liked, TYPES.json), quality(liked, TYPES.csv)];
  if (json === 0 && csv === 0) {
    throw new Refusal(406, 'Expected to answer with application/json or text/csv, got neither in Accept');
  }
  return csv > json ? 'csv' : 'json';
}

interface Liking {
  readonly range: string;
  readonly q: number;
}

function likingOf(text: string): Liking {
  const [range = '', ...parameters] = text.split(';');
  const q = parameters
    .map((parameter) => /^\s*q\s*=\s*([\d.]+)\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  const number = q === undefined ? 1 : Number(q);
  return { range: range.trim().toLowerCase(), q: Number.isFinite(number) ? number : 0 };
}

/** By the range that says most of the type (RFC 9110, 12.5.1). */
function quality(liked: readonly Liking[], type: string): number {
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const own = liked.find((liking) => liking.range === range);
    if (own !== undefined) return own.q;
  }
  return 0;
}
