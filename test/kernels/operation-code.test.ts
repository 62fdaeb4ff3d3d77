// Dispatchers and call types are written from the table of operations.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { operationCode } from '../../scripts/support/operation-code.js';

t.test('what follows from the table of operations is as the table is', async (t) => {
  for (const [path, text] of Object.entries(operationCode())) {
    const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    t.equal(readFileSync(file, 'utf8'), text, `${path}: node dist/scripts/operation-code.js writes it anew`);
  }
});
