// Writes docs/reference/error-codes.md anew from the table of codes: `node dist/scripts/error-reference.js`, after a build.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorReference } from './support/error-reference.js';

writeFileSync(
  fileURLToPath(new URL('../../docs/reference/error-codes.md', import.meta.url)),
  errorReference(),
);
