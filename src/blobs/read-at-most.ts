// Streams of others to their end, or to where they become too long.

import type { Readable } from 'node:stream';

/**
 * All bytes of a stream; `longer` as soon as there are more than `most`, when the stream is destroyed.
 * Rejects with the stream's error, or when it breaks off.
 */
export function readAtMost(stream: Readable, most: number): Promise<Uint8Array | 'longer'> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    stream.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= most) {
        chunks.push(chunk);
        return;
      }
      resolve('longer');
      stream.destroy();
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    // After its end this changes nothing.
    stream.once('close', () => reject(new Error('the answer broke off')));
  });
}
