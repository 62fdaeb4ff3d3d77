// What is shown while a large file is read, and how Ctrl-C ends that.

import { spawn } from 'node:child_process';
import t from 'tap';
import { readingText, whileReading } from '../../../src/cli/terminal/reading.js';
import { CHILD_ENV, MAIN } from '../support.js';

t.test('how far it is, in words', async (t) => {
  t.equal(readingText({ bytes: 500, totalBytes: 1000, rows: 0 }, 0.5, 2000), '50 %, 2.0 s left');
  t.equal(readingText({ bytes: 500, totalBytes: 1000, rows: 1 }, 0.5, 2000), '50 %, 2.0 s left, 1 row');
  t.match(readingText({ bytes: 5_000_000, totalBytes: null, rows: 12 }, 0, 2000), /^5.00 MB, 12 rows$/);
});

t.test('nothing for what is quick, or where nothing is to be said; its outcome either way', async (t) => {
  const said: string[] = [];
  const write = process.stderr.write;
  process.stderr.write = ((text: string) => said.push(text) > 0) as typeof write;
  t.teardown(() => {
    process.stderr.write = write;
  });
  let now = 0;
  const listeners = process.listenerCount('SIGINT');
  const reading = (quiet: boolean, step: number) =>
    whileReading(
      quiet,
      async ({ onProgress }) => {
        for (let at = 1; at <= 4; at++) {
          now += step;
          onProgress?.({ bytes: at, totalBytes: 4, rows: at });
          await new Promise((resolve) => setImmediate(resolve));
        }
        return 7;
      },
      () => now,
    );
  t.equal(await reading(false, 100), 7);
  t.equal(await reading(true, 2000), 7);
  t.same(said, []);
  t.equal(process.listenerCount('SIGINT'), listeners, 'nobody listens any more');
  await t.rejects(
    whileReading(false, async () => {
      throw new Error('as it is');
    }),
    { message: 'as it is' },
  );
});

t.test(
  'Ctrl-C while standard input is read ends the process with 130, and lines say how far it is',
  { skip: process.platform === 'win32' && 'no signals' },
  async (t) => {
    const child = spawn(process.execPath, [MAIN, 'describe', '-'], { env: CHILD_ENV });
    const rows = Buffer.from('1,2,3\n'.repeat(1000));
    child.stdin.on('error', () => undefined);
    child.stdin.write('a,b,c\n');
    const more = setInterval(() => child.stdin.write(rows), 20);
    t.teardown(() => clearInterval(more));
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text;
      if (/reading: .* rows/.test(said)) child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => child.once('exit', resolve));
    t.equal(status, 130);
    t.match(said, /^reading: \d.* MB, \d.* rows\n/);
  },
);
