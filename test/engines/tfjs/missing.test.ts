// The tfjs engine where TensorFlow.js is not installed, or is hidden from it.

import { join } from 'node:path';
import t from 'tap';
import { classCsv, tuttiProcess } from '../../cli/support.js';
import { sequentialModule } from '../../support/tfjs.js';

/** Hides the package from a process. */
const ABSENT = `import { register } from 'node:module';
const hook = \`export async function resolve(name, context, next) {
  if (!name.startsWith('@tensorflow/')) return next(name, context);
  throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
}\`;
register('data:text/javascript,' + encodeURIComponent(hook));`;

t.test('one error names the member and says what to install', async (t) => {
  const cwd = t.testdir({
    'data.csv': classCsv(),
    'net.mjs': sequentialModule('dense({ inputShape: [features], units: outputs })'),
    'absent.mjs': ABSENT,
  });
  const env = { NODE_OPTIONS: `--import ${join(cwd, 'absent.mjs')}` };
  const args = ['train', 'data.csv', '--target', 'label', '--model', './net.mjs'];
  for (const engine of ['tfjs', 'wasm']) {
    const { status, stderr } = await tuttiProcess([...args, '--engine', engine], { cwd, env });
    t.equal(status, 2);
    t.match(stderr, /Member 0 needs TensorFlow\.js: npm install @tensorflow\/tfjs-node/);
    t.match(stderr, /Cannot find package @tensorflow\/tfjs-node/);
  }
});
