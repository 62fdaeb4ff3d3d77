// Writes into each page of docs/guide its script and what that prints, after a build:
// `node dist/scripts/guide-examples.js [page …]`.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND, codeOf, FOLDER, lacks, outputOf, ROOT, shownIn, withShown } from './support/guide.js';

const pages = readdirSync(join(ROOT, 'docs/guide')).map((name) => name.replace(/\.md$/, ''));
const asked = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'tutti-guide-'));
for (const [name, target] of Object.entries(FOLDER)) symlinkSync(target, join(folder, name));
mkdirSync(join(folder, 'bin'));
symlinkSync(COMMAND, join(folder, 'bin/tutti'));

for (const name of asked.length > 0 ? asked : pages) {
  const file = join(ROOT, 'docs/guide', `${name}.md`);
  const page = readFileSync(file, 'utf8');
  if (shownIn(page).code === null) continue;
  const output = lacks(name) === false ? await outputOf(name, folder) : null;
  writeFileSync(file, withShown(page, { code: codeOf(name), output }));
  console.log(name);
}
rmSync(folder, { recursive: true });
