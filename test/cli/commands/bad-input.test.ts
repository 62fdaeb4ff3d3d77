// Bad input: one clear line, exit status 2, and no file made or written over.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, QUICK, snapshot, tutti, tuttiProcess, valueCsv } from '../support.js';

const THOUSAND = Array.from({ length: 1000 }, (_, at) => at + 1);

const good = classCsv();
const lines = good.trimEnd().split('\n');
const folder = t.testdir({
  'good.csv': good,
  'values.csv': valueCsv(),
  'empty.csv': '',
  'header-only.csv': 'x1,x2,label\n',
  'ragged.csv': [...lines.slice(0, 4), '1,2', ...lines.slice(4)].join('\n'),
  'text.csv': good.replace(lines[3]!, `oops,1,${lines[3]!.split(',')[2]}`),
  'duplicate.csv': good.replace('x1,x2,label', 'x1,x1,label'),
  'one-class.csv': good.replaceAll('yes', 'no'),
  'nan.csv': good.replace(lines[2]!, `NaN,1,yes`),
  'infinity.csv': good.replace(lines[2]!, `Infinity,1,yes`),
  'no-x2.csv': 'x1,label\n1,yes\n',
  'members.csv': 'y,a,b\n1,1,2\n2,x,2\n',
  'unknown.yaml': 'learningRatee: 0.1\n',
  'wrong.json': '{"epochs": "ten"}',
  'broken.yaml': 'a: [1,\n',
  'momentum.yaml': 'momentum: 0.5\n',
  'list.yaml': 'members: [{ hidden: [2] }, { hidden: [3] }]\n',
  'billion.json': JSON.stringify({ grid: { epochs: THOUSAND, batchSize: THOUSAND, patience: THOUSAND } }),
  'precious.tutti': 'do not touch',
  sub: {},
});

// One thread: starting more would take most of the time.
const TRAIN = ['train', 'good.csv', '--target', 'label', '--threads', '1', '--out', 'precious.tutti'];
const trainOn = (file: string, out = 'new.tutti') => [
  ...['train', file, '--target', 'label', '--threads', '1', '--out', out],
];

