// What is shown while training, and how options are spelled: no process needed.

import { PassThrough } from 'node:stream';
import t from 'tap';
import { flagOf, nameOf, parseFlag } from '../../../src/cli/options/option-row.js';
import { trainRows } from '../../../src/cli/options/train-settings.js';
import { createBar, createBars } from '../../../src/cli/terminal/progress-bars.js';
import {
  createLines,
  createShareLines,
  progressLine,
  shareText,
} from '../../../src/cli/terminal/progress-lines.js';
import { paletteOf } from '../../../src/cli/terminal/terminal.js';
import { csvCell } from '../../../src/files/csv-text.js';
import { byteSize, duration, figure } from '../../../src/report/words.js';
import { trainingSchema } from '../../../src/training/options/training-schema.js';
import type { TrainingProgress } from '../../../src/training/session/progress.js';

function progress(done: number, change: Partial<TrainingProgress> = {}): TrainingProgress {
  const slot = { slot: 0, member: done, epoch: 2, epochs: 4, share: 0.5, loss: 0.25 };
  const idle = { slot: 1, member: null, epoch: 0, epochs: 0, share: 0, loss: null };
  const base = {
    planned: 20,
    done,
    failed: 0,
    elapsedMs: 100,
    remainingMs: 1500,
    loss: 0.5,
    hosts: null,
    fewerThreads: null,
  };
  return { ...base, slots: [slot, idle], ...change };
}

t.test(
  'lines come with each tenth of the members or after five seconds, never within a second',
  async (t) => {
    const lines: string[] = [];
    let now = 0;
    const display = createLines(
      (line) => lines.push(line),
      () => now,
    );
    for (const [at, done] of [
      [100, 5],
      [1100, 5],
      [1200, 8],
      [2200, 6],
      [6200, 6],
      [7300, 9],
    ] as const) {
      now = at;
      display.update(progress(done));
    }
    t.same(
      lines,
      [5, 6, 9].map((done) => `${done}/20 members, loss 0.5000, 1.5 s left`),
    );
  },
);

t.test('a line says what is known and no more', async (t) => {
  t.equal(progressLine(progress(0, { loss: null, remainingMs: null })), '0/20 members');
  t.equal(progressLine(progress(19, { failed: 1, remainingMs: 0 })), '19/20 members, 1 failed, loss 0.5000');
});

t.test(
  'a line says of hosts what they said, and nothing of those that train members too short to say it',
  async (t) => {
    const line = (...hosts: [name: string, running: number, done: number][]) =>
      progressLine(
        progress(3, {
          hosts: hosts.map(([name, running, done]) => ({ name, running, done })),
          remainingMs: null,
        }),
      );
    t.equal(line(), '3/20 members, no word from a host yet, loss 0.5000');
    t.equal(line(['one', 0, 3]), '3/20 members, by 1 host, loss 0.5000');
    t.equal(line(['one', 0, 2], ['two', 0, 1]), '3/20 members, by 2 hosts, loss 0.5000');
    t.equal(line(['one', 2, 3], ['two', 1, 0]), '3/20 members, 3 in training on 2 hosts, loss 0.5000');
    t.equal(line(['one', 2, 0], ['two', 0, 3]), '3/20 members, 2 in training on 1 of 2 hosts, loss 0.5000');
  },
);

t.test('work of which only a share is known has lines and a bar too', async (t) => {
  const lines: string[] = [];
  let now = 0;
  const display = createShareLines(
    (line) => lines.push(line),
    () => now,
    'importance',
  );
  for (const [at, share] of [
    [500, 0.3],
    [1500, 0.3],
    [2600, 0.35],
    [7000, 0.36],
  ] as const) {
    now = at;
    display.update(share, shareText(share, at));
  }
  t.strictSame(lines, ['importance: 30 %, 3.5 s left', 'importance: 36 %, 12 s left']);
  t.equal(shareText(1, 5000), '100 %');
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const bar = createBar(stream as unknown as NodeJS.WriteStream, 'importance');
  bar.update(0.5, '50 %, 2.0 s left');
  await new Promise((resolve) => setTimeout(resolve, 250));
  bar.stop();
  bar.stop();
  let shown = '';
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) shown += chunk;
  t.match(shown, /importance .*█+░+.* 50 %, 2.0 s left/);
  t.ok(shown.includes('\x1b[?25h'), 'the cursor is back');
});

