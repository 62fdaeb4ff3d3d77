// Nearest-neighbour members on the command line and in a config file.

import t from 'tap';
import { tutti } from '../support.js';

/** 4 × 4 images of a bar, upright or lying, at four places. */
const pixels = Array.from({ length: 16 }, (_, i) => `p${i}`);
const rows = Array.from({ length: 48 }, (_, row) => {
  const upright = row % 2 === 0;
  const place = Math.floor(row / 2) % 4;
  const values = pixels.map((_, i) =>
    (upright ? i % 4 : Math.floor(i / 4)) === place ? 9 - (row % 3) : row % 2,
  );
  return `${values.join(',')},${upright ? 'upright' : 'lying'}`;
});

const folder = t.testdir({
  'bars.csv': `${[...pixels, 'bar'].join(',')}\n${rows.join('\n')}\n`,
  'mixed.yaml': `target: bar
epochs: 2
threads: 2
seed: 1
members:
  - hidden: [4]
  - { engine: neighbours, neighbours: 1, distance: tangentTwoSided, image: 4x4, distanceTangents: [translateX] }
  - { engine: neighbours, votes: inverseDistance, image: [4, 4] }
`,
});
const cwd = folder;

t.test('a config file mixes them with networks; inspect says what they are', async (t) => {
  const train = await tutti(['train', 'bars.csv', '--config', 'mixed.yaml', '--out', 'mixed.tutti'], { cwd });
  t.equal(train.status, 0, train.stderr);
  const { stdout } = await tutti(['inspect', 'mixed.tutti'], { cwd });
  t.match(stdout, /4 gelu; softmaxCrossEntropy/);
  t.match(
    stdout,
    /1x4x4: 1 nearest neighbours; tangentTwoSided distance \(translateX\); rows: subsample 0\.75/,
  );
  t.match(stdout, /1x4x4: 3 nearest neighbours weighted by inverse distance; euclidean distance/);
  const predict = await tutti(['predict', 'mixed.tutti', 'bars.csv', '--out', 'out.csv'], { cwd });
  t.equal(predict.status, 0, predict.stderr);
  const evaluate = await tutti(['evaluate', 'mixed.tutti', 'bars.csv', '--quiet'], { cwd });
  t.equal(evaluate.status, 0, evaluate.stderr);
});

t.test('flags make a whole ensemble of them', async (t) => {
  const flags = [
    '--engine',
    'neighbours',
    '--distance',
    'tangentOneSided',
    '--image',
    '4x4',
    '--neighbours',
    '1',
  ];
  const args = ['train', 'bars.csv', '--target', 'bar', '--members', '3', '--seed', '1', ...flags];
  const { status, stdout, stderr } = await tutti([...args, '--test-share', '0.25', '--json'], { cwd });
  t.equal(status, 0, stderr);
  t.equal(JSON.parse(stdout).members, 3);
});

t.test('a distance without its engine, and a tangent distance without an image, are refused', async (t) => {
  const args = ['train', 'bars.csv', '--target', 'bar', '--distance', 'tangentOneSided'];
  const alone = await tutti(args, { cwd });
  t.equal(alone.status, 2);
  t.match(
    alone.stderr,
    /Expected `--engine` to be neighbours for a member when `--distance` is given, got "wasm"/,
  );
  const blind = await tutti([...args, '--engine', 'neighbours'], { cwd });
  t.equal(blind.status, 2);
  t.match(blind.stderr, /Expected `--image` to be given when `--distance` is "tangentOneSided", got nothing/);
});
