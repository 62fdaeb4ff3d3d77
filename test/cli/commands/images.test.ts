// A small convolutional net on digits from the command line: trained on one and two threads, saved, inspected,
// predicted with; from flags and from a config file.

import { join } from 'node:path';
import t from 'tap';
import { tutti } from '../support.js';

const digits = join(process.cwd(), 'data/digits.csv');
const cwd = t.testdir({
  'config.yaml': [
    ...['target: digit', 'members: 1', 'epochs: 1', 'image: [1, 8, 8]', 'layers:'],
    ...['  - {kind: conv2d, filters: 4, kernel: 3, padding: same}', '  - maxpool 2, dense 8', ''],
  ].join('\n'),
});

const LAYERS = 'conv 8@3x3 same, maxpool 2, conv 12@3x3, dense 32';
const NET = ['train', digits, '--target', 'digit', '--image', '8x8', '--layers', LAYERS];
const QUICK = [...NET, '--members', '2', '--epochs', '4', '--seed', '1'];

t.test(
  'trains on one and two threads to the same bytes, saves, inspects, evaluates and predicts',
  async (t) => {
    const hashes = [];
    for (const threads of ['1', '2']) {
      const { stdout, status } = await tutti([...QUICK, '--threads', threads, '--out', 'd.tutti', '--json'], {
        cwd,
      });
      t.equal(status, 0);
      hashes.push(JSON.parse(stdout).contentHash);
    }
    t.equal(new Set(hashes).size, 1);
    const inspected = await tutti(['inspect', 'd.tutti'], { cwd });
    t.match(inspected.stdout, '1x8x8: conv 8@3x3 same gelu, maxpool 2x2, conv 12@3x3 gelu, 32 gelu');
    const { stdout } = await tutti(['evaluate', 'd.tutti', digits], { cwd });
    t.ok(Number(/arithmetic mean\s+([\d.]+) %/.exec(stdout)![1]) > 85, 'it has learnt the digits');
    const predicted = await tutti(['predict', 'd.tutti', digits], { cwd });
    t.equal(predicted.stdout.trim().split('\n').length, 1798);
  },
);

t.test('a config file lists layers as maps or words', async (t) => {
  const args = ['train', digits, '--config', 'config.yaml', '--out', 'c.tutti', '--quiet'];
  t.equal((await tutti(args, { cwd })).status, 0);
  const { stdout } = await tutti(['inspect', 'c.tutti'], { cwd });
  t.match(stdout, '1x8x8: conv 4@3x3 same gelu, maxpool 2x2, 8 gelu');
});

t.test('an image of another size than the features is one clear error', async (t) => {
  const { stderr, status } = await tutti(['train', digits, '--target', 'digit', '--image', '7x9'], { cwd });
  t.equal(status, 2);
  t.match(
    stderr,
    'tutti: Expected `--image` to be channels × height × width of the 64 features, got [1,7,9]',
  );
});
