// What is wrong with a command line as such, told in the words of the command line: in this process, since nothing is
// trained or written.

import t, { type Test } from 'tap';
import { inFlags, inUsersWords, type OptionOrigins } from '../../src/cli/options/option-origins.js';
import { checkConfigValue, type OptionRow, parseFlag } from '../../src/cli/options/option-row.js';
import { runProgram } from '../../src/cli/program.js';
import { failOption, TuttiError } from '../../src/errors.js';

async function refused(t: Test, args: string, message: string | RegExp): Promise<void> {
  await t.rejects(runProgram(args.split(' ')), { code: 'ERR_OPTION', message }, args);
}

t.test('a flag without a command says which command has it', async (t) => {
  await refused(t, '--epochs 5', 'Expected a command before `--epochs`, such as tutti train … --epochs');
  await refused(t, '--epochs=5 train x.csv', /before `--epochs`, such as tutti train/);
  await refused(t, '--out-of-bag', /before `--out-of-bag`, such as tutti select/);
  await refused(t, '--zzzzzz', 'Expected a command before `--zzzzzz`; tutti --help lists them');
  await refused(t, '--epohcs 5', 'Expected a command before `--epohcs` (did you mean `--epochs`?)');
});

t.test('a word that is no command suggests the nearest, or what to do with a file', async (t) => {
  await refused(t, 'trian x.csv', 'Expected a command, got "trian" (did you mean `train`?)');
  await refused(t, 'x.csv', 'Expected a command, got "x.csv", such as tutti train x.csv');
  await refused(t, 'help trian', 'Expected a command, got "trian" (did you mean `train`?)');
  await refused(t, 'qqqqqqqqq', 'Expected a command, got "qqqqqqqqq"; tutti --help lists them');
});

t.test(
  'a flag that the command has not suggests the nearest, the longer one, or the commands that have it',
  async (t) => {
    const nearest = { learningRate: 'learning-rate', learning_rate: 'learning-rate', epohcs: 'epochs' };
    for (const [typed, meant] of Object.entries(nearest)) {
      const message = `Unknown option \`--${typed}\` of tutti train (did you mean \`--${meant}\`?)`;
      await refused(t, `train x.csv --${typed} 1`, message);
      await refused(t, `train x.csv --${typed}=1`, message);
    }
    await refused(t, 'train x.csv --batch 8', /\(did you mean `--batch-size`\?\)/);
    await refused(t, 'train x.csv --no-clp', /\(did you mean `--no-clip`\?\)/);
    await refused(t, 'evaluate e x.csv --hidden 8', /of tutti evaluate, which is an option of tutti train,/);
    await refused(
      t,
      'train x.csv --member 8',
      /an option of tutti compare-masks \(did you mean `--members`\?\)/,
    );
    await refused(
      t,
      'inspect e -x',
      'Unknown option `-x` of tutti inspect; tutti inspect --help lists its options',
    );
  },
);

t.test('a flag is given once, unless it is a list that adds to itself', async (t) => {
  await refused(t, 'train x --target y --epochs 1 --epochs=2', 'Expected `--epochs` once, got it twice');
  await refused(t, 'train x --target y -o a --out a', 'Expected `--out` once, got it twice');
  await refused(t, 'train x --target y --json --json', 'Expected `--json` once, got it twice');
  await refused(t, 'train x --target y --json --no-json', 'Expected `--json` or `--no-json`, got both');
  await refused(t, 'train x --hidden 8 --hidden 4', /`--hidden` once, got it twice; .* separated by commas/);
  const twice = 'train no-such-file --threads 1 --target y --drop a --ignore b --missing - --missing ?';
  await t.rejects(runProgram(twice.split(' ')), { code: 'ERR_FILE' }, 'lists are read on');
});

t.test('a switch takes no value', async (t) => {
  for (const [args, flag, value] of [
    ['train x.csv --quiet=yes', '--quiet', 'yes'],
    ['train x.csv --json=', '--json', ''],
    ['predict e x.csv --members=4', '--members', '4'],
    ['predict e x.csv --no-clip=1', '--no-clip', '1'],
  ] as const) {
    await refused(t, args, `Expected \`${flag}\` to have no value, got "${value}"`);
  }
});

t.test('a wrong number is told which numbers it may be', async (t) => {
  const train = 'train x.csv --target y';
  await refused(t, `${train} --members many`, 'Expected `--members` to be an integer ≥ 1, got "many"');
  await refused(t, `${train} --members 1.5`, 'Expected `--members` to be an integer ≥ 1, got 1.5');
  await refused(
    t,
    `${train} --test-share half`,
    /^Expected `--test-share` to be a number .* and < 1, got "half"/,
  );
  await refused(
    t,
    `${train} --soft-clip much`,
    'Expected `--soft-clip` to be a number > 0, or none, got "much"',
  );
});

t.test('the empty name is no file', async (t) => {
  const message = 'Expected the name of a file, got ""';
  for (const args of [
    ['predict', '', 'x'],
    ['train', '', '--target', 'y'],
  ]) {
    await t.rejects(runProgram(args), { code: 'ERR_FILE', message });
  }
});

const ROWS: readonly OptionRow[] = [
  { name: 'hiddenKeep', kind: 'number', group: 'data', description: '' },
  { name: 'target', kind: 'columns', group: 'data', description: '' },
  { name: 'aggregator', kind: 'choice', group: 'data', description: '' },
];

function origins(...columns: string[]): OptionOrigins {
  return { config: null, columns: new Set(columns) };
}

