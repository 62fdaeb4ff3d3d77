// Memories on loan: the same one again, empty, to whoever comes next; and none that is still in use.

import { spawnSync } from 'node:child_process';
import t from 'tap';
import { MAX_MEMORY_BYTES } from '../../src/memory/layout.js';
import {
  dropMemory,
  giveBackMemory,
  lendAgain,
  lendMemory,
  noteContent,
  onMemoriesDropped,
} from '../../src/memory/memory-cache.js';

t.test('a memory given back is lent again, zeroed as far as it was asked for', async (t) => {
  const first = lendMemory(200_000, 'a test');
  new Uint8Array(first.memory.buffer).fill(7);
  const beside = lendMemory(200_000, 'a test');
  t.not(beside.name, first.name, 'not while it is lent');
  giveBackMemory(first.memory);
  giveBackMemory(first.memory);
  const second = lendMemory(210_000, 'a test');
  t.equal(second.memory, first.memory);
  t.equal(second.name, first.name);
  t.equal(
    new Uint8Array(second.memory.buffer, 0, 210_000).findIndex((value) => value !== 0),
    -1,
  );
  t.not(lendMemory(200_000, 'a test').name, first.name, 'given back twice, lent once');
});

t.test('what its borrower wrote and noted stays for whoever is to write the same there', async (t) => {
  const content = { of: {}, start: 64, end: 1000 };
  const others = [null, { ...content, of: {} }, { ...content, start: 128 }];
  for (const other of [content, ...others]) {
    const { memory, holds } = lendMemory(400_000, 'a test', content);
    t.notOk(holds, 'nobody wrote it yet');
    new Uint8Array(memory.buffer).fill(7);
    noteContent(memory, content);
    giveBackMemory(memory);
    const again = lendMemory(400_000, 'a test', other);
    t.equal(again.memory, memory);
    t.equal(again.holds, other === content);
    const kept = new Uint8Array(memory.buffer, 0, 400_000).reduce(
      (count, byte) => count + Number(byte === 7),
      0,
    );
    t.equal(kept, other === content ? 1000 - 64 : 0, 'all the rest is zero');
    dropMemory(memory);
  }
});

t.test('this very memory is lent again, unless somebody has it or it was let go of', async (t) => {
  const { memory } = lendMemory(300_000, 'a test');
  const content = { of: {}, start: 0, end: 300_000 };
  const again = () => lendAgain(memory, 300_000, content);
  const sum = () => new Uint8Array(memory.buffer, 0, 300_000).reduce((all, byte) => all + byte, 0);
  t.equal(again(), null, 'somebody has it');
  new Uint8Array(memory.buffer).fill(7);
  noteContent(memory, content);
  giveBackMemory(memory);
  t.same(again(), { holds: true });
  t.equal(sum(), 7 * 300_000, 'as it was');
  t.equal(again(), null);
  giveBackMemory(memory);
  t.same(again(), { holds: false }, 'not noted anew');
  t.equal(sum(), 0, 'zeroed');
  noteContent(memory, content);
  giveBackMemory(memory);
  giveBackMemory(lendMemory(300_000, 'a test').memory);
  t.same(again(), { holds: false }, 'another had it');
  giveBackMemory(memory);
  const other = lendMemory(300_000, 'a test');
  t.equal(other.memory, memory);
  dropMemory(other.memory);
  t.equal(again(), null, 'let go of');
});

t.test('one that somebody may still write to is never lent again, and its threads are told', async (t) => {
  const told: string[] = [];
  const end = onMemoriesDropped((names) => told.push(...names));
  const loan = lendMemory(3_000_000, 'a test');
  dropMemory(loan.memory);
  giveBackMemory(loan.memory);
  t.not(lendMemory(3_000_000, 'a test').name, loan.name);
  t.same(told, [loan.name]);
  end();
});

t.test('no memory reaches the last page below 4 GiB, whose end would be address 0', async (t) => {
  t.throws(() => lendMemory(MAX_MEMORY_BYTES + 1, 'A test'), { code: 'ERR_MEMORY' });
  t.equal(lendMemory(MAX_MEMORY_BYTES, 'A test').memory.buffer.byteLength, MAX_MEMORY_BYTES);
});

const index = new URL('../../src/index.js', import.meta.url).href;

/** Trains ten times, keeps nothing, and prints by how many bytes memory grew after the second. */
const growth = (runner: string) => `
  import { createPool, Dataset, trainEnsemble } from ${JSON.stringify(index)};
  const rows = 4000;
  const x = new Float32Array(rows * 2000).map((_, i) => Math.sin(i * 0.37));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const data = Dataset.fromArrays({ x, rows, features: 2000, labels });
  const pool = ${runner};
  const options = { members: 2, hidden: [2], epochs: 1, batchSize: 1000, resampleShare: 0.05 };
  let after = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const ensemble = await trainEnsemble(data, { ...options, seed }, pool === null ? {} : { runner: pool });
    await ensemble.predict(x.subarray(0, 2000));
    if (seed === 2) after = process.memoryUsage.rss();
  }
  console.log(process.memoryUsage.rss() - after);
  await pool?.close();`;

t.test('trainings that come one after the other take no more memory than one', async (t) => {
  for (const runner of ['null', 'createPool({ threads: 2 })']) {
    const args = ['--input-type=module', '--eval', growth(runner)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
    t.ok(Number(stdout) < 120 * 2 ** 20, `${runner}: ${stdout}${stderr}`);
  }
});
