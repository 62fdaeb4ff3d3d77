// The help in two lengths: what most people use, and the rest by groups.

import t from 'tap';
import { COMMANDS, commandOptions } from '../../src/cli/command-list.js';
import { groupsOf, rowsOnPage } from '../../src/cli/options/help-pages.js';
import { flagOf } from '../../src/cli/options/option-row.js';
import { tutti } from './support.js';

const cwd = '.';

/** The flags that a help shows. */
function flagsIn(text: string): string[] {
  return [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
    .map(([, flag]) => flag!)
    .filter((flag) => flag !== '--help');
}

t.test('the first page of train has the options that most people use', async (t) => {
  const { status, stdout, stderr } = await tutti(['train', '--help'], { cwd });
  t.equal(status, 0);
  t.equal(stderr, '');
  t.ok(flagsIn(stdout).length <= 30, 'they fit a screen');
  for (const flag of ['--target', '--members', '--hidden', '--epochs', '--seed', '--out', '--test-share']) {
    t.ok(flagsIn(stdout).includes(flag), flag);
  }
  t.match(stdout, /More options: tutti help train all, or by group, as tutti help train data:/);
  t.match(stdout, /^ {2}adversarial +Adversarial training \(6 more\)$/m);
  t.equal((await tutti(['help', 'train'], { cwd })).stdout, stdout, 'help train is the same');
});

t.test('the other pages are its groups, and all of them together', async (t) => {
  const rows = (await commandOptions()).get('train')!;
  const all = await tutti(['help', 'train', 'all'], { cwd });
  t.same(flagsIn(all.stdout).sort(), rows.map(({ name }) => flagOf(name)).sort());
  t.notMatch(all.stdout, /More options/);
  for (const group of groupsOf(rows)) {
    const { status, stdout } = await tutti(['help', 'train', group], { cwd });
    const own = rowsOnPage(rows, group).map(({ name }) => flagOf(name));
    t.equal(status, 0);
    t.same(flagsIn(stdout), own, group);
  }
});

t.test('the first page of export says what is written and where', async (t) => {
  const { stdout } = await tutti(['export', '--help'], { cwd });
  t.same(flagsIn(stdout).slice(0, 2), ['--format', '--out']);
});

t.test('a query may be given where there is a word that it can stand for', async (t) => {
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const { arguments: words, options } = (await load()).command;
    const takesRows = words.some(({ rows }) => rows === true);
    t.equal(
      options.some((row) => row.name === 'sql'),
      takesRows,
      name,
    );
  }
});

t.test('a command with few options shows them all', async (t) => {
  for (const [name, rows] of await commandOptions()) {
    const { stdout } = await tutti([name, '--help'], { cwd });
    t.equal(flagsIn(stdout).length, rowsOnPage(rows, 'first').length, name);
    t.ok(rows.length > 25 || flagsIn(stdout).length === rows.length, name);
  }
});

t.test('a word that is no group or no command says which there are', async (t) => {
  const refused = async (args: string, message: string | RegExp) => {
    const { status, stderr } = await tutti(args.split(' '), { cwd });
    t.equal(status, 2);
    t.match(stderr, message);
  };
  await refused(
    'help train netwrok',
    /a group of the options of tutti train, got "netwrok" \(did you mean `network`\?\)/,
  );
  await refused(
    'help evaluate network',
    /tutti evaluate, got "network"; it has averaging, figures, .* or all/,
  );
  await refused('help trian', 'tutti: Expected a command, got "trian" (did you mean `train`?)');
  await refused('help train network more', /Expected 2 words after tutti help, got 3/);
});

t.test('help alone is the help of the program, and that of help its own', async (t) => {
  const { status, stdout } = await tutti(['help'], { cwd });
  t.equal(status, 0);
  t.equal(stdout, (await tutti(['--help'], { cwd })).stdout);
  t.match((await tutti(['help', 'help'], { cwd })).stdout, /^Usage: tutti help .*\[command\] \[group\]/);
});
