// A request of fetch as one that a service answers.

import { lateBody, longBody, partBody } from './body-refusals.js';
import { type Asked, targetParts } from './exchange.js';
import { Refusal } from './refusal.js';

/** @param timeout seconds in which its body has to be there. */
export function askedBy(request: Request, timeout: number): Asked {
  const { url, method, headers } = request;
  // After the host, of which nothing else is asked.
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const target = start < 0 ? '/' : url.slice(start).replace(/#.*$/s, '');
  return {
    method,
    ...targetParts(target),
    header: (name) => headers.get(name),
    body: (mostBytes) => readBody(request, mostBytes, timeout),
  };
}

async function readBody(request: Request, mostBytes: number, timeout: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => {});
  }, timeout * 1000);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw lateBody(timeout);
      if (done) break;
      length += value.byteLength;
      if (length > mostBytes) throw longBody(mostBytes);
      pieces.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof Refusal ? error : partBody();
  } finally {
    clearTimeout(timer);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