/** What to run, and what the line must say. */
const cases: Readonly<Record<string, [readonly string[], RegExp]>> = {
  'a missing file': [trainOn('missing.csv'), /missing\.csv/],
  'an empty file': [trainOn('empty.csv'), /empty/],
  'a header without rows': [trainOn('header-only.csv'), /no rows/],
  'a ragged row': [trainOn('ragged.csv'), /3 cells.*got 2.*line 5/],
  'text in a numeric column': [trainOn('text.csv'), /`x1`.*number.*"oops".*line 4, row 3/],
  'duplicate headers': [trainOn('duplicate.csv'), /"x1".*columns 1 and 2/],
  'an unknown target': [[...TRAIN, '--target', 'labell'], /`--target`.*"labell"/],
  'no target': [['train', 'good.csv', '--out', 'precious.tutti'], /`--target`/],
  'one class only': [trainOn('one-class.csv'), /class/],
  'a NaN cell': [trainOn('nan.csv'), /`x1`.*missing cell.*line 3/],
  'an infinite cell': [trainOn('infinity.csv'), /`x1`.*finite.*line 3/],
  'zero members': [[...TRAIN, '--members', '0'], /`--members`.*≥ 1.*0/],
  'minus three members': [[...TRAIN, '--members', '-3'], /`--members`.*≥ 1.*-3/],
  'a billion members': [[...TRAIN, '--members', '1e9'], /would need about .* of memory.* available/],
  'layers that are no numbers': [[...TRAIN, '--hidden', '3,x'], /`--hidden`.*"3,x"/],
  'a layer of no units': [[...TRAIN, '--hidden', '3,0'], /`--hidden` to be an integer ≥ 1, got 0/],
  'an unknown option': [
    [...TRAIN, '--hiden', '3'],
    /Unknown option `--hiden` of tutti train \(did you mean `--hidden`\?\)/,
  ],
  'an unknown command': [['trian'], /Expected a command, got "trian" \(did you mean `train`\?\)/],
  'an unknown name in a config file': [
    [...TRAIN, '--config', 'unknown.yaml'],
    /unknown\.yaml: Unknown option "learningRatee" \(did you mean `learningRate`\?\)/,
  ],
  'a wrong value in a config file': [
    [...TRAIN, '--config', 'wrong.json'],
    /wrong\.json: Expected `epochs`.*"ten"/,
  ],
  'a config file that does not parse': [[...TRAIN, '--config', 'broken.yaml'], /broken\.yaml/],
  'a config file that is missing': [
    [...TRAIN, '--config', 'nowhere.yaml'],
    /nowhere\.yaml to be a readable file, got nothing: there is no such file/,
  ],
  'a number that is none': [[...TRAIN, '--learning-rate', 'fast'], /`--learning-rate`.*"fast"/],
  'a negative learning rate': [[...TRAIN, '--learning-rate', '-1'], /`--learning-rate`.*> 0.*-1/],
  'a choice that is none': [
    [...TRAIN, '--optimizer', 'adagrad'],
    /`--optimizer`.*adam, adamW, sgd.*"adagrad"/,
  ],
  'half a thread': [
    ['train', 'good.csv', '--target', 'label', '--threads', '0.5', '--out', 'precious.tutti'],
    /`--threads`.*0\.5/,
  ],
  'a test share of all rows': [[...TRAIN, '--test-share', '1'], /`--test-share`/],
  'a loss for numbers on classes': [
    [...TRAIN, '--loss', 'squaredError'],
    /`--loss`.*softmaxCrossEntropy, binaryCrossEntropy or focal for classification/,
  ],
  'a geometric mean of values': [
    ['train', 'values.csv', '--target', 'y', '--mean', 'geometric', '--out', 'new.tutti'],
    /`--aggregator`.*variance head/,
  ],
  'an output folder that is missing': [
    trainOn('good.csv', 'none/x.tutti'),
    /Cannot write none\/x\.tutti: .*folder/,
  ],
  'an output path that is a folder': [trainOn('good.csv', 'sub'), /Cannot write sub: it is a folder/],
  'an output path inside a file': [trainOn('good.csv', 'good.csv/x'), /Cannot write good\.csv\/x/],
  'an output path that is the input': [trainOn('good.csv', './good.csv'), /`--out`.*another file/],
  'a bundle that is missing': [
    ['inspect', 'missing.tutti'],
    /missing\.tutti to be a readable file, got nothing: there is no such file/,
  ],
  'a CSV file given as a bundle': [
    ['predict', 'good.csv', 'good.csv', '--out', 'new.csv'],
    /not a saved ensemble/,
  ],
  'a feature column missing at prediction': [
    ['predict', 'ok.tutti', 'no-x2.csv', '--out', 'new.csv'],
    /`x2`/,
  ],
  'a bundle given as a CSV file': [['predict', 'ok.tutti', 'ok.tutti', '--out', 'new.csv'], /ok\.tutti.*CSV/],
  'a truncated bundle': [
    ['predict', 'short.tutti', 'good.csv', '--out', 'new.csv'],
    /short\.tutti is truncated/,
  ],
  'a bundle with a flipped bit': [['evaluate', 'flipped.tutti', 'good.csv'], /flipped\.tutti is damaged/],
  'a bundle of a newer version': [['inspect', 'newer.tutti'], /newer than this tutti reads/],
  'an output of predictions that cannot be written': [
    ['predict', 'ok.tutti', 'good.csv', '--out', 'none/p.csv'],
    /Cannot write none\/p\.csv/,
  ],
  'targets missing at evaluation': [['evaluate', 'ok.tutti', 'no-label.csv'], /`label`/],
  'a vote over values': [
    ['measure', 'values.csv', '--target', 'y', '--aggregator', 'vote'],
    /`--aggregator`/,
  ],
  'text among predicted values': [
    ['measure', 'members.csv', '--target', 'y'],
    /`a`.*"x".*line 3|members\.csv/,
  ],
  'momentum without sgd': [
    [...TRAIN, '--momentum', '0.5'],
    /Expected `--momentum` to be absent unless `--optimizer` is sgd, got 0\.5/,
  ],
  'patience without early stopping': [
    [...TRAIN, '--early-stopping', 'none', '--patience', '3'],
    /Expected `--patience` to be absent unless `--early-stopping` is/,
  ],
  'momentum in a config file without sgd': [
    [...TRAIN, '--config', 'momentum.yaml'],
    /momentum\.yaml: Expected `momentum` to be absent unless `optimizer` is sgd, got 0\.5/,
  ],
  'a number of members beside a list of them': [
    [...TRAIN, '--config', 'list.yaml', '--members', '2'],
    /Expected `--members` to be absent when list\.yaml lists the members, got 2/,
  ],
  'a grid of a billion points': [
    [...TRAIN, '--config', 'billion.json'],
    /billion\.json: Expected `grid` to be at most 100000 points/,
  ],
  'a flag and its opposite': [
    [...TRAIN, '--json', '--no-json'],
    /Expected `--json` or `--no-json`, got both/,
  ],
  'a hexadecimal number': [[...TRAIN, '--seed', '0x10'], /Expected `--seed` to be an integer.*"0x10"/],
  'a number of no digits': [[...TRAIN, '--epochs', ''], /Expected `--epochs` to be an integer.*""/],
  'a number with a separator': [[...TRAIN, '--epochs', '1_000'], /`--epochs` to be an integer.*"1_000"/],
  'a number beyond all numbers': [[...TRAIN, '--learning-rate', '1e999'], /`--learning-rate`.*"1e999"/],
  'a decimal comma': [[...TRAIN, '--learning-rate', '0,1'], /`--learning-rate`.*"0,1"/],
  'a misspelt choice': [
    [...TRAIN, '--resample', 'bootstap'],
    /`--resample`.*got "bootstap" \(did you mean "bootstrap"\?\)/,
  ],
  'an option before any command': [
    ['--epochs', '5'],
    /Expected a command before `--epochs`, such as tutti train/,
  ],
  'a clip of probabilities': [[...TRAIN, '--no-clip'], /`--clip` to be absent for classification/],
  'no file': [
    ['train', '--target', 'label'],
    /Expected `file` after tutti train, got nothing; tutti train --help shows examples/,
  ],
  'files the wrong way round': [
    ['predict', 'good.csv', 'ok.tutti'],
    /good.csv is not a saved ensemble; the ensemble comes first, then the rows/,
  ],
  'a flag without its value': [
    ['train', 'good.csv', '--target'],
    /^tutti: Expected a value after `--target`, got nothing \(ERR_OPTION\)$/,
  ],
  'numbers that are none': [
    ['attack', 'ok.tutti', 'good.csv', '--epsilons', 'a'],
    /`--epsilons` to be numbers separated by commas, such as 0,0.05,0.1, got "a"/,
  ],
  'no target, and no output': [
    ['train', 'good.csv'],
    /`--target` to be .* \(tutti describe lists them\), got nothing/,
  ],
  'a word for a command without any': [['doctor', 'now'], /Expected no word after tutti doctor, got 1/],
  'a folder for a command that wants a flag before it': [
    ['train-members', 'plan'],
    /Expected no word after tutti train-members, got 1; what it works on follows `--plan <folder>`/,
  ],
  'a file in the place of a plan': [
    ['plan', 'good.csv', '--target', 'label', '--out', 'good.csv'],
    /^tutti: The plan good\.csv would go where a file is: name a folder.* \(ERR_PLAN\)$/m,
  ],
  'a file on the way to a plan': [
    ['plan', 'good.csv', '--target', 'label', '--out', 'good.csv/plan'],
    /^tutti: The plan good\.csv\/plan would go where a file is: name a folder.* \(ERR_PLAN\)$/m,
  ],
  'too many arguments': [
    ['inspect', 'ok.tutti', 'more'],
    /Expected 1 word after tutti inspect, got 2; a name with blanks stands in quotes/,
  ],
};

