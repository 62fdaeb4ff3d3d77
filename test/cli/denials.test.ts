// A command reads and writes what it was given, and its own package; asked of Node.js's permission model, which denies all
// else, and of the system itself where strace is there.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { classCsv } from './support.js';

const MAIN = fileURLToPath(new URL('../../bin/tutti.js', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const TRAIN = ['--target', 'label', '--members', '2', '--epochs', '1', '--threads', '2', '--seed', '1'];

const COMMANDS = [
  ['train', 'in/data.csv', ...TRAIN, '--config', 'in/options.yaml', '--out', 'out/a.tutti'],
  ['predict', 'out/a.tutti', 'in/data.csv', '--out', 'out/p.csv'],
  ['evaluate', 'out/a.tutti', 'in/data.csv'],
  ['inspect', 'out/a.tutti'],
  ['extend', 'out/a.tutti', 'in/data.csv', '--members', '3', '--out', 'out/b.tutti'],
  ['describe', 'in/data.csv'],
];

/** Outside of the package, which may be read. */
function folders(t: Test): string {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-denials-')));
  t.teardown(() => rmSync(cwd, { recursive: true }));
  for (const name of ['in', 'out', 'secret']) mkdirSync(join(cwd, name));
  for (const name of ['in', 'secret']) writeFileSync(join(cwd, name, 'data.csv'), classCsv());
  writeFileSync(join(cwd, 'in/options.yaml'), 'hidden: [2]\n');
  return cwd;
}

// No state and no certificates of the user's: what Node.js itself reads is not asked here.
const { HOME: _home, NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env;
const env = { ...rest, NODE_OPTIONS: '', XDG_STATE_HOME: '/dev/null' };

function run(command: string, args: readonly string[], cwd: string) {
  return spawnSync(command, args, { cwd, env, encoding: 'utf8' });
}

const flag = ['--permission', '--experimental-permission'].find(
  (name) => run(process.execPath, [name, '-e', '0'], '/').status === 0,
);

t.test('commands need no more than they were given', { skip: flag === undefined }, async (t) => {
  const cwd = folders(t);
  const allowed = [
    ...[flag!, '--allow-worker', '--allow-addons'],
    `--allow-fs-read=${PACKAGE}*`,
    ...[`--allow-fs-read=${cwd}/in/*`, `--allow-fs-read=${cwd}/out*`],
    `--allow-fs-write=${cwd}/out/*`,
  ];
  for (const command of COMMANDS) {
    const { status, stderr } = run(process.execPath, [...allowed, MAIN, ...command], cwd);
    t.equal(status, 0, `${command[0]}: ${stderr.slice(-400)}`);
  }
  t.same(readdirSync(join(cwd, 'out')).sort(), ['a.tutti', 'b.tutti', 'p.csv']);
  const denied = run(process.execPath, [...allowed, MAIN, 'describe', 'secret/data.csv'], cwd);
  t.equal(denied.status, 2);
  t.match(denied.stderr, /secret\/data\.csv/);
});

const strace = run('strace', ['-o', '/dev/null', 'true'], '/').status === 0;

/** What Node.js and the C library read in every process, and what says how much memory there is. */
const OF_THE_SYSTEM = /^\/(?:proc|sys|dev\/null|dev\/urandom|etc|usr|lib|lib64|opt|nix)(?:\/|$)/;

t.test('the system sees no other file, no connection and no process', { skip: !strace }, async (t) => {
  const cwd = folders(t);
  const trace = join(cwd, 'trace');
  const calls =
    'trace=openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,symlink,connect,execve';
  const mine = [cwd, process.execPath, PACKAGE.replace(/\/$/, '')];
  for (const command of COMMANDS) {
    const { status } = run(
      'strace',
      ['-f', '-s', '4096', '-e', calls, '-o', trace, process.execPath, MAIN, ...command],
      cwd,
    );
    t.equal(status, 0, command[0]!);
    const lines = readFileSync(trace, 'utf8').split('\n');
    const done = lines.filter(
      (line) => !/ = -1 E|<unfinished|resumed>|^\d+ [+-]{3} /.test(line) && line !== '',
    );
    const touched = done.flatMap((line) =>
      [...line.matchAll(/"([^"]*)"/g)].slice(0, 2).map(([, path]) => path!),
    );
    const foreign = touched.filter((path) => {
      const whole = path.startsWith('/') ? path : join(cwd, path);
      return !OF_THE_SYSTEM.test(whole) && !mine.some((own) => whole === own || whole.startsWith(`${own}/`));
    });
    t.same([...new Set(foreign.filter((path) => existsSync(path)))], [], command[0]!);
    const written = done.filter((line) => /O_(?:WRONLY|RDWR|CREAT)|rename|unlink|mkdir|link\(/.test(line));
    const outside = written.filter((line) => !line.includes(`"${cwd}/out/`) && !line.includes('"/dev/null"'));
    t.same(outside, [], `${command[0]} writes nothing else`);
    t.same(
      done.filter((line) => line.includes('connect(')),
      [],
    );
    t.equal(done.filter((line) => line.includes('execve(')).length, 1, 'the command itself');
  }
});