t.test('options in messages are called by their flags', async (t) => {
  const worded = (run: () => unknown, from = origins()) => {
    try {
      return run();
    } catch (error) {
      return (inUsersWords(error, ROWS, [], from) as Error).message;
    }
  };
  t.equal(
    worded(() => failOption('aggregator', 'arithmeticMean, as `hiddenKeep` is 1', 'majorityVote')),
    'Expected `--aggregator` to be arithmeticMean, as `--hidden-keep` is 1, got "majorityVote"',
  );
  t.equal(
    worded(() => failOption('hiddenKeep', 'a number', 'majorityVote')),
    'Expected `--hidden-keep` to be a number, got "majorityVote"',
  );
});

t.test(
  'a value is the API’s word in any spelling, or as much of it as tells it from the others',
  async (t) => {
    const row: OptionRow = { ...ROWS[2]!, choices: ['arithmeticMean', 'geometricMean', 'majorityVote'] };
    for (const typed of ['geometricMean', 'geometric-mean', 'geometricmean', 'GEOMETRIC_MEAN', 'geometric']) {
      t.equal(parseFlag(row, typed), 'geometricMean', typed);
      t.equal(checkConfigValue(row, typed), 'geometricMean', `${typed} in a config file`);
    }
    t.equal(parseFlag(row, 'vote'), 'majorityVote', 'its last word');
    for (const unclear of ['mean', '', '-', 'geo', 'mean-vote']) {
      t.throws(() => parseFlag(row, unclear), {
        code: 'ERR_OPTION',
        message: /^Expected `aggregator` to be one of/,
      });
    }
    t.equal(
      parseFlag({ ...row, choices: ['adam', 'adamW'] }, 'adam'),
      'adam',
      'a whole value before longer ones',
    );
    t.equal(
      parseFlag({ ...row, choices: ['errorRate', 'squaredError'] }, 'error'),
      'errorRate',
      'first words first',
    );
    const list: OptionRow = { ...row, kind: 'texts', choices: ['translateX', 'rotation'] };
    t.same(parseFlag(list, ['translate-x,rotation']), ['translateX', 'rotation']);
  },
);

t.test(
  'what another command could do is said by its flags, but what is wrong here is no flag of another',
  async (t) => {
    const error = new TuttiError('ERR_OPTION', 'Expected `members` with `inputKeep`', { option: 'members' });
    const advised = ['members', 'inputKeep'].map((name) => ({ ...ROWS[0]!, name }));
    const worded = inUsersWords(error, [], advised, origins()) as Error;
    t.equal(worded.message, 'Expected `members` with `--input-keep`');
  },
);

t.test('a column that is called like an option keeps its name', async (t) => {
  t.equal(
    inFlags('`target` and `aggregator` of `x`', ROWS, new Set(['target'])),
    '`target` and `--aggregator` of `x`',
  );
  const message = (error: TuttiError, ...columns: string[]) =>
    (inUsersWords(error, ROWS, [], origins(...columns)) as Error).message;
  const beside = new TuttiError('ERR_DATA', 'Expected columns beside `target`');
  t.equal(message(beside, 'target'), 'Expected columns beside `target`');
  t.equal(message(beside), 'Expected columns beside `--target`');
  const ofOption = new TuttiError('ERR_OPTION', 'Expected `target` to be one', { option: 'target' });
  t.equal(message(ofOption, 'target'), 'Expected `--target` to be one', 'but the option at fault is a flag');
  const ofCell = new TuttiError('ERR_DATA', 'Expected `target` to be a number', { column: 'target' });
  t.equal(message(ofCell), 'Expected `target` to be a number');
});

t.test('weights of classes are a word or a list of names with numbers', async (t) => {
  const row: OptionRow = {
    ...ROWS[0]!,
    name: 'classWeights',
    kind: 'choice',
    choices: ['balanced'],
    acceptsMap: true,
  };
  t.equal(parseFlag(row, 'balanced'), 'balanced');
  t.same(parseFlag(row, 'yes=2, no=0.5'), { yes: 2, no: 0.5 });
  t.same(parseFlag(row, '"a, b=1",c=d=3'), { 'a, b': 1, 'c=d': 3 });
  for (const bad of ['yes=', '=2', 'yes=2,no', 'yes=2,yes=3', 'yes=x', 'yes=1e999']) {
    t.throws(() => parseFlag(row, bad), { code: 'ERR_OPTION', message: /such as yes=2,no=1, got/ }, bad);
  }
  t.throws(() => parseFlag(row, 'balancd'), { message: /did you mean "balanced"\?/ });
});

t.test('flags without effect are refused by name', async (t) => {
  const cwd = t.testdir({
    'members.csv': 'y,a,b\n1,1,2\n2,2,2\n3,3,1\n',
    'config.yaml': 'out: x.tutti\n',
  });
  const file = `${cwd}/members.csv`;
  const unless = 'Expected `--level` to be absent unless `--replicates` is above 0, got 0.9';
  await refused(t, `measure ${file} --target y --level 0.9 --replicates 0`, unless);
  await refused(t, `evaluate x.tutti ${file} --level 0.9 --replicates 0`, unless);
  await refused(t, `train ${file} --target y --level 0.9 --replicates 0`, unless);
  const both = /^Expected `--curves` to be absent with `--out-of-bag`/;
  await refused(t, `measure ${file} --target y --curves --out-of-bag`, both);
  const target = /^Expected `--missing-target` to be absent unless `--target` is given/;
  await refused(t, `describe ${file} --missing-target drop`, target);
  await refused(
    t,
    `describe ${file} --only a --drop b`,
    /^Expected `--drop` to be absent when `--only` is given/,
  );
  for (const flag of ['clip', 'level', 'out']) {
    await refused(
      t,
      `sources ${file} --target y --${flag}`,
      /^Unknown option .* of tutti sources, which is an option of/,
    );
  }
  await refused(
    t,
    `sources ${file} --target y --config ${cwd}/config.yaml`,
    /config.yaml: Unknown option "out"/,
  );
});
