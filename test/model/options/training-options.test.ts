// The types of the options of training are written from their schema; test/types holds the two against each other.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { z } from 'zod';
import { optionTypes } from '../../../scripts/support/option-types.js';
import type { Field } from '../../../src/model/options/field.js';
import { rangeOf } from '../../../src/model/options/option-range.js';
import { TRAINING_FIELDS } from '../../../src/training/options/training-fields.js';

t.test('the types of the options are as their schema is', async (t) => {
  const file = fileURLToPath(new URL('../../../../src/model/options/training-options.ts', import.meta.url));
  t.equal(readFileSync(file, 'utf8'), optionTypes(), 'node dist/scripts/option-types.js writes them anew');
});

t.test('hovering an option in an editor shows its range, its unit and its default', async (t) => {
  const file = fileURLToPath(new URL('../../../src/model/options/training-options.d.ts', import.meta.url));
  const shown = new Map(
    [...readFileSync(file, 'utf8').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\?:/g)].map(
      ([, comment, name]) => [name!, comment!.replaceAll(/\s+\*?\s*/g, ' ')],
    ),
  );
  t.same([...shown.keys()].sort(), Object.keys(TRAINING_FIELDS).sort());
  for (const [name, own] of Object.entries<Field>(TRAINING_FIELDS)) {
    const text = shown.get(name)!;
    const range = rangeOf(own.schema(z), own.unit);
    if (range !== null)
      t.ok(text.includes(`. ${range[0]!.toUpperCase()}${range.slice(1)}.`), `${name}: ${text}`);
    t.match(text, /@default \S/, name);
  }
  t.match(shown.get('deadline'), /A number > 0, in seconds\. @default as long as it needs/);
  t.match(shown.get('learningRate'), /A number > 0\. @default 0\.003/);
});
