// docs/reference/options.md and command-line.md are written from the options and commands themselves, and say of each what
// it is, may be and does.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { commandReference } from '../../scripts/support/command-reference.js';
import { optionReference } from '../../scripts/support/option-reference.js';
import { COMMANDS, commandOptions } from '../../src/cli/command-list.js';
import { allTrainingRows } from '../../src/cli/options/training-flags.js';
import { tutti } from './support.js';

t.test('docs/reference/options.md is as the options are', async (t) => {
  const file = fileURLToPath(new URL('../../../docs/reference/options.md', import.meta.url));
  const same = readFileSync(file, 'utf8') === optionReference();
  t.ok(same, 'node dist/scripts/option-reference.js writes it anew');
});

t.test('docs/reference/command-line.md is as the commands are', async (t) => {
  const file = fileURLToPath(new URL('../../../docs/reference/command-line.md', import.meta.url));
  const same = readFileSync(file, 'utf8') === (await commandReference());
  t.ok(same, 'node dist/scripts/option-reference.js writes it anew');
});

t.test('it has every command as the help has it: usage, arguments, options, examples', async (t) => {
  const text = await commandReference();
  const training = optionReference();
  for (const name of Object.keys(COMMANDS)) {
    const { stdout } = await tutti(['help', name, 'all'], { cwd: '.' });
    const section = text.split(/^## /m).find((own) => own.startsWith(`tutti ${name}\n`)) ?? '';
    const [usage] = /tutti .*/.exec(stdout)!;
    t.ok(section.includes(`\n${usage}\n`), usage);
    for (const [, flag] of stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)) {
      if (flag !== '--help')
        t.ok(`${section}${training}`.match(new RegExp(`\`(-\\w, )?${flag}\\b`)), `${name} ${flag}`);
    }
    const examples = [...stdout.matchAll(/^ {2}\$ (.*)$/gm)].map(([, line]) => line!);
    t.ok(examples.length > 0, `${name} has an example`);
    for (const line of examples) t.ok(section.includes(`\n${line}\n`), line);
  }
});

t.test('it has every option of training with values, users and a description', async (t) => {
  const text = optionReference();
  for (const { name } of allTrainingRows()) {
    const [line] = text.split('\n').filter((row) => row.startsWith(`| \`${name}\` |`));
    const [, flag, , , users, description] = line!.slice(2, -2).split(' | ');
    t.ok(flag && users && description && description.length > 20, name);
  }
});

t.test('a number of the command line says its range', async (t) => {
  const rows = [...(await commandOptions())].flatMap(([command, own]) =>
    own.map((row) => ({ command, ...row })),
  );
  t.same(
    rows
      .filter(({ kind, range }) => kind === 'number' && range === undefined)
      .map(({ command, name }) => [command, name]),
    [],
  );
});

t.test(
  'descriptions name options in backticks, so that help and documentation write each its own way',
  async (t) => {
    const rows = [...(await commandOptions()).values()].flat();
    const compound = new Set(rows.map(({ name }) => name).filter((name) => /[A-Z]/.test(name)));
    // The config file's own description shows how a key is written there.
    const bare = rows
      .filter(({ name }) => name !== 'config')
      .flatMap(({ name, description }) => {
        const words = description.replaceAll(/`[^`]*`/g, '').match(/\w+/g) ?? [];
        return words.filter((word) => compound.has(word)).map((word) => [name, word]);
      });
    t.same(bare, []);
  },
);
