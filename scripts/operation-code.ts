// Writes what follows from src/kernels/operations.ts, and the tiles of the kernels, anew: `node dist/scripts/operation-code.js`, after a build.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operationCode } from './support/operation-code.js';
import { tileCode } from './support/tile-code.js';

for (const [path, text] of Object.entries({ ...operationCode(), ...tileCode() })) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
