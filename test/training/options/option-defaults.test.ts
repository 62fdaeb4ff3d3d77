// What each option of training says of itself holds for it.

import t from 'tap';
import { z } from 'zod';
import type { Field } from '../../../src/model/options/field.js';
import { TRAINING_FIELDS } from '../../../src/training/options/option-defaults.js';

const fields: readonly (readonly [string, Field & { readonly default?: unknown }])[] =
  Object.entries(TRAINING_FIELDS);

t.test('the example of an option is a value that it may have, and not the default', async (t) => {
  for (const [name, { schema, example, ...own }] of fields) {
    t.ok(schema(z).safeParse(example).success, name);
    t.notSame(example, own.default, name);
  }
});

t.test('the default of an option is a value that it may have', async (t) => {
  for (const [name, own] of fields) {
    if (own.default === undefined) t.ok(own.defaultSays, name);
    else t.ok(own.schema(z).safeParse(own.default).success, name);
  }
});

t.test('an option says what it is in a few plain words', async (t) => {
  for (const [name, { says, saysFlag = says }] of fields) {
    for (const text of [says, saysFlag]) {
      t.ok(text.length > 20, name);
      t.notMatch(text, /\.$|\(default|^[A-Z][a-z]/, name);
    }
  }
});

t.test('twelve options of training are on the first page of the help', async (t) => {
  const common = fields.filter(([, own]) => own.common).map(([name]) => name);
  t.equal(common.length, 12, common.join());
});
