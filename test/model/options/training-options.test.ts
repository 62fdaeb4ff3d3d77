// The types of the options of training are written from their schema; test/types holds the two against each other.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { optionTypes } from '../../../scripts/support/option-types.js';

t.test('the types of the options are as their schema is', async (t) => {
  const file = fileURLToPath(new URL('../../../../src/model/options/training-options.ts', import.meta.url));
  t.equal(readFileSync(file, 'utf8'), optionTypes(), 'node dist/scripts/option-types.js writes them anew');
});

t.test('every option of training tells editors what it is', async (t) => {
  const properties = optionTypes().match(/^ {2}readonly (\w+)\?:/gm)!;
  const documented = optionTypes().match(/\*\/\n {2}readonly (\w+)\?:/g)!;
  t.ok(properties.length > 60);
  t.equal(documented.length, properties.length);
});
