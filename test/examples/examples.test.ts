// The scripts of scripts/examples run as they are, and the README shows the first of them.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { readmeScript } from '../support/readme.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = t.testdir({ data: t.fixture('symlink', join(root, 'data')) });

/** What each script prints. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'adversarial.js':
    /^(trained at [\d.]+, attacked at [\d.]+: [\d.]+ %; by attacks on one member [\d.]+ %\n){4}$/,
  'first-training.js': /^ +accuracy .*\ntest, arithmetic mean +98\.70 % .*\n(.*\n)+7 (1|0\.9\d+)\n$/,
  'callbacks.js': /^member 0: loss [\d.]+ at learning rate [\d.]+\n(member \d.*\n){5}$/,
  'dropout.js':
    /^weightScaling: error [\d.]+ %.*\n(.*Mean: error .*\n){2}over masks: v 0\.\d+, c 0\.\d+, ρ 0\.\d+/,
  'learners.js':
    /^(1 × network \(.+\): accuracy 0\.\d+, v 0\.\d+\n){2}(1 × learner .*\n){3}mean member .*\nwith the weights /,
  'mixed.js':
    /^seed 1\n( {2}2 × .*: accuracy [\d.]+ %, v 0\.\d+, c 0\.\d+, ρ 0\.\d+\n){4} {2}all: v .*\n {2}mean member [\d.]+ %, equal/,
  'uncertainty.js': /^RMSE: one member [\d.]+, the ensemble [\d.]+\nrow 0: \d+ ± \d+\n/,
};

/** Scripts that need @tensorflow/tfjs-node. */
const TENSORFLOW = new Set(['mixed.js']);
const hasTensorFlow =
  process.env.TUTTI_REQUIRE_TFJS === '1' || existsSync(join(root, 'node_modules/@tensorflow/tfjs-node'));

const scripts = readdirSync(join(root, 'dist/scripts/examples')).filter((name) => name.endsWith('.js'));

for (const name of scripts) {
  const skip = TENSORFLOW.has(name) && !hasTensorFlow ? '@tensorflow/tfjs-node is not installed' : false;
  t.test(`${name} runs`, { skip }, async (t) => {
    const script = join(root, 'dist/scripts/examples', name);
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      cwd: folder,
      env,
    });
    t.match(stdout, PRINTS[name] ?? /./);
    if (name === 'first-training.js') t.ok(existsSync(join(folder, 'digits.tutti')));
  });
}

t.test('the README shows first-training.ts', async (t) => {
  const source = readFileSync(join(root, 'scripts/examples/first-training.ts'), 'utf8');
  t.equal(readmeScript(root), source.slice(source.indexOf('import')));
});
