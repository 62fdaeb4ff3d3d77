// Rows of options that functions have too are made of the functions' own records.

import t from 'tap';
import { rowsIn } from '../../../src/cli/options/rows.js';
import { LOAD_OPTIONS } from '../../../src/data/load.js';
import { ANSWER_OPTIONS } from '../../../src/ensemble/predict/answer-rules.js';
import { SELECTION_OPTIONS } from '../../../src/ensemble/select/select-members.js';
import { INTERVAL_OPTIONS } from '../../../src/measure/correlation/intervals.js';
import { described, type OptionCheck, option } from '../../../src/option-names.js';
import { COMBINE_OPTIONS } from '../../../src/predictions/aggregate/aggregate.js';
import { ATTACK_OPTIONS } from '../../../src/studies/attack/attack.js';
import { COMPARE_OPTIONS } from '../../../src/studies/masks/compare-masks.js';
import { SOURCES_OPTIONS } from '../../../src/studies/sources.js';

const TABLE = {
  steps: described(option.integer(1), { kind: 'number', says: 'how many steps there are', default: 3 }),
  loud: described(option.flag, { kind: 'flag', says: 'whether it makes a noise', default: false }),
  names: described(option.texts, { kind: 'texts', says: 'what they are called', default: ['a', 'b'] }),
  way: described(option.oneOf('up', 'down'), {
    kind: 'choice',
    says: 'where it goes',
    defaultSays: 'up, or down after `steps`',
  }),
};

t.test('a row says what the record says, and what the command line adds', async (t) => {
  const rows = rowsIn('run');
  t.same(rows.of(TABLE, 'steps', { argument: 'n', short: 's' }), {
    ...{ name: 'steps', kind: 'number', group: 'run', description: 'how many steps there are' },
    ...{ range: 'an integer ≥ 1', defaultText: '3', argument: 'n', short: 's' },
  });
  t.same(rows.of(TABLE, 'loud'), {
    ...{ name: 'loud', kind: 'flag', group: 'run', description: 'whether it makes a noise' },
  });
  t.match(rows.of(TABLE, 'names'), { defaultText: 'a,b' });
  t.match(rows.of(TABLE, 'way'), { choices: ['up', 'down'], defaultText: 'up, or down after `steps`' });
  t.equal(rows.of(TABLE, 'steps', { defaultText: '4' }).defaultText, '4');
});

t.test('a record of a registry has what was added since', async (t) => {
  const registry = { names: ['a'] };
  const record = described(option.named(registry), { kind: 'choice', says: 'which one it is' });
  registry.names = ['a', 'b'];
  t.same(rowsIn('run').of({ record }, 'record').choices, ['a', 'b']);
});

t.test('the default in a record is a value that the option may have', async (t) => {
  const tables = [
    ...[LOAD_OPTIONS, ANSWER_OPTIONS, SELECTION_OPTIONS, INTERVAL_OPTIONS, COMBINE_OPTIONS],
    ...[ATTACK_OPTIONS, COMPARE_OPTIONS, SOURCES_OPTIONS],
  ];
  const entries = tables.flatMap((table) =>
    Object.entries<OptionCheck & { readonly default?: unknown }>(table),
  );
  const stated = entries.filter(([, record]) => record.default !== undefined);
  t.ok(stated.length > 10);
  for (const [name, record] of stated) t.ok(record.holds(record.default), name);
});
