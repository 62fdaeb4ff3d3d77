// docs/reference/api.md names every exported function, and its examples run, one after the other.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import * as api from '../../src/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const text = readFileSync(join(root, 'docs/reference/api.md'), 'utf8');

t.test('every exported name is in the document', async (t) => {
  const absent = Object.keys(api).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  t.same(absent, []);
});

t.test('the examples run', async (t) => {
  const folder = t.testdir({ node_modules: { tutti: t.fixture('symlink', root) } });
  const blocks = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block);
  t.ok(blocks.length > 6);
  writeFileSync(join(folder, 'examples.mjs'), blocks.join('\n'));
  const env = { ...process.env, NODE_OPTIONS: '' };
  await t.resolves(promisify(execFile)(process.execPath, ['examples.mjs'], { cwd: folder, env }));
});
