// What a preset stands for, as the command line says it: flags that there are, and that do the same without it.

import t from 'tap';
import { flagOf } from '../../src/cli/options/option-row.js';
import { presetFlags, presetNotes } from '../../src/cli/options/preset-notes.js';
import { trainRows } from '../../src/cli/options/train-settings.js';
import { PRESET_NAMES } from '../../src/data/preprocessing/data-presets.js';

t.test('every flag is one of tutti train', async (t) => {
  const known = new Set(trainRows().map(({ name }) => flagOf(name)));
  for (const preset of PRESET_NAMES) {
    const flags = presetFlags(preset).match(/--[\w-]+/g) ?? [];
    t.ok(flags.length > 0, preset);
    for (const flag of flags) t.ok(known.has(flag), `${preset}: ${flag}`);
  }
});

t.test('a preset that was asked for is said in full, and no other', async (t) => {
  t.same(presetNotes(undefined), []);
  t.match(presetNotes('lecture'), [/^preset lecture: --members 16 --soft-clip none .*--epochs 40/]);
  t.match(presetNotes('deep-ensemble'), [/; for regression --loss gaussianNll$/]);
  t.match(presetNotes('balanced'), [
    /--members 16 --hidden 128,128,128 --epochs 200 .*--resample subsample .*--resample-share 0\.75; members in turn --numeric-embedding periodic \| --numeric-embedding piecewiseLinear --embedding-size 4$/,
  ]);
});