t.test('bars show the ensemble and every thread, and leave the terminal as it was', async (t) => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const display = createBars(stream as unknown as NodeJS.WriteStream);
  display.update(progress(9));
  await new Promise((resolve) => setTimeout(resolve, 250));
  display.stop();
  display.stop();
  // Since Node 26 one read gives one chunk.
  let shown = '';
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) shown += String(chunk);
  t.match(shown, /ensemble .*9\/20 members, loss 0\.5000, 1\.5 s left/);
  t.match(shown, /thread 1 .*member 9, epoch 2\/4, loss 0\.2500/);
  t.match(shown, /thread 2 .*idle/);
  t.ok(shown.lastIndexOf('\u001b[?25h') > shown.lastIndexOf('\u001b[?25l'), 'the cursor is back');
});

t.test('flags are the kebab-case of the names, and names come back from them', async (t) => {
  for (const { name } of trainRows()) t.equal(nameOf(flagOf(name).slice(2)), name);
  t.equal(flagOf('learningRate'), '--learning-rate');
  t.equal(flagOf('l2'), '--l2');
});

t.test('every training option has a flag, but tables', async (t) => {
  const flags = trainRows().map(({ name }) => name);
  t.same(
    Object.keys(trainingSchema.shape).filter((name) => !flags.includes(name)),
    ['grid', 'learnerOptions'],
  );
  t.equal(new Set(flags).size, flags.length, 'no name stands for two things');
});

t.test('values of flags', async (t) => {
  const row = (kind: 'number' | 'numbers' | 'texts') => ({
    name: 'x',
    kind,
    group: 'data' as const,
    description: '',
  });
  t.equal(parseFlag(row('number'), '1e-3'), 0.001);
  t.same(parseFlag(row('numbers'), '64, 32'), [64, 32]);
  t.same(parseFlag(row('numbers'), 'none'), []);
  t.same(parseFlag(row('texts'), ['a,b', 'c']), ['a', 'b', 'c']);
  for (const text of ['', 'x', '1,', '0x10', 'Infinity', '1 2']) {
    t.throws(() => parseFlag(row('number'), text), { code: 'ERR_OPTION' }, text);
    t.throws(() => parseFlag(row('numbers'), text), { code: 'ERR_OPTION' }, text);
  }
});

t.test('cells are quoted when they need it', async (t) => {
  t.same(
    ['a', 'a,b', 'say "x"', 'two\nlines', ' padded'].map((cell) => csvCell(cell)),
    [...['a', '"a,b"', '"say ""x"""', '"two\nlines"', '" padded"']],
  );
  t.equal(csvCell(0.1), '0.1');
});

t.test('figures, times and sizes are short', async (t) => {
  t.same(
    [0, 0.054321, 1234.5678, 54.321, 1.5e-9, null, -0.5].map((value) => figure(value)),
    [...['0', '0.05432', '1235', '54.32', '1.500e-9', '–', '-0.5000']],
  );
  t.same([400, 12_000, 200_000, 7_500_000].map(duration), ['0.4 s', '12 s', '3 min 20 s', '2 h 5 min']);
  t.same([12, 12_345, 4.5e6, 2e9].map(byteSize), ['12 B', '12.3 kB', '4.50 MB', '2.00 GB']);
});

t.test('NO_COLOR and pipes turn colours off', async (t) => {
  const before = process.env.NO_COLOR;
  t.teardown(() => {
    if (before === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = before;
  });
  delete process.env.NO_COLOR;
  t.not(paletteOf({ isTTY: true }).red('x'), 'x');
  t.equal(paletteOf({ isTTY: false }).red('x'), 'x');
  process.env.NO_COLOR = '1';
  t.equal(paletteOf({ isTTY: true }).red('x'), 'x');
});
