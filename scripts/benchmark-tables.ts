// Writes the tables of README.md and docs/reference/benchmark.md anew from the results in scripts/bench/results:
// `node dist/scripts/benchmark-tables.js`, after a build. `npm run bench -- … --out scripts/bench/results/NAME.json` makes
// a result there.

import { writeFileSync } from 'node:fs';
import { benchmarkPages } from './support/benchmark-tables.js';

for (const [file, text] of benchmarkPages()) writeFileSync(file, text);
