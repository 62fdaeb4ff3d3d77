// Blobs as stores give them: stored forms, which are the content or refused; and lists of pieces, whose bytes have no other
// name.

import { failBlob } from '../../../src/blobs/blob-errors.js';
import type { BlobStore, Digest } from '../../../src/blobs/blob-store.js';
import { digestOf } from '../../../src/blobs/digest.js';
import { getBytes, putBytes } from '../../../src/blobs/pieces.js';
import { fromStoredForm, toStoredForm } from '../../../src/blobs/stored-form.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const NUMBERS = new Uint8Array(Float64Array.from({ length: 300 }, (_, at) => at * 1.1).buffer);
const CONTENTS = [
  NUMBERS,
  Buffer.from('{"epoch":1}\n'.repeat(60)),
  Buffer.from('short'),
  Buffer.from('tutti pieces 1\n'),
];
const WORDS = ['\0', '\u0001', '\u0002', '\n', '1\n', 'tutti pieces 1\n', '0', 'f', '9'.repeat(16), '\u00ff'];

/** A store in memory, with these blobs in it. */
function storeOf(blobs: Map<Digest, Uint8Array>): BlobStore {
  return {
    address: 'memory:',
    has: async (digest) => blobs.has(digest),
    put: async (digest, bytes) => void blobs.set(digest, bytes),
    get: async (digest) => blobs.get(digest) ?? failBlob('memory:', digest, 'missing'),
    delete: async (digest) => void blobs.delete(digest),
    close: async () => undefined,
  };
}

/** The first byte of an input says which: a content's number, of a form; or, of a list, what is no such number. */
export async function blobTarget(): Promise<FuzzTarget> {
  const forms = await Promise.all(CONTENTS.map(toStoredForm));
  const blobs = new Map<Digest, Uint8Array>();
  const digests = await Promise.all(CONTENTS.map((content) => putBytes(storeOf(blobs), content)));
  const lists = [...blobs.values()].filter((blob) => Buffer.from(blob).includes('tutti pieces'));
  for (const [at, content] of CONTENTS.entries())
    lists.push(Buffer.from(`tutti pieces 1\n${content.length}\n${digests[at]}\n`));
  return {
    name: 'blobs',
    codes: ['ERR_BLOB'],
    make(draws: Draws) {
      const at = draws.below(CONTENTS.length + 2);
      const start = Buffer.of(at);
      if (at < CONTENTS.length) return Buffer.concat([start, mutateBytes(draws, forms[at]!, forms, WORDS)]);
      // As it is now and then, so that some are read.
      const list = draws.of(lists);
      return Buffer.concat([start, draws.oneIn(8) ? list : mutateBytes(draws, list, lists, WORDS)]);
    },
    async read(input) {
      const bytes = input.subarray(1);
      const content = CONTENTS[input[0] ?? 0];
      if (content !== undefined) {
        const read = await fromStoredForm(bytes, digestOf(content), 'a store');
        require(Buffer.from(content).equals(read), 'other content under the same name');
        return;
      }
      const name = digestOf(bytes);
      const store = storeOf(new Map([...blobs, [name, bytes]]));
      const read = await getBytes(store, name, { mostBytes: 1e6 });
      require((await putBytes(store, read)) === name, 'bytes with another name');
    },
  };
}
