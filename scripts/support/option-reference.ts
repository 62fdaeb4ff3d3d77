// The text of docs/reference/options.md: every option of every command in tables, from the rows that the command line itself is
// made of and from what training says of its options' users. It knows no option.

import { commandOptions } from '../../src/cli/command-list.js';
import { GROUPS, type Group } from '../../src/cli/options/groups.js';
import { inFlags } from '../../src/cli/options/option-origins.js';
import { flagOf, type OptionRow } from '../../src/cli/options/option-row.js';
import { allTrainingRows } from '../../src/cli/options/training-rows.js';
import type { Field } from '../../src/model/options/field.js';
import { TRAINING_FIELDS } from '../../src/model/options/training-fields.js';

const INTRODUCTION = `# Options

Written by \`node dist/scripts/option-reference.js\` from the schemas that check the options: change those, and run it.

An option has one name in the API and in config files (\`learningRate\`), which is the flag with dashes on the command
line (\`--learning-rate\`). An option without effect is refused, and so is a flag that is given twice, unless it is a list
of names, which adds to itself. \`tutti COMMAND --help\` shows a command's own.
`;

/** Who uses an option of training, and when. */
function usersOf({ by, when }: Field): string {
  return when === undefined ? by.says : `${by.says}, if ${when.says}`;
}

/** What its value may be. */
function valuesOf({ configOnly, kind, choices, range }: OptionRow): string {
  if (configOnly === true) return 'a map';
  const words = choices?.map((choice) => `\`${choice}\``).join(', ');
  if (words !== undefined) return range === undefined ? words : `${words}, or ${range}`;
  if (range !== undefined) return range;
  const kinds = { flag: 'true, false', number: 'a number', numbers: 'numbers', columns: 'columns' } as const;
  return (kinds as Readonly<Record<string, string>>)[kind] ?? '';
}

/** As text; the number of cores is another on every machine. */
function defaultOf({ kind, defaultText }: OptionRow): string {
  return defaultText?.replace(/^\d+, (?=this machine)/, '') ?? (kind === 'flag' ? 'off' : '');
}

/** How it is given, with a value where the row shows one. */
function flagsOf({ name, kind, short, configOnly, example }: OptionRow): string {
  if (configOnly === true) return `\`${name}: ${example}\` in a config file`;
  const value =
    example === undefined || kind === 'flag' ? '' : ` ${/[^\w.,-]/.test(example) ? `"${example}"` : example}`;
  return `\`${flagOf(name)}${value}\`${short === undefined ? '' : `, \`-${short}\``}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function trainingTable(rows: readonly OptionRow[]): string {
  const head = ['option', 'flag, as an example', 'values', 'default', 'used by', 'what it does'];
  const cells = rows.map((row) => {
    const own = TRAINING_FIELDS[row.name as keyof typeof TRAINING_FIELDS];
    return [...[`\`${row.name}\``, flagsOf(row), valuesOf(row), defaultOf(row)], ...[usersOf(own), own.says]];
  });
  return table(head, cells);
}

/** @param all the command's options, which descriptions may name. */
function commandTable(rows: readonly OptionRow[], all: readonly OptionRow[]): string {
  const cells = rows.map((row) => [
    ...[flagsOf(row), valuesOf(row), inFlags(defaultOf(row), all), inFlags(row.description, all)],
  ]);
  return table(['flag', 'values', 'default', 'what it does'], cells);
}

function grouped(rows: readonly OptionRow[]): ReadonlyMap<Group, readonly OptionRow[]> {
  const groups = new Map<Group, OptionRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return groups;
}

/** The file, as it is checked in. */
export async function optionReference(): Promise<string> {
  const training = allTrainingRows();
  const names = new Set(training.map(({ name }) => name));
  const trains = (command: string) => command === 'train' || command === 'sources';
  const sections = [
    '## Training',
    'What `trainEnsemble`, `compareSources`, `tutti train` and `tutti sources` take. What members use may differ\n' +
      'between them, in a list of `members` or a `grid`.',
    ...[...grouped(training)].flatMap(([group, rows]) => [`### ${GROUPS[group]}`, trainingTable(rows)]),
    ...[...(await commandOptions())].flatMap(([name, rows]) => [
      `## tutti ${name}`,
      ...(trains(name) ? ['Beside the options of training:'] : []),
      commandTable(
        rows.filter((row) => !(trains(name) && names.has(row.name))),
        rows,
      ),
    ]),
  ];
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}
