// A store by its address, as options and tasks say it.

import { fileURLToPath } from 'node:url';
import { failOption } from '../errors.js';
import { failAddress } from './blob-errors.js';
import type { BlobStore } from './blob-store.js';
import { openFileStore } from './file-store.js';
import { type HttpStoreOptions, openHttpStore } from './http-store.js';

export interface OpenStoreOptions extends HttpStoreOptions {
  /** What a store over HTTP wants. */
  readonly token: string;
}

const EXPECTED =
  'a folder, or a URL such as file:///mnt/blobs, http://HOST:PORT or s3://BUCKET/PREFIX?endpoint=https://HOST, without a name or a password';

/**
 * @param address a path, or a URL of the kinds `file:`, `http:`, `https:` and `s3:`.
 * @throws ERR_OPTION for another one; ERR_ENGINE_MISSING when the package is missing that speaks to it.
 */
export async function openStore(
  address: string,
  { token, ...options }: OpenStoreOptions,
): Promise<BlobStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
  switch (scheme) {
    // A letter before a colon is a drive.
    case undefined:
      if (address.trim() === '') failOption('store', EXPECTED, address);
      return openFileStore(address);
    case 'file':
      return openFileStore(pathOf(address));
    case 'http':
    case 'https':
      return openHttpStore(address, token, options);
    case 's3': {
      const { openS3Store } = await import('./s3-store.js');
      return openS3Store(address);
    }
    default:
      return failAddress(EXPECTED, `a URL of ${scheme}:`);
  }
}

function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return failOption('store', EXPECTED, address);
  }
}
