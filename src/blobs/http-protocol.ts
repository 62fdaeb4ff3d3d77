// What a store over HTTP is asked, by the client (http-store.ts) and the server (serve-blobs.ts): `/blobs/DIGEST`, with a
// bearer token. GET reads a stored form, HEAD asks for it, PUT writes one, POST renews one, DELETE removes one.

import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Digest } from './blob-store.js';
import { isDigest } from './digest.js';

const FOLDER = '/blobs/';

/** In every answer of a store, and in none of what else may answer at its address. */
export const STORE_HEADER = 'x-tutti-blobs';

export const FORM_TYPE = 'application/octet-stream';

/** The address of a store at a host, which may be the number of one, and a port. */
export function httpAddress(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

export function pathOf(digest: Digest): string {
  return `${FOLDER}${digest}`;
}

/** The blob that a path asks for; null for another path. */
export function digestIn(path: string | undefined): Digest | null {
  const name = path?.startsWith(FOLDER) ? path.slice(FOLDER.length) : '';
  return isDigest(name) ? name : null;
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** Whether a header is that of a token; takes as long whatever the difference, of lengths too. */
export function isBearerOf(token: string, header: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(bearer(token)));
}
