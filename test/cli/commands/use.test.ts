// What is done with a saved ensemble: predict, evaluate, inspect.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import t from 'tap';
import { classCsv, instead, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

const odd = classCsv().replaceAll('yes', '"say ""yes"", maybe"');
const folder = t.testdir({
  'classes.csv': odd,
  'values.csv': valueCsv(),
  'unlabelled.csv': 'x2,x1,other\n0,2,a\n0,-2,b\n',
});
const cwd = folder;

t.before(async () => {
  for (const [file, target, out, ...more] of [
    ['classes.csv', 'label', 'classes.tutti', '--learning-rate', '0.05', '--epochs', '10'],
    ['values.csv', 'y', 'gaussian.tutti', '--loss', 'gaussianNll'],
    ['values.csv', 'y,z', 'several.tutti'],
  ] as const) {
    const args = ['train', file, '--target', target, ...instead(QUICK, ...more), '--out', out];
    const { status, stderr } = await tutti(args, { cwd });
    if (status !== 0) throw new Error(stderr);
  }
});

t.test('predict keeps the order of the rows, finds columns by name and needs no target', async (t) => {
  const args = ['predict', 'classes.tutti', 'unlabelled.csv'];
  const { status, stderr } = await tutti([...args, '--out', 'p.csv'], { cwd });
  t.equal(status, 0);
  t.match(stderr, /Wrote p\.csv: 2 predictions of 3 members/);
  const text = readFileSync(join(folder, 'p.csv'), 'utf8');
  const rows: Record<string, string>[] = parse(text, { columns: true });
  const [no, yes] = ['no', 'say "yes", maybe'];
  t.same(Object.keys(rows[0]!), ['prediction', `probability_${no}`, `probability_${yes}`]);
  t.same(
    rows.map(({ prediction }) => prediction),
    [yes, no],
  );
  for (const row of rows) {
    t.ok(Math.abs(Number(row[`probability_${no}`]) + Number(row[`probability_${yes}`]) - 1) < 1e-6);
  }
  t.equal((await tutti(args, { cwd })).stdout, text, 'the same on standard output');
});

t.test('predictions of a Gaussian head have a variance', async (t) => {
  const { stdout } = await tutti(['predict', 'gaussian.tutti', 'values.csv', '--mean', 'geometric'], { cwd });
  const rows: Record<string, string>[] = parse(stdout, { columns: true });
  t.same(Object.keys(rows[0]!), ['prediction', 'variance']);
  t.equal(rows.length, 60);
  t.ok(rows.every(({ variance }) => Number(variance) > 0));
});

t.test('several targets are predicted by name', async (t) => {
  const { stdout } = await tutti(['predict', 'several.tutti', 'values.csv'], { cwd });
  t.match(stdout.split('\n')[0], /^prediction_y,spread_y,prediction_z,spread_z$/);
});

t.test('predict --json prints one object', async (t) => {
  const { stdout } = await tutti(['predict', 'classes.tutti', 'unlabelled.csv', '--json'], { cwd });
  t.match(JSON.parse(stdout), { rows: 2, predictions: { prediction: ['say "yes", maybe', 'no'] } });
});

t.test('evaluate --json has the scores and the error correlation', async (t) => {
  const run = async (...args: string[]) =>
    JSON.parse((await tutti(['evaluate', ...args, '--json'], { cwd })).stdout);
  const classified = await run('classes.tutti', 'classes.csv', '--mean', 'geometric');
  t.match(classified, {
    accuracy: Number,
    aggregator: 'geometricMean',
    rows: 60,
    members: 3,
    memberScores: { length: 3 },
  });
  const { v, c, rho, predicted, measured } = classified.errorCorrelation;
  t.ok(Math.abs(rho - c / v) < 1e-9);
  t.ok(Math.abs(predicted - measured) <= 1e-5 * measured, 'v/k + (k−1)c/k is the measured error');
  t.match(await run('gaussian.tutti', 'values.csv'), { rmse: Number, errorCorrelation: { v: Number } });
  t.match(await run('several.tutti', 'values.csv'), { rmse: Number, rmseByTarget: { y: Number, z: Number } });
});

t.test('evaluate warns of the rows the ensemble was trained on', async (t) => {
  const { stdout, stderr } = await tutti(['evaluate', 'classes.tutti', 'classes.csv', '--mean', 'vote'], {
    cwd,
  });
  t.match(stderr, /trained on/);
  t.match(stdout, /majority vote/);
});

t.test('inspect says what the ensemble is, as text and as one object', async (t) => {
  const { stdout } = await tutti(['inspect', 'classes.tutti', '--json'], { cwd });
  const inspected = JSON.parse(stdout);
  t.match(inspected, {
    ...{ contentHash: /^[0-9a-f]{64}$/, complete: true, planned: 3, members: 3, seed: 1 },
    ...{
      arithmetic: /^(fused|strict)$/,
      specs: [
        { members: [0, 2], epochs: 10 },
        { members: [1], epochs: 10 },
      ],
    },
    environment: { node: process.versions.node },
  });
  const text = (await tutti(['inspect', 'classes.tutti'], { cwd })).stdout;
  t.match(text, inspected.contentHash);
  t.match(
    text,
    /members 0, 2 +numbers to 4 by 16 waves of scale 0\.1; 4 gelu; softmaxCrossEntropy; adamW 0\.05/,
  );
});

t.test('a reader that goes away is no failure', async (t) => {
  const { stderr } = await tuttiProcess(['predict', 'classes.tutti', 'classes.csv'], {
    cwd,
    closeStdout: true,
  });
  t.equal(stderr, '');
});

t.test('compare-masks compares the ways of a dropout net, and its masks as an ensemble', async (t) => {
  const dropout = ['--hidden-keep', '0.5', '--input-keep', '0.8', '--out', 'dropout.tutti'];
  await tutti(['train', 'classes.csv', '--target', 'label', ...QUICK, ...dropout], { cwd });
  const args = ['compare-masks', 'dropout.tutti', 'classes.csv'];
  const { stdout, stderr, status } = await tutti([...args, '--masks', '6', '--member', '1', '--json'], {
    cwd,
  });
  t.equal(status, 0, stderr);
  const compared = JSON.parse(stdout);
  t.match(compared, { member: 1, droppable: 6, overMasks: { errorCorrelation: { memberCount: 6 } } });
  t.same(
    compared.ways.map(({ way, masks }: { way: string; masks: number }) => `${way} ${masks}`),
    [
      ...['weightScaling 1', 'arithmeticMean 6', 'geometricMean 6'],
      ...['arithmeticMean 64', 'geometricMean 64'],
    ],
  );
  const text = (await tutti(args, { cwd })).stdout;
  t.match(text, /^Member 0: 6 units can be dropped; 60 rows/);
  t.match(text, /geometric mean, all masks +64 +[\d.]+ % /);
  t.match(text, /ρ = c\/v/);
  const plain = await tutti(['compare-masks', 'classes.tutti', 'classes.csv'], { cwd });
  t.equal(plain.status, 2);
  t.match(plain.stderr, /Expected `--member` to be a trained member with dropout/);
  const member = await tutti([...args, '--member', '7'], { cwd });
  t.match(member.stderr, /Expected `--member` to be .*, got 7/);
});

t.test('evaluate says how many units are active under an activity penalty', async (t) => {
  const penalty = ['--activity-penalty', '0.1', '--activity-layers', '1', '--out', 'sparse.tutti'];
  const trained = await tutti(['train', 'values.csv', '--target', 'y', ...QUICK, ...penalty], { cwd });
  t.match(trained.stdout, /Active units under the activity penalty, by hidden layer: [\d.]+ %/);
  const { stdout } = await tutti(['evaluate', 'sparse.tutti', 'values.csv', '--json'], { cwd });
  const { activeUnits } = JSON.parse(stdout);
  t.equal(activeUnits.length, 3);
  t.ok(activeUnits.every(([share]: [number]) => share >= 0 && share <= 1));
});

t.test('attack scores the ensemble and its members under attack', async (t) => {
  const args = ['attack', 'classes.tutti', 'classes.csv', '--epsilons', '0,0.5'];
  const { stdout, stderr, status } = await tutti([...args, '--norm', 'l2', '--steps', '2', '--json'], {
    cwd,
  });
  t.equal(status, 0, stderr);
  const attacked = JSON.parse(stdout);
  t.match(attacked, {
    members: [0, 1, 2],
    score: 'accuracy',
    rows: 60,
    norm: 'l2',
    steps: 2,
    scale: 'range',
  });
  const [still, moved] = attacked.points;
  t.ok(moved.onEnsemble.ensemble < still.onEnsemble.ensemble);
  t.equal(moved.onMembers.transfer.length, 3);
  const inUnits = ['attack', 'classes.tutti', 'classes.csv', '--epsilons', '0,0.5', '--scale', 'absolute'];
  const text = (await tutti([...inUnits, '--bounds', '-9,9'], { cwd })).stdout;
  t.match(text, /^Accuracy under attack: 60 rows, linf, 1 step, epsilon in units of the data/);
  t.match(text, /attacked \\ scored +0 +1 +2\n/);
  const alone = (await tutti([...args, '--on', 'ensemble'], { cwd })).stdout;
  t.notMatch(alone, /scored/);
  for (const [more, message] of [
    [['--epsilons', '0.1,-1'], /Expected `--epsilons` to be a non-empty list of numbers ≥ 0, got \[0.1,-1\]/],
    [['--bounds', '1'], /Expected `--bounds` to be two numbers/],
    [['--steps', '0'], /Expected `--steps` to be an integer ≥ 1, got 0/],
    [['--on', 'all'], /Expected `--on` to be one of ensemble, member, both/],
  ] as const) {
    const refused = await tutti(instead(args, ...more), { cwd });
    t.equal(refused.status, 2);
    t.match(refused.stderr, message);
  }
});

t.test('train takes adversarial and tangent options as flags', async (t) => {
  const options = ['--adversarial-epsilon', '0.1', '--adversarial-bounds', '-5,5', '--clean-share', '0.3'];
  const train = ['train', 'classes.csv', '--target', 'label', ...QUICK];
  const { status, stderr } = await tutti([...train, ...options, '--out', 'robust.tutti'], { cwd });
  t.equal(status, 0, stderr);
  const { stdout } = await tutti(['inspect', 'robust.tutti', '--json'], { cwd });
  t.match(stdout, /"adversarial":/);
  const tangents = ['--image', '1x1x2', '--tangents', 'translateX,scaling', '--tangent-strength', '0.01'];
  t.equal((await tutti([...train, ...tangents], { cwd })).status, 0);
  const negative = await tutti([...train, '--adversarial-epsilon', '-0.1'], { cwd });
  t.equal(negative.status, 2);
  t.match(negative.stderr, /Expected `(--adversarial-epsilon|adversarialEpsilon)` to be/);
  const strange = await tutti([...train, '--tangents', 'shear', '--tangent-strength', '1'], { cwd });
  t.equal(strange.status, 2);
  t.match(strange.stderr, /tangents/);
});

t.test('inspect shows what the training measured, in its words', async (t) => {
  const train = [
    'train',
    'values.csv',
    '--target',
    'y',
    ...QUICK,
    '--test-share',
    '0.3',
    '--out',
    'measured.tutti',
  ];
  const said = await tutti(train, { cwd });
  const { stdout } = await tutti(['inspect', 'measured.tutti'], { cwd });
  const figures = /^ +RMSE[\s\S]*Honest test.*\n.*\n.*$/m;
  t.match(said.stdout, figures);
  t.match(said.stdout, '\nEvery score with its interval: tutti inspect measured.tutti\n');
  t.match(stdout, 'Measured when it was trained:');
  // What training leaves to this command.
  const scores = /^Scores [\s\S]*?\n\n/m;
  t.match(stdout, scores);
  t.equal(figures.exec(stdout)![0].replace(scores, ''), figures.exec(said.stdout)![0]);
  const json = JSON.parse((await tutti([...train, '--json', '-q'], { cwd })).stdout);
  const inspected = JSON.parse((await tutti(['inspect', 'measured.tutti', '--json'], { cwd })).stdout);
  const { outOfBag, test, honestTest, activeUnits } = json;
  t.same(inspected.report, { outOfBag, test, honestTest, activeUnits });
  t.equal(inspected.contentHash, json.contentHash);
  t.equal(inspected.bytes, json.saved.bytes);
});
