// What a learner says stays off standard output, wherever it runs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { tuttiProcess, valueCsv } from '../support.js';

/** Says something in every way that ends on standard output, wherever it runs. */
const LOUD = `
import { Readable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
async function say(what) {
  console.log('says', what, isMainThread ? 'here' : 'in a thread');
  console.info('says by info');
  console.table([{ says: what }]);
  process.stdout.write('says by write\\n');
  await new Promise((done) => Readable.from(['says by pipe\\n']).on('end', done).pipe(process.stdout, { end: false }));
}
await say('at import');
export default {
  async fit({ targets, rows }) {
    await say('fit');
    return { mean: targets.reduce((sum, value) => sum + value, 0) / rows };
  },
  async predict({ mean }, x, rows) {
    await say('predict');
    return new Float32Array(rows).fill(mean);
  },
};
`;

const cwd = t.testdir({
  'data.csv': valueCsv()
    .split('\n')
    .map((line) => line.split(',').slice(0, 3).join(','))
    .join('\n'),
  'loud.mjs': LOUD,
});

const ALLOWED = ['loud.tutti', 'data.csv', '--allow-modules', './loud.mjs'] as const;
const PREDICT = ['predict', ...ALLOWED] as const;
const EVALUATE = ['evaluate', ...ALLOWED] as const;

t.test('train --json prints one JSON object; the words of all threads are on standard error', async (t) => {
  const args = [
    'train',
    'data.csv',
    '--target',
    'y',
    '--learner',
    './loud.mjs',
    '--members',
    '2',
    '--seed',
    '1',
  ];
  const { status, stdout, stderr } = await tuttiProcess([...args, '--json', '--out', 'loud.tutti'], { cwd });
  t.equal(status, 0, stderr);
  t.equal(JSON.parse(stdout).members, 2);
  for (const words of ['at import in a thread', 'fit in a thread', 'predict in a thread']) {
    t.match(stderr, `says ${words}`);
  }
  t.notMatch(stderr, 'here', 'none of it runs beside the command');
  for (const way of ['info', 'write', 'pipe']) t.match(stderr, `says by ${way}`);
});

t.test('predict prints predictions alone, as it writes them to a file', async (t) => {
  const { status, stdout, stderr } = await tuttiProcess([...PREDICT], { cwd });
  t.equal(status, 0, stderr);
  t.match(stderr, 'says predict in a thread');
  await tuttiProcess([...PREDICT, '--out', 'predictions.csv'], { cwd });
  t.equal(stdout, readFileSync(join(cwd, 'predictions.csv'), 'utf8'));
});

t.test('evaluate --json prints one JSON object', async (t) => {
  const { status, stdout, stderr } = await tuttiProcess([...EVALUATE, '--json'], { cwd });
  t.equal(status, 0, stderr);
  t.equal(JSON.parse(stdout).rows, 60);
});
