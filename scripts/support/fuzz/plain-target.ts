// Stored models of learners, which are plain data of any shape: what is read is the same once it is written again.

import { isDeepStrictEqual } from 'node:util';
import { NotPlainError, packArrays, unpackArrays } from '../../../src/files/plain-data.js';
import type { Draws } from './draws.js';
import { mutateBytes } from './mutate.js';
import { type FuzzTarget, require } from './target.js';

const MODELS = [
  { trees: [{ feature: 1, at: 0.5, left: { leaf: 1 }, right: { leaf: 0 } }], words: ['a', 'ü'], none: null },
  { weights: new Float32Array([1, 2, 3]), counts: new Uint16Array([1, 2]), deep: { more: new Int8Array(5) } },
  [[[[]]], {}, 'x'.repeat(300), -1, 2 ** 31, 2 ** 40, 1.5, true],
];
const FILES = MODELS.map((model) => Buffer.from(packArrays(model, 'model')));
const WORDS = [
  '\0',
  'a',
  '__proto__',
  'constructor',
  '\u0080',
  '\u0090',
  '\u00c7',
  '\u00d4',
  '\u00ff\u00ff\u00ff\u00ff',
];

export const plain: FuzzTarget = {
  name: 'plain',
  codes: [],
  make: (draws: Draws) => mutateBytes(draws, draws.of(FILES), FILES, WORDS),
  async read(bytes) {
    let model: unknown;
    try {
      model = unpackArrays(bytes);
    } catch (error) {
      if (error instanceof NotPlainError) return;
      throw error;
    }
    require(isDeepStrictEqual(
      unpackArrays(packArrays(model, 'model')),
      model,
    ), 'another value once it is packed again');
  },
};
