// Who may ask the live page's server for anything: whoever has the token, under the server's own name. A page of somebody
// else's that a browser shows must not reach it, by its own name made to point here or by a form sent across.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** 256 bits, as they stand in a URL. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Why a request is refused; null where it may be answered. */
export type Refusal = 'host' | 'origin' | 'token';

/** @param port of the server. */
export function refusalOf(request: IncomingMessage, url: URL, port: number, token: string): Refusal | null {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  // A name that was made to point here is not ours.
  if (host === undefined || !own.includes(host.toLowerCase())) return 'host';
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) return 'origin';
  // Typed in or followed from a terminal: none. Whatever another site has loaded is neither.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    const isOpened = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
    if (!isOpened) return 'origin';
  }
  return isSame(given(request, url), token) ? null : 'token';
}

/** From the header, or else the URL, in which browsers cannot leave it out of a first request or of a stream. */
function given({ headers: { authorization } }: IncomingMessage, url: URL): string {
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '');
  return bearer?.[1] ?? url.searchParams.get('token') ?? '';
}

/** Takes as long whatever the difference, of lengths too. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
