// The completion scripts: bash's by what it completes, the others by their shells, where these are installed.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { COMMANDS } from '../../../src/cli/command-list.js';
import { tutti } from '../support.js';

const cwd = t.testdir({ 'my data.csv': '', 'it.tutti': '', folder: {} });
const SHELLS = ['bash', 'zsh', 'fish'] as const;

t.before(async () => {
  for (const shell of SHELLS) {
    const { status, stdout, stderr } = await tutti(['completion', shell], { cwd });
    if (status !== 0) throw new Error(stderr);
    writeFileSync(`${cwd}/tutti.${shell}`, stdout);
  }
});

/** Whether a shell is there to be asked. */
function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** What bash would offer for the last of the words, which it takes apart at equals signs. */
function completed(...words: readonly string[]): string[] {
  const script = `source ./tutti.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tutti; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'tutti', ...words], {
    cwd,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((word) => word !== '')
    .sort();
}

t.test('bash completes commands, flags, values and files', { skip: !has('bash') }, async (t) => {
  t.same(completed(''), [...Object.keys(COMMANDS), 'help'].sort());
  t.same(completed('me'), ['measure']);
  t.same(completed('--v'), ['--version']);
  t.same(completed('train', 'x.csv', '--learn'), ['--learner', '--learning-rate']);
  t.same(completed('measure', '--hid'), [], 'no flag of another command');
  t.same(completed('train', '--task', ''), ['classification', 'regression']);
  t.same(completed('evaluate', '--aggregator', 'geo'), ['geometricMean']);
  t.same(completed('train', '--task', '=', 'cl'), ['classification'], 'as --task=cl');
  t.same(completed('train', '--task', '='), ['classification', 'regression'], 'as --task=');
  t.same(completed('train', '--vary', 'init,or'), ['init,order'], 'the last of a list');
  t.same(completed('train', '--epochs', ''), [], 'a number is the user’s');
  t.same(completed('train', '--out', 'it'), ['it.tutti']);
  t.same(completed('train', '-o', 'it'), ['it.tutti']);
  t.same(completed('train', 'my'), ['my data.csv'], 'a name with a blank is one');
  t.same(completed('predict', 'it.tutti', 'my'), ['my data.csv']);
  t.same(completed('completion', ''), ['bash', 'fish', 'zsh']);
  t.same(completed('help', 'comp'), ['compare', 'compare-masks', 'completion']);
  t.same(completed('help', 'train', 'net'), ['network']);
  t.same(completed('help', 'measure', ''), ['all', 'averaging', 'data', 'figures', 'output', 'predictions']);
});

for (const [shell, check] of [
  ['bash', '-n'],
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const) {
  t.test(`${shell} reads its script`, { skip: !has(shell) }, async (t) => {
    const { status, stderr } = spawnSync(shell, [check, `tutti.${shell}`], { cwd, encoding: 'utf8' });
    t.equal(status, 0, stderr);
  });
}

t.test('fish completes flags, values and groups', { skip: !has('fish') }, async (t) => {
  const offered = (line: string) => {
    const script = `source ./tutti.fish; complete -C ${JSON.stringify(line)}`;
    const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { cwd, encoding: 'utf8' });
    return stdout
      .split('\n')
      .map((row) => row.split('\t')[0]!)
      .filter((word) => word !== '');
  };
  t.same(offered('tutti meas'), ['measure']);
  t.same(offered('tutti train --task cl'), ['classification']);
  t.same(offered('tutti train x.csv --learning'), ['--learning-rate']);
  t.same(offered('tutti help train net'), ['network']);
  t.same(offered('tutti predict it'), ['it.tutti']);
});

t.test('a shell without a script is refused', async (t) => {
  const { status, stderr } = await tutti(['completion', 'tcsh'], { cwd });
  t.equal(status, 2);
  t.match(stderr, /Expected `shell` to be one of bash, zsh, fish, got "tcsh"|bash, zsh or fish/);
});
