// Writes docs/reference/options.md anew from the options' schemas: `node dist/scripts/option-reference.js`, after a build.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { optionReference } from './support/option-reference.js';

writeFileSync(
  fileURLToPath(new URL('../../docs/reference/options.md', import.meta.url)),
  await optionReference(),
);
