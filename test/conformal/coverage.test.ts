// What is guaranteed, over many splits of data that members are trained on: the table of docs/reference/guarantees.md with
// fewer splits. Everything is drawn by seed, so a bound that holds once holds always.

import t from 'tap';
import { overSplits, SOURCES, type SplitFigures } from '../../scripts/support/guarantee-splits.js';

const of = (all: readonly SplitFigures[], way: SplitFigures['way'], method: SplitFigures['method']) =>
  all.find((own) => own.way === way && own.method === method)!;

t.test('intervals hold nine of ten truths, out of bag as by rows set apart, and are no wider', async (t) => {
  for (const name of ['diabetes', 'waves'] as const) {
    const all = await overSplits(SOURCES[name]!, { splits: 8, coverage: 0.9 });
    const [free, split] = [of(all, 'out of bag', 'interval'), of(all, 'split', 'interval')];
    // A mean of eight splits is known to a percent or so: their own deviation is about 3 %.
    for (const { way, coverage } of all)
      t.ok(Math.abs(coverage - 0.9) < 0.03, `${name}, ${way}: ${coverage}`);
    t.ok(free.size < 1.03 * split.size, `${name}: ${free.size} and ${split.size} wide`);
    t.equal(free.trainedOn, SOURCES[name]!.train, 'no row was given up');
    t.equal(split.trainedOn, 200);
  }
});

t.test('sets hold nine of ten truths by each way of making them', async (t) => {
  const all = await overSplits(SOURCES.clusters!, { splits: 8, coverage: 0.9 });
  t.equal(all.length, 6);
  for (const { way, method, coverage, size } of all) {
    t.ok(Math.abs(coverage - 0.9) < 0.03, `${way}, ${method}: ${coverage}`);
    // The best classifier there can be says less than two of four classes on average.
    t.ok(size > 1 && size < 2.2, `${way}, ${method}: ${size} classes`);
  }
});

t.test('digits: nine of ten, and fewer classes than where rows are set apart', async (t) => {
  const all = await overSplits(SOURCES.digits!, { splits: 3, coverage: 0.9, methods: ['aps', 'raps'] });
  for (const { way, method, coverage } of all) {
    t.ok(Math.abs(coverage - 0.9) < 0.03, `${way}, ${method}: ${coverage}`);
  }
  for (const method of ['aps', 'raps'] as const) {
    t.ok(of(all, 'out of bag', method).size < of(all, 'split', method).size, method);
  }
});