t.before(async () => {
  const made = await tutti(['train', 'good.csv', '--target', 'label', ...QUICK, '--out', 'ok.tutti'], {
    cwd: folder,
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const bytes = readFileSync(join(folder, 'ok.tutti'));
  const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
  write('short.tutti', bytes.subarray(0, bytes.length - 7));
  const flipped = Buffer.from(bytes);
  flipped[flipped.length - 20]! ^= 4;
  write('flipped.tutti', flipped);
  const newer = Buffer.from(bytes);
  newer.writeUInt32LE(9, 8);
  write('newer.tutti', newer);
  write('no-label.csv', 'x1,x2\n1,2\n');
});

t.test('each is refused with one line and leaves every file as it was', async (t) => {
  const before = snapshot(folder);
  const queue = Object.entries(cases);
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, [args, message]] = next;
      const { status, stdout, stderr } = await tutti(args, { cwd: folder });
      t.equal(status, 2, `${name}: exit status`);
      t.match(stderr.trimEnd(), message, `${name}: message`);
      // The header of a training may stand above the error; the error itself is one line.
      t.equal(stderr.trimEnd().split('\n').length, 1, `${name}: one line, not ${stderr}`);
      t.notMatch(stdout, /\{|Trained/, `${name}: no result`);
    }
  };
  await Promise.all([worker(), worker()]);
  t.same(snapshot(folder), before);
});

t.test('TUTTI_DEBUG=1 adds the stack', async (t) => {
  const { status, stderr } = await tuttiProcess(['inspect', 'good.csv'], {
    cwd: folder,
    env: { TUTTI_DEBUG: '1' },
  });
  t.equal(status, 2);
  t.match(stderr, /not a saved ensemble \(ERR_BUNDLE\)\n.*TuttiError.*\n\s+at /s);
});
