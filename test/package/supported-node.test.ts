// An old Node.js is refused by its version, the one that package.json states.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { requireNode } from '../../src/supported-node.js';

t.test('versions before that of package.json are refused, later ones are not', async (t) => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const oldest = JSON.parse(text).engines.node.replace('>=', '');
  for (const version of [`${oldest}.0`, '22.0.0', '100.1.2']) t.doesNotThrow(() => requireNode(version));
  for (const version of ['18.20.8', '20.19.5', '16.0.0']) {
    t.throws(() => requireNode(version), {
      code: 'ERR_OPTION',
      message: `Expected Node.js to be of version ${oldest} or later, got ${version}`,
    });
  }
});
