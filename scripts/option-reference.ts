// Writes docs/reference/options.md and command-line.md anew from the options' records and the commands:
// `node dist/scripts/option-reference.js`, after a build.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandReference } from './support/command-reference.js';
import { optionReference } from './support/option-reference.js';

function write(page: string, text: string): void {
  writeFileSync(fileURLToPath(new URL(`../../docs/reference/${page}`, import.meta.url)), text);
}

write('options.md', optionReference());
write('command-line.md', await commandReference());
