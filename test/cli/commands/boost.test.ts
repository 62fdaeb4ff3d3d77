// `tutti boost`: both kinds, what they say and save, and Ctrl-C.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, tutti } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv(), 'other.csv': classCsv() });
const DATA = ['boost', 'train.csv', '--target', 'label', '--hidden', '4', '--epochs', '6', '--seed', '1'];

for (const [kind, nets] of [
  ['gradient', /Boosted \d nets?: /],
  ['soft', /Boosted 3 nets together, 6 epochs: all were trained/],
] as const) {
  t.test(`${kind}: nets are boosted, tested and saved`, async (t) => {
    const args = [...DATA, '--kind', kind, '--rounds', kind === 'soft' ? '3' : '5', '--replicates', '20'];
    const { status, stdout, stderr } = await tutti(
      [...args, '--test', 'other.csv', '--out', `${kind}.tutti`],
      { cwd },
    );
    t.equal(status, 0, stderr);
    t.match(stdout, nets);
    t.match(stdout, /test, geometric mean/);
    t.match((await tutti(['inspect', `${kind}.tutti`], { cwd })).stdout, /boosted 1/);
  });
}

t.test('a share of the rows may test it, and the figures come as JSON', async (t) => {
  const args = [...DATA, '--rounds', '3', '--replicates', '20'];
  const json = JSON.parse((await tutti([...args, '--test-share', '0.3', '--json'], { cwd })).stdout);
  t.equal(json.boosting.rounds.length >= json.boosting.kept, true);
  t.match(json, { seed: Number, testRows: 18, interrupted: false, boosting: { endedBy: String } });
});

t.test('options may come from a file, whose mistakes are said of it, and flags win', async (t) => {
  writeFileSync(join(cwd, 'own.yaml'), 'kind: soft\nrounds: 4\nepochs: 2\nhidden: 3\n');
  writeFileSync(join(cwd, 'wrong.yaml'), 'rouns: 4\n');
  const args = ['boost', 'train.csv', '--target', 'label', '--seed', '1', '--json', '--config'];
  const { status, stdout, stderr } = await tutti([...args, 'own.yaml', '--rounds', '2'], { cwd });
  t.equal(status, 0, stderr);
  t.match(JSON.parse(stdout), { members: 2, boosting: { rounds: { length: 2 } } });
  const wrong = await tutti([...args, 'wrong.yaml'], { cwd });
  t.match(
    [wrong.status, wrong.stderr],
    [2, /wrong\.yaml: Unknown option "rouns" \(did you mean `rounds`\?\)/],
  );
});

t.test('what does not fit is refused by name', async (t) => {
  const refused = async (own: readonly string[], message: RegExp) => {
    const { status, stderr } = await tutti([...DATA, ...own, '--out', 'none.tutti'], { cwd });
    t.match([status, stderr], [2, message]);
  };
  await refused(['--kind', 'soft', '--rounds', '1'], /`--rounds` to be an integer from 2 to 1024/);
  await refused(['--shrinkage', '2'], /`--shrinkage` to be a number > 0 and ≤ 1/);
  await refused(['--kind', 'hard'], /--kind/);
  t.notOk(existsSync(join(cwd, 'none.tutti')));
});
