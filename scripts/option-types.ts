// Writes src/model/options/training-options.ts anew from the schema: `node dist/scripts/option-types.js`, after a build.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { optionTypes } from './support/option-types.js';

const file = fileURLToPath(new URL('../../src/model/options/training-options.ts', import.meta.url));
writeFileSync(file, optionTypes());
