// `tutti card`: a saved ensemble as a model card, from what its file says.

import { basename } from 'node:path';
import { inspectEnsemble } from '../../bundle/load.js';
import { makeModelCard } from '../../card/model-card.js';
import { failOption } from '../../errors.js';
import { writeAll, writeAtomically } from '../../files/atomic-file.js';
import { STANDARD_OUTPUT } from '../files/csv-output.js';
import { checkOutput } from '../files/input-files.js';
import type { CommandDefinition, GivenOptions } from '../options/command.js';
import { rowsIn } from '../options/rows.js';
import { printPiece } from '../terminal/terminal.js';

const output = rowsIn('output');

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble' }],
  options: [
    output.text('name', 'what the model is called', { argument: 'name', defaultText: 'the file’s name' }),
    output.text('dataName', 'what its training data is called', {
      argument: 'name',
      defaultText: 'not named',
      aliases: ['dataset'],
    }),
    output.text('license', 'the licence of the model, such as mit', {
      argument: 'name',
      defaultText: 'none stated',
      aliases: ['licence'],
    }),
    output.path('out', 'where to write the card', { short: 'o', defaultText: 'standard output' }),
  ],
  examples: [
    'tutti card digits.tutti > MODEL_CARD.md',
    'tutti card digits.tutti --name "Digits, 16 nets" --license mit --out README.md',
  ],
  run: ([path], given) => card(path!, given),
};

async function card(path: string, given: GivenOptions): Promise<number> {
  for (const name of ['name', 'dataName', 'license'])
    if (given[name] !== undefined && String(given[name]).trim() === '')
      failOption(name, 'a name', given[name]);
  const { dataName, license, out } = given as Readonly<Record<string, string | undefined>>;
  if (out !== STANDARD_OUTPUT) await checkOutput(out, [path]);
  const { ensemble, report, environment } = await inspectEnsemble(path);
  const text = await makeModelCard(ensemble, {
    ...{ report, environment, file: basename(path) },
    name: (given.name as string | undefined) ?? basename(path).replace(/\.tutti$/, ''),
    ...(dataName === undefined ? {} : { dataName }),
    ...(license === undefined ? {} : { license }),
  });
  if (out === undefined || out === STANDARD_OUTPUT) await printPiece(text);
  else await writeAtomically(out, (handle) => writeAll(handle, Buffer.from(text)));
  return 0;
}
