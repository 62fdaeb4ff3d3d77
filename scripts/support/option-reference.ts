// The text of docs/reference/options.md: every option of training in tables, from its record and from the row that the
// command line makes of it. It knows no option.

import { flagOf, type OptionRow } from '../../src/cli/options/option-row.js';
import { allTrainingRows } from '../../src/cli/options/training-flags.js';
import type { Field } from '../../src/model/options/field.js';
import { TRAINING_FIELDS } from '../../src/training/options/option-defaults.js';
import { defaultOf, grouped, table, valuesOf } from './option-table.js';

const INTRODUCTION = `# Options of training

Written by \`node dist/scripts/option-reference.js\` from the options' records (src/model/options): change those, and run it.

What \`trainEnsemble\`, \`startTraining\`, \`compareSources\`, \`tutti train\` and \`tutti sources\` take. An option has one name
in the API and in config files (\`learningRate\`), which is the flag with dashes on the command line (\`--learning-rate\`).
What members use may differ between them: by a list of \`members\`, a \`grid\`, or ranges from which each draws its own value,
\`learningRate: { log: [1e-4, 1e-2] }\` or \`--learning-rate log:1e-4..1e-2\` (also \`uniform\`, \`integer\` and
\`choice\`; not of \`loss\`, \`vary\`, \`image\` and modules). An option without effect is refused. The
options about data files and all other commands are in [command-line.md](command-line.md).
`;

/** Who uses an option, and when. */
function usersOf({ by, when }: Field): string {
  return when === undefined ? by.says : `${by.says}, if ${when.says}`;
}

/** How it is given, with a value where the row shows one. */
function flagsOf({ name, kind, short, configOnly, example }: OptionRow): string {
  if (configOnly === true) return `\`${name}: ${example}\` in a config file`;
  const quoted = /[^\w.,-]/.test(example ?? '') ? `"${example}"` : example;
  const value = example === undefined || kind === 'flag' ? '' : ` ${quoted}`;
  return `\`${flagOf(name)}${value}\`${short === undefined ? '' : `, \`-${short}\``}`;
}

function trainingTable(rows: readonly OptionRow[]): string {
  const head = ['option', 'flag, as an example', 'values', 'default', 'used by', 'what it does'];
  const cells = rows.map((row) => {
    const own = TRAINING_FIELDS[row.name as keyof typeof TRAINING_FIELDS];
    return [`\`${row.name}\``, flagsOf(row), valuesOf(row), defaultOf(row), usersOf(own), own.says];
  });
  return table(head, cells);
}

/** The file, as it is checked in. */
export function optionReference(): string {
  const sections = grouped(allTrainingRows()).flatMap(([heading, rows]) => [
    `## ${heading}`,
    trainingTable(rows),
  ]);
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}
