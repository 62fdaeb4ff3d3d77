import t from 'tap';
import { classesOf, labeller, labelOf, sortedLabels } from '../../../src/data/table/labels.js';

/** What labels of equal meaning share. */
const meanings = (texts: readonly string[]): string[] => [...new Set(texts.map(labelOf))];

t.test('a number is one label however it is written', async (t) => {
  t.equal(meanings(['0', '0.0', '-0', '0e0', '0.', '.0', '+0', '0e5', '0.00E-3']).length, 1);
  t.equal(meanings(['1', '1.0', '1e0', '+1', '10e-1', '0.1e1', '1.000']).length, 1);
  t.equal(meanings(['-12', '-12.0', '-1.2e1', '-1200e-2']).length, 1);
  t.equal(meanings(['0.5', '.5', '5e-1', '+0.5', '0.05e1']).length, 1);
  t.equal(meanings(['20000000000000000000', '2e19']).length, 1);
});

t.test('zeros that a number does not need keep texts apart', async (t) => {
  const apart = ['1', '01', '001', '10', '3.1', '3.10', '3.100', '0.5', '0.50', '007', '7'];
  t.equal(meanings(apart).length, apart.length);
});

t.test('integers of any length are told apart by their last digit', async (t) => {
  t.not(labelOf('1234567890123456789'), labelOf('1234567890123456788'));
  t.equal(labelOf('1234567890123456789.0'), '1234567890123456789');
  t.equal(labelOf('9'.repeat(400)), '9'.repeat(400));
});

t.test('words are themselves, composed and decomposed letters alike', async (t) => {
  for (const text of ['', '.', 'e5', '-', '1,000', '0x10', '1e', 'cat', '1e12345', '1.2.3'])
    t.equal(labelOf(text), text);
  t.equal(labelOf('Zu\u0308rich'), 'Z\u00fcrich');
});

t.test('classes of whole numbers are named by plain digits and ordered by value', async (t) => {
  t.same(classesOf(['10.0', '9', '1e1', '-1.0']), ['-1', '9', '10']);
  const ids = ['1234567890123456790', '1234567890123456789', '999999999999999999.0'];
  t.same(classesOf(ids), ['999999999999999999', '1234567890123456789', '1234567890123456790']);
});

t.test('other classes are named by their shortest spelling, whichever came first', async (t) => {
  t.same(classesOf(['3.0', '3.10', '3.1']), ['3.0', '3.1', '3.10']);
  t.same(classesOf(['2.0', '2', 'none', '2.00']), ['2', 'none']);
  t.same(classesOf(['none', '2.00', '2.0']), ['2.0', 'none']);
  t.same(classesOf(['1', '01']), ['01', '1']);
});

t.test('a labeller finds the class of every spelling, and of nothing else', async (t) => {
  const labelOfText = labeller(classesOf(['0.0', '1.0']));
  t.same(['0', '1.00', '1e0', '01', '2', 'x', ''].map(labelOfText), [0, 1, 1, ...Array(4).fill(undefined)]);
  t.same(['3', '3.0', '3.1', '3.10', '3.100'].map(labeller(['3.0', '3.1', '3.10'])), [0, 0, 1, 2, undefined]);
});

t.test('a labeller keeps names apart that an earlier version took for two classes', async (t) => {
  t.same(['1', '1.0', '1.00', 'x'].map(labeller(['1', '1.0', 'x'])), [0, 1, 0, 2]);
});

t.test('labels sort by number only where all are numbers', async (t) => {
  t.same(sortedLabels(['10', '9', '1.5']), ['1.5', '9', '10']);
  t.same(sortedLabels(['10', '9', 'x']), ['10', '9', 'x']);
});
