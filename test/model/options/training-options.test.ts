// The types of the options of training are written from their records; test/types holds the two against each other, and
// test/package/option-docs.test.ts what editors show of them.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { optionTypes } from '../../../scripts/support/option-types.js';

t.test('the types of the options are as their records are', async (t) => {
  const file = fileURLToPath(new URL('../../../../src/model/options/training-options.ts', import.meta.url));
  t.equal(readFileSync(file, 'utf8'), optionTypes(), 'node dist/scripts/option-types.js writes them anew');
});
