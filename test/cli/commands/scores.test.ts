// Scores, the confusion of classes and baselines on the command line: what train saves, evaluate measures and inspect shows;
// rows by their weights; files of one row, of one class and without targets.

import t from 'tap';
import { QUICK, tutti } from '../support.js';

/** Two features, a weight, a class: nearly a line. */
const LINES = Array.from({ length: 120 }, (_, i) => {
  const [a, b] = [Math.sin(37 * i), Math.cos(91 * i)];
  const label = a + b + 0.4 * Math.sin(11 * i) > 0 ? 'up' : 'down';
  return { cells: `${a.toFixed(3)},${b.toFixed(3)}`, weight: i % 3, label };
});
const csv = (lines: typeof LINES) =>
  `a,b,w,y\n${lines.map(({ cells, weight, label }) => `${cells},${weight},${label}`).join('\n')}\n`;

const cwd = t.testdir({
  'weighted.csv': csv(LINES),
  'plain.csv': `a,b,y\n${LINES.map(({ cells, label }) => `${cells},${label}`).join('\n')}\n`,
  'one-row.csv': csv(LINES.slice(1, 2)),
  'one-class.csv': csv(LINES.filter(({ label }) => label === 'up')),
  'no-target.csv': 'a,b,w\n1,2,1\n',
});

const columns = ['--target', 'y', '--weight-column', 'w'];
const { stdout: trained } = await tutti(
  ['train', 'weighted.csv', ...columns, ...QUICK, '--test-share', '0.4', '--out', 'own.tutti'],
  { cwd },
);

t.test('train scores both parts, fits baselines and saves them', async (t) => {
  t.notMatch(trained, /\nScores/, 'the list of scores is for who asks for it');
  t.match(
    trained,
    /\nmajority class, out of bag .*\nlogistic regression, out of bag .*\nmajority class, test /,
  );
  t.notMatch(trained, /\nTaken for /);
  const { stdout } = await tutti(['inspect', 'own.tutti'], { cwd });
  t.match(stdout, /\nScores, rows by their weights \[95 % interval\] +out of bag +test\n/);
  t.match(stdout, /\nlogistic regression, test /);
});

t.test('evaluate weighs rows where the file has their weights', async (t) => {
  const of = async (file: string) => {
    const { stdout } = await tutti(
      ['evaluate', 'own.tutti', file, '--json', '--quiet', '--replicates', '50'],
      { cwd },
    );
    return JSON.parse(stdout);
  };
  const [weighted, plain] = [await of('weighted.csv'), await of('plain.csv')];
  t.equal(weighted.rowWeights, true);
  t.notOk('rowWeights' in plain);
  t.equal(weighted.accuracy, plain.accuracy, 'the table of members is of all rows alike');
  t.equal(plain.scores.accuracy.value, plain.accuracy);
  const [first, second] = weighted.confusion as [number[], number[]];
  const all = [...first, ...second].reduce((sum, cell) => sum + cell, 0);
  t.ok(Math.abs((first[0]! + second[1]!) / all - weighted.scores.accuracy.value) < 1e-6);
  t.same(Object.keys(weighted.baselines), ['constant', 'linear']);
  t.match(weighted.baselines.linear.differences.logLoss, { difference: Number, interval: { low: Number } });
});

t.test(
  'one row and one class have what scores they can have, and say why they lack the others',
  async (t) => {
    const one = await tutti(['evaluate', 'own.tutti', 'one-row.csv', '--quiet'], { cwd });
    t.equal(one.status, 0);
    t.match(one.stdout, /\nScores +one-row\.csv\n/, 'a weight alone is none');
    const same = await tutti(['evaluate', 'own.tutti', 'one-class.csv', '--quiet'], { cwd });
    t.match(same.stdout, /\n {2}No MCC, AUROC: these rows are all of one class\n/);
    t.match(same.stdout, /\nTaken for +down +up\n/);
    t.notMatch(`${one.stdout}${same.stdout}`, /NaN|undefined|Infinity/);
  },
);

t.test('a file without its target is refused in a line', async (t) => {
  const { status, stderr } = await tutti(['evaluate', 'own.tutti', 'no-target.csv'], { cwd });
  t.not(status, 0);
  t.match(
    stderr,
    /^tutti: Expected no-target\.csv to have values in the target column `y`, got none \(ERR_DATA\)\n$/,
  );
});
