// `tutti prune`, `tutti distill` and `tutti refit`, and `tutti train --engine trees`.

import t from 'tap';
import { classCsv, QUICK, tutti } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv() });
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, '--out', 'three.tutti'], { cwd });

t.test('prune keeps as many members as asked for, and says what that costs', async (t) => {
  const args = ['prune', 'three.tutti', 'train.csv', '--members', '2'];
  const { status, stdout, stderr } = await tutti([...args, '--out', 'two.tutti'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /Kept 2 of 3 members, 67 % of their numbers: \d, \d\n/);
  t.match(stdout, /squared error on \d+ rows/);
  t.match(stdout, /cost +-?[\d.e-]+ \[-?[\d.e-]+, -?[\d.e-]+\]|Too few rows/);
  const report = JSON.parse((await tutti([...args, '--json'], { cwd })).stdout);
  t.match(report, { metric: 'squaredError', membersBefore: 3 });
  t.match((await tutti(['inspect', 'two.tutti'], { cwd })).stdout, /members +2/);
  const none = await tutti(['prune', 'three.tutti', 'train.csv'], { cwd });
  t.match([none.status, none.stderr], [2, /`--members` to be how many members to keep/]);
});

t.test('distill trains one net in their place, and says what that costs', async (t) => {
  const asked = ['distill', 'three.tutti', 'train.csv', '--epochs', '2', '--copies', '1'];
  const { status, stdout, stderr } = await tutti([...asked, '--out', 'one.tutti'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /One net, .*parameters in place of/);
  t.match(stdout, /single +ensemble +ensemble − single/);
  t.match((await tutti(['inspect', 'one.tutti'], { cwd })).stdout, /members +1/);
  t.equal((await tutti([...asked, '--out', 'one.onnx'], { cwd })).status, 0);
  const none = await tutti(asked, { cwd });
  t.match([none.status, none.stderr], [2, /`--out` to be the path/]);
});

t.test('refit trains members once more on all rows, and says what that is worth', async (t) => {
  const args = ['refit', 'three.tutti', 'train.csv', '--replicates', '20', '--out', 'again.tutti'];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /Refitted 3 members\n {2}rows +on all 60 rows/);
  t.match(stdout, /Both ways on 48 rows, and judged on the others, 12 rows/);
  t.match(stdout, /refitted/);
  const quick = await tutti(['refit', 'three.tutti', 'train.csv', '--check-share', '0', '--out', 'c.tutti'], {
    cwd,
  });
  t.match(quick.stdout, /What it is worth is not known/);
  const plain = await tutti(
    [
      'refit',
      'three.tutti',
      'train.csv',
      '--check-share',
      '0',
      '--held-out',
      'train.csv',
      '--out',
      'b.tutti',
    ],
    { cwd },
  );
  t.equal(plain.status, 0, plain.stderr);
  t.match(plain.stdout, /held-out rows, 60 rows/);
});

t.test('trees are trained, inspected and refused where they have no form', async (t) => {
  const args = ['train', 'train.csv', '--target', 'label', '--engine', 'trees', '--members', '2'];
  const own = ['--rounds', '4', '--min-leaf-rows', '5', '--seed', '1', '--out', 'trees.tutti'];
  const { status, stdout, stderr } = await tutti([...args, ...own], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^2 of 2 members were still improving when 4 rounds ended: try --rounds 8$/m);
  t.match((await tutti(['inspect', 'trees.tutti'], { cwd })).stdout, /trees of up to 31 leaves/);
  const exported = await tutti(['export', 'trees.tutti', '--out', 'trees.safetensors'], { cwd });
  t.match([exported.status, exported.stderr], [2, /member 0, boosted trees/]);
});
