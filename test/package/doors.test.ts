// The public doors: whatever is exported and takes options refuses an unknown name, a wrong type and what is no
// object of options. A new export must be entered here, as a door or as none.

import t, { type Test } from 'tap';
import * as tutti from '../../src/index.js';
import { ENSEMBLE_DOORS } from './doors-of-ensembles.js';
import { OTHER_DOORS } from './other-doors.js';

const DOORS = { ...OTHER_DOORS, ...ENSEMBLE_DOORS };

/** Exports that take no options, and why they need none. */
const NO_DOORS: Readonly<Record<string, string>> = {
  AGGREGATORS: 'a list',
  TextColumn: 'a name alone',
  TANGENT_KINDS: 'a list',
  TuttiError: 'a class',
  Dataset: 'its maker is a door',
  Ensemble: 'its methods hand their options to functions that are doors',
  contentHash: 'an ensemble alone',
  transformFeatures: 'preprocessing, a table and rows',
  transformTable: 'preprocessing, a table and rows',
  activeUnitShares: 'an ensemble and rows',
  fitBaseline: 'a dataset alone',
  withAveragingWeights: 'an ensemble and weights',
  createInlineRunner: 'nothing',
  isNetwork: 'a spec alone',
  honestTest: 'two reports',
  joinEnsembles: 'ensembles alone',
};

t.test('every export is a door of this table or stated to be none', async (t) => {
  for (const name of Object.keys(tutti)) {
    t.ok(
      Object.hasOwn(DOORS, name) || Object.hasOwn(NO_DOORS, name),
      `${name}: enter it in DOORS of test/package/doors.test.ts, or in NO_DOORS with the reason`,
    );
  }
});

for (const [name, { call, needs = {}, wrong }] of Object.entries(DOORS)) {
  const refuses = async (t: Test, options: unknown, expected: object, what: string) => {
    await t.rejects(async () => call(options as never), { code: 'ERR_OPTION', ...expected }, what);
  };

  t.test(`${name} refuses an option it does not know`, async (t) => {
    await refuses(t, { ...needs, zzmisspelt: 1 }, { message: /Unknown option `zzmisspelt`/ }, 'value');
    await refuses(t, { ...needs, zzmisspelt: undefined }, { message: /Unknown option/ }, 'undefined');
  });

  t.test(`${name} refuses what is no object of options`, async (t) => {
    class Options {}
    for (const [what, value] of Object.entries({
      null: null,
      list: [],
      text: 'x',
      1: 1,
      class: new Options(),
    })) {
      await refuses(t, value, { message: /options/ }, what);
    }
  });

  t.test(`${name} refuses wrong values, naming the option`, async (t) => {
    for (const own of wrong) {
      const [key] = Object.keys(own);
      await refuses(t, { ...needs, ...own }, { details: { option: key } }, String(key));
    }
  });
}

t.test('built classes bear the names they are exported by, which users see', async (t) => {
  const built: Readonly<Record<string, unknown>> = await import(
    new URL('../../lib/index.js', import.meta.url).href
  );
  for (const [exported, value] of Object.entries(built)) {
    if (typeof value === 'function' && /^class\b/.test(`${value}`)) t.equal(value.name, exported);
  }
});
