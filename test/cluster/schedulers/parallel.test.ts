import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { laidForShell as laid } from '../../plan-folder/job-files/support.js';

const missing = spawnSync('parallel', ['--version']).status === 0 ? null : 'no GNU parallel here';
if (missing !== null && process.env.TUTTI_REQUIRE_SERVERS === '1') throw new Error(missing);

t.test('GNU parallel trains every part', { skip: missing ?? false }, async (t) => {
  const { files, run, asked, ends } = laid(t);
  ends('4-7', 1);
  t.equal(run('parallel.sh', ['--will-cite']).status, 1, 'how many failed');
  t.equal(asked().length, 2 + 3, 'what fails is tried three times');
  ends('4-7', 0);
  t.equal(run('parallel.sh', ['--will-cite']).status, 0);
  t.match(asked(), [/--members 4-7 /], 'what failed before, and nothing else');
  t.equal(readFileSync(join(files, 'parallel.log'), 'utf8').split('\n').length - 1, 5);
});
