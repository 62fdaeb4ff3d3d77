// What an editor shows of each option of a training: what it is, its range and unit, and its default. Read off the
// emitted declarations, beside the options' records.

import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';
import { z } from 'zod';
import { rangeOf } from '../../src/model/options/option-range.js';
import { TRAINING_FIELDS } from '../../src/training/options/option-defaults.js';

const file = fileURLToPath(new URL('../../src/model/options/training-options.d.ts', import.meta.url));
const program = ts.createProgram([file], {
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  types: ['node'],
});
const checker = program.getTypeChecker();

/** What an editor shows beside each property of the options of a training, those of members included. */
function shown(): ReadonlyMap<string, { readonly text: string; readonly standard: string }> {
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  const options = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === 'TrainingOptions');
  const properties = options === undefined ? [] : checker.getDeclaredTypeOfSymbol(options).getProperties();
  return new Map(
    properties.map((property) => {
      const tag = property.getJsDocTags().find(({ name }) => name === 'default');
      const flat = (parts?: readonly ts.SymbolDisplayPart[]) =>
        ts.displayPartsToString(parts ? [...parts] : []).replace(/\s+/g, ' ');
      const text = flat(property.getDocumentationComment(checker));
      return [property.name, { text, standard: flat(tag?.text) }];
    }),
  );
}

const documented = shown();

t.test('every option of a training is in the declarations', async (t) => {
  t.same([...documented.keys()].sort(), Object.keys(TRAINING_FIELDS).sort());
});

t.test('each shows what it is, its range, its unit and its default', async (t) => {
  for (const [name, { schema, unit, ...field }] of Object.entries(TRAINING_FIELDS)) {
    const { text = '', standard = '' } = documented.get(name) ?? {};
    t.ok(text.length > 10, `${name} says what it is`);
    t.ok(standard.length > 0, `${name} says its default`);
    const { default: value } = { default: undefined, ...field };
    if (typeof value === 'number') t.equal(Number(standard), value, `the default of ${name}`);
    const range = rangeOf(schema(z));
    if (range !== null) t.match(text.toLowerCase(), range.toLowerCase(), `the range of ${name}`);
    if (unit !== undefined) t.match(text, ` in ${unit}`, `the unit of ${name}`);
  }
});
