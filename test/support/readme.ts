// The README's first script, as text: the first block of JavaScript in it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param root the project's folder. */
export function readmeScript(root: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, script] = /```js\n(.*?)```/s.exec(readme) ?? [];
  if (script === undefined) throw new Error('README.md has no block of JavaScript');
  return script;
}
