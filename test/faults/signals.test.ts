// Row 14: SIGINT, SIGTERM and SIGHUP, once and twice, at moments that chance chooses: from the start of the command to its end.

import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { command, dataFolder } from './support.js';

const root = t.testdir();
const TRAIN = ['train', 'data.csv', '--target', 'label', '--seed', '4', '--threads', '2', '--quiet'];
const MANY = ['--members', '24', '--hidden', '32', '--epochs', '300'];
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function folderOf(name: string): string {
  const cwd = join(root, name);
  mkdirSync(cwd);
  return dataFolder(cwd);
}

const cwd = folderOf('whole');
let wholeMs = 0;
let whole = Buffer.alloc(0);
t.before(async () => {
  const started = performance.now();
  t.match(await command([...TRAIN, ...MANY, '--out', 'whole.tutti'], { cwd }), { status: 0, left: [] });
  wholeMs = performance.now() - started;
  whole = readFileSync(join(cwd, 'whole.tutti'));
});

/** Sends signals after a share of the time that an undisturbed run takes. */
const after = (share: number, signals: readonly NodeJS.Signals[]) => (child: ChildProcess) => {
  const timer = setTimeout(() => signals.map((each) => child.kill(each)), share * wholeMs);
  child.once('exit', () => clearTimeout(timer));
};

t.test('once, at 9 moments: nothing is left behind, and resuming gives the same file', async (t) => {
  const random = new RandomStream(streamKey(14, 'init', 0));
  for (let round = 0; round < 9; round++) {
    const name = SIGNALS[round % 3]!;
    const kept = `kept-${round}`;
    const out = join(cwd, `${kept}.tutti`);
    const onStart = after(1.1 * random.uniform(), [name]);
    const run = [...TRAIN, ...MANY, '--checkpoint', kept, '--checkpoint-epochs', '10', '--out', out];
    const { status, signal, left } = await command(run, { cwd, onStart });
    // Before it has begun to listen, the signal itself ends it.
    const ends = status === 0 || status === STATUS[name] || signal === name;
    t.ok(ends, `${name}: ${status} ${signal}`);
    t.same(left, []);
    if (status === STATUS[name] && existsSync(out)) {
      const { members } = await loadEnsemble(out);
      const { members: all } = await loadEnsemble(join(cwd, 'whole.tutti'));
      for (const { index, parameters } of members) t.same(parameters, all[index]!.parameters);
    }
    if (!existsSync(join(cwd, kept, 'training'))) continue;
    t.match(await command(['resume', kept, '--quiet', '--out', out], { cwd }), { status: 0, left: [] });
    t.ok(readFileSync(out).equals(whole));
  }
});

t.test('twice, at 6 moments: it ends at once, with nothing left, and what was kept is whole', async (t) => {
  const random = new RandomStream(streamKey(15, 'init', 0));
  for (let round = 0; round < 6; round++) {
    const name = SIGNALS[round % 3]!;
    const kept = `twice-${round}`;
    const out = join(cwd, `${kept}.tutti`);
    // It is held, so that both are there before the first can have been acted upon.
    const onStart = after(random.uniform(), ['SIGSTOP', name, 'SIGTERM', 'SIGCONT']);
    const run = [...TRAIN, ...MANY, '--checkpoint', kept, '--out', out];
    const { status, signal, left } = await command(run, { cwd, onStart });
    const either = [0, STATUS[name], 143].includes(status!) || [name, 'SIGTERM'].includes(signal!);
    t.ok(either, `${status} ${signal}`);
    t.same(left, []);
    if (!existsSync(join(cwd, kept, 'training'))) continue;
    t.match(await command(['resume', kept, '--quiet', '--out', out], { cwd }), { status: 0, left: [] });
    t.ok(readFileSync(out).equals(whole));
  }
});
