// Where bytes come from, in any JavaScript: memory, an address to fetch, a file where there are files.

import { describe, TuttiError } from '../errors.js';
import { nodeBuiltin } from '../node-builtins.js';

/**
 * The path of a file, where there are files, or an address, which a page may leave relative to its own; bytes; or what a
 * `fetch` has answered.
 */
export type ByteOrigin = string | URL | Uint8Array | ArrayBuffer | Response | Blob;

/** What a text that is no path of a file begins with. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/**
 * All bytes of an origin, and what messages call it.
 * @param what is read, in messages: "a saved ensemble". @throws ERR_FILE when it cannot be read, ERR_OPTION for no origin.
 */
export async function bytesOf(
  origin: ByteOrigin,
  what: string,
  signal?: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
  signal?.throwIfAborted();
  // Not by instanceof, since pages and tests have realms of their own.
  if (typeof origin === 'string') return fromText(origin, signal);
  const kind = Object.prototype.toString.call(origin).slice(8, -1);
  if (kind === 'URL') return fromText(String(origin), signal);
  const name = `The ${what}`;
  if (kind === 'Response') return { bytes: await bodyOf(origin as Response), name };
  if (kind === 'Blob' || kind === 'File') {
    return { bytes: new Uint8Array(await (origin as Blob).arrayBuffer()), name };
  }
  if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
    return { bytes: new Uint8Array(origin as ArrayBuffer), name };
  }
  if (kind === 'Uint8Array') return { bytes: origin as Uint8Array, name };
  const expected = `Expected a ${what} to be a path, a URL, a Response or bytes`;
  throw new TuttiError('ERR_OPTION', `${expected}, got ${describe(origin)}`, { argument: 'source' });
}

async function fromText(text: string, signal: AbortSignal | undefined) {
  const files = nodeBuiltin('node:fs/promises');
  const isFile = text.startsWith('file:') || !SCHEME.test(text) || /^[a-z]:[\\/]/i.test(text);
  try {
    if (files !== undefined && isFile) {
      const path = text.startsWith('file:') ? new URL(text) : text;
      // A pipe or a device may have no end.
      if (!(await files.stat(path)).isFile()) throw new Error('it is no file');
      return { bytes: await files.readFile(path, { signal }), name: text };
    }
    return { bytes: await bodyOf(await fetch(text, { signal: signal ?? null })), name: text };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TuttiError) throw error;
    throw failed(text, (error as Error).message, error);
  }
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  if (!response.ok)
    throw failed(response.url, `the server answers ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

function failed(path: string, reason: string, cause?: unknown): TuttiError {
  return new TuttiError('ERR_FILE', `Cannot read ${path}: ${reason}`, { path }, cause);
}
