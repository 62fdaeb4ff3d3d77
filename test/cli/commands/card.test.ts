// `tutti card`: a saved ensemble as a model card, on standard output or in a file, with the figures that its training measured.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { classCsv, tutti } from '../support.js';

const TRAIN = ['train', 'a.csv', '--target', 'label', '--members', '3', '--hidden', '4', '--epochs', '3'];
const QUICK = ['--seed', '1', '--threads', '1', '--test-share', '0.3', '--quiet'];

t.test('the card is printed whole, or written, and nothing else is said', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, ...QUICK, '--out', 'points.tutti'], { cwd });
  const { status, stdout, stderr } = await tutti(['card', 'points.tutti'], { cwd });
  t.equal(status, 0, stderr);
  t.equal(stderr, '');
  const head = parse(stdout.split(/^---$/m)[1]!);
  t.equal(head['model-index'][0].name, 'points');
  const inspected = JSON.parse((await tutti(['inspect', 'points.tutti', '--json'], { cwd })).stdout);
  const [{ metrics }] = head['model-index'][0].results;
  t.equal(
    metrics.find(({ type }: { type: string }) => type === 'accuracy').value,
    inspected.report.test.accuracy,
  );
  t.match(stdout, inspected.contentHash);
  t.match(stdout, `Node.js ${inspected.environment.node}`);
  const written = await tutti(['card', 'points.tutti', '--out', 'CARD.md'], { cwd });
  t.match(written, { status: 0, stdout: '' });
  t.equal(readFileSync(join(cwd, 'CARD.md'), 'utf8'), stdout);
  const named = await tutti(
    ['card', 'points.tutti', '--name', 'Two clouds', '--license', 'mit', '--data-name', 'a.csv'],
    { cwd },
  );
  t.match(named.stdout, /^---\nlicense: mit\n/);
  t.match(named.stdout, '\n# Two clouds\n');
});

t.test('its options train the same model again', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, ...QUICK, '--out', 'one.tutti'], { cwd });
  await tutti(['card', 'one.tutti', '--out', 'CARD.md'], { cwd });
  const card = readFileSync(join(cwd, 'CARD.md'), 'utf8');
  const [, options = ''] = card.match(/```yaml\n([\s\S]*?)```/)!;
  const [, command = ''] = card.match(/^tutti (train FILE .*)$/m)!;
  const config = `${options}threads: 1\n`;
  writeFileSync(join(cwd, 'options.yaml'), config);
  const words = command.replace('FILE', 'a.csv').replace('one.tutti', 'two.tutti').split(' ');
  const { status, stderr } = await tutti([...words, '--quiet'], { cwd });
  t.equal(status, 0, stderr);
  t.strictSame(readFileSync(join(cwd, 'two.tutti')), readFileSync(join(cwd, 'one.tutti')));
});

t.test('what is no ensemble, or no name, is one clear line', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, ...QUICK, '--out', 'one.tutti'], { cwd });
  const wrong: [string[], RegExp][] = [
    [['a.csv'], /a\.csv/],
    [['none.tutti'], /none\.tutti/],
    [['one.tutti', '--name', ' '], /Expected `--name` to be a name, got " "/],
    [['one.tutti', '--out', 'one.tutti'], /Expected `--out` to be another file than one\.tutti/],
    [['one.tutti', '--titel', 'x'], /Unknown option/],
  ];
  for (const [args, message] of wrong) {
    const { status, stdout, stderr } = await tutti(['card', ...args], { cwd });
    t.equal(status, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trimEnd().split('\n').length, 1);
  }
});
