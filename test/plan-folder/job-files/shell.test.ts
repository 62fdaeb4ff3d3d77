import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { laidForShell as laid } from './support.js';

t.test('a part is trained by its index, with what train-members needs', async (t) => {
  const { plan, run, asked, ends } = laid(t);
  t.equal(run('part.sh', ['2']).status, 0);
  t.same(asked(), [`train-members --plan ${plan} --members 8-9,12 --threads 1`]);
  ends('8-9,12', 143);
  t.equal(run('part.sh', ['2'], { TUTTI_THREADS: '3' }).status, 143, 'it ends as the program does');
  t.match(asked()[0], /--threads 3$/);
});

t.test('modules that the plan was made with may run: those themselves, or else their copies', async (t) => {
  const { plan, run, asked } = laid(t, (plan) => ({
    modules: ["0-it's.mjs", '1-changed.mjs', '2-gone.mjs'].map((name) => ({
      copy: join('modules', name),
      original: join(plan, '..', name),
    })),
  }));
  mkdirSync(join(plan, 'modules'));
  for (const name of ["0-it's.mjs", '1-changed.mjs', '2-gone.mjs'])
    writeFileSync(join(plan, 'modules', name), 'as it was');
  writeFileSync(join(plan, '..', "0-it's.mjs"), 'as it was');
  writeFileSync(join(plan, '..', '1-changed.mjs'), 'as it is');
  const { status, stderr } = run('part.sh', ['0']);
  t.equal(status, 0);
  t.equal(stderr, '');
  const paths = [
    join(plan, '..', "0-it's.mjs"),
    join(plan, 'modules', '1-changed.mjs'),
    join(plan, 'modules', '2-gone.mjs'),
  ];
  t.match(asked()[0], paths.map((path) => ` --allow-module ${path}`).join(''));
});

t.test('an index that is none is wrong input', async (t) => {
  const { run, asked } = laid(t);
  for (const index of [[], ['3'], ['-1'], ['one'], ['1 2']]) {
    const { status, stderr } = run('part.sh', index);
    t.equal(status, 2);
    t.match(stderr, /^part\.sh: .*\n$/);
  }
  t.same(asked(), []);
});

t.test('what made the plan trains its parts, where it is still there', async (t) => {
  const { plan, files } = laid(t, { program: ['/bin/echo', join(t.testdirName, 'tutti.js')] });
  const part = () =>
    spawnSync('sh', [join(files, 'part.sh'), '0'], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  t.equal(part().status, 127, 'neither that nor a tutti on the path');
  writeFileSync(join(t.testdirName, 'tutti.js'), '');
  t.equal(
    part().stdout,
    `${t.testdirName}/tutti.js train-members --plan ${plan} --members 0-3 --threads 1\n`,
  );
});

t.test('run.sh trains every part', async (t) => {
  const { plan, run, asked } = laid(t);
  const { status, stderr } = run('run.sh');
  t.equal(status, 0, stderr);
  t.same(
    asked(),
    ['0-3', '4-7', '8-9,12'].map((own) => `train-members --plan ${plan} --members ${own} --threads 1`),
  );
});

t.test('machines take a share of the parts each, which together are all', async (t) => {
  const { run, asked } = laid(t);
  t.equal(run('run.sh', ['1/2']).status, 0);
  t.equal(asked().length, 2);
  t.equal(run('run.sh', ['2/2']).status, 0);
  t.match(asked(), [/--members 4-7 /]);
  t.equal(run('run.sh', ['5/7']).status, 0, 'more machines than parts');
  t.same(asked(), []);
  for (const share of ['0/2', '3/2', '2', '/', 'a/b', '1/2/3', '1/0', '', '-1/2', '1 /2']) {
    const refused = run('run.sh', [share]);
    t.equal(refused.status, 2, share);
    t.match(refused.stderr, /expected a share such as 2\/3/);
    t.equal(refused.stderr.split('\n').length, 2, refused.stderr);
  }
});

t.test('a part that fails leaves the others; wrong input begins no more', async (t) => {
  const { run, asked, ends } = laid(t);
  ends('0-3', 1);
  const failed = run('run.sh', [], { TUTTI_AT_ONCE: '1' });
  t.equal(failed.status, 1);
  t.match(failed.stderr, /not all parts are done/);
  t.equal(asked().length, 3);
  ends('0-3', 2);
  t.equal(run('run.sh', [], { TUTTI_AT_ONCE: '1' }).status, 2);
  t.equal(asked().length, 1);
});
