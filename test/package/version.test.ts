// What the package says of itself in two places is the same in both.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { VERSION } from '../../src/version.js';

t.test('the version in the code is that of package.json', async (t) => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  t.equal(VERSION, JSON.parse(text).version);
});
