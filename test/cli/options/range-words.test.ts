// Ranges on the command line: what flags mean, and what is refused.

import t from 'tap';
import { withFolds } from '../../../src/cli/options/fold-words.js';
import { parseFlag } from '../../../src/cli/options/option-row.js';
import { allTrainingRows } from '../../../src/cli/options/training-flags.js';

function flag(name: string, text: unknown): unknown {
  return parseFlag(allTrainingRows().find((row) => row.name === name)!, text);
}

t.test('a flag takes a range of numbers, and a choice of its own values or ranges', async (t) => {
  t.strictSame(flag('learningRate', 'log:1e-4..1e-2'), { log: [1e-4, 1e-2] });
  t.strictSame(flag('hiddenKeep', 'uniform:.5..1'), { uniform: [0.5, 1] });
  t.strictSame(flag('epochs', 'integer:2..8'), { integer: [2, 8] });
  t.strictSame(flag('hidden', 'choice:64|128,128|none'), { choice: [[64], [128, 128], []] });
  t.strictSame(flag('activation', 'choice:relu|gelu'), { choice: ['relu', 'gelu'] });
  t.strictSame(flag('hiddenKeep', 'choice:1|uniform:0.5..0.9'), { choice: [[1], { uniform: [0.5, 0.9] }] });
  t.strictSame(flag('layers', ['choice:dense 4|dense 8']), { choice: [['dense 4'], ['dense 8']] });
});

t.test('words that are no range are refused', async (t) => {
  t.throws(() => flag('learningRate', 'log:1e-4'), {
    message: 'Expected `learningRate` to be a range such as log:1e-4..1e-2, got "log:1e-4"',
  });
  t.throws(() => flag('epochs', 'integer:..4'), { message: /a range such as integer:1\.\.4/ });
  t.throws(() => flag('epochs', 'choice:1|x'), { message: /^Expected `epochs` to be an integer/ });
  t.throws(() => flag('members', 'integer:2..4'), { message: /^Expected `members` to be/ });
});

t.test('folds and repeats are a word of the resample', async (t) => {
  const folds = (text: string, others = {}) => withFolds({ ...others, resample: flag('resample', text) });
  t.strictSame(folds('cv:8x3'), { resample: 'cv', folds: 8, repeats: 3 });
  t.strictSame(folds('cv:5', { repeats: 2 }), { resample: 'cv', folds: 5, repeats: 2 });
  t.strictSame(folds('cv', { folds: 4 }), { resample: 'cv', folds: 4 });
  t.throws(() => folds('cv:8 3'), { code: 'ERR_OPTION', message: /cv:8x3/ });
  t.throws(() => folds('cv:8x3', { folds: 8 }), {
    code: 'ERR_OPTION',
    message: /^Expected `folds` to be absent/,
  });
});
