// What commands that train say of a cluster before there is one: tests of servers are in test/cluster.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, QUICK, tuttiProcess } from '../support.js';

const cwd = t.testdir({ 'train.csv': classCsv() });
writeFileSync(join(cwd, 'secret'), 'x'.repeat(40));
const TRAIN = ['train', 'train.csv', '--target', 'label', ...QUICK];
/** Nobody listens there. */
const NOWHERE = 'redis://user:hidden@127.0.0.1:1';

t.test('a cluster needs a secret, and says how one is made', async (t) => {
  const { status, stderr } = await tuttiProcess([...TRAIN, '--cluster', NOWHERE], { cwd });
  t.equal(status, 2);
  t.match(stderr, /secret.*openssl rand -hex 32/s);
});

t.test('a queue that is not there is an error that shows no password', async (t) => {
  const args = [...TRAIN, '--cluster', NOWHERE, '--secret-file', 'secret'];
  const { status, stderr } = await tuttiProcess(args, { cwd });
  t.equal(status, 2);
  t.match(stderr, /redis:\/\/127\.0\.0\.1:1/);
  t.notMatch(stderr, /hidden/);
});

t.test('options of a cluster without one are refused', async (t) => {
  for (const [flag, value] of [
    ['--verify', '0.1'],
    ['--store', 'there'],
    ['--advertise', 'a:1'],
    ['--secret-file', 'secret'],
  ] as const) {
    const { status, stderr } = await tuttiProcess([...TRAIN, flag, value], { cwd });
    t.equal(status, 2, flag);
    t.match(stderr, new RegExp(`${flag}.*--cluster`, 's'));
  }
});

t.test('the address is asked for in the environment too', async (t) => {
  const { status, stderr } = await tuttiProcess(TRAIN, { cwd, env: { TUTTI_CLUSTER: NOWHERE } });
  t.equal(status, 2);
  t.match(stderr, /secret/);
});
