// Writes the overrides of biome.json anew from the order of the folders: `node dist/scripts/layer-rules.js`, after a
// build.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { layerRules } from './support/layer-rules.js';

const file = fileURLToPath(new URL('../../biome.json', import.meta.url));
const config = { ...JSON.parse(readFileSync(file, 'utf8')), overrides: layerRules() };
writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
