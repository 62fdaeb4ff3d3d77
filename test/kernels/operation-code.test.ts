// Dispatchers and calls are written from the table of operations, tiles from their families.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { operationCode } from '../../scripts/support/operation-code.js';
import { tileCode } from '../../scripts/support/tile-code.js';

t.test('what is written from the table of operations, and the tiles, are as their sources are', async (t) => {
  for (const [path, text] of Object.entries({ ...operationCode(), ...tileCode() })) {
    const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    t.equal(readFileSync(file, 'utf8'), text, `${path}: node dist/scripts/operation-code.js writes it anew`);
  }
});
