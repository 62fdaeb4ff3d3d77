// Plans that take more memory than a control group has: each is trained on fewer threads, or refused with the figures
// before it begins. None is killed, which is what the system does with those that take more.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MAIN } from '../cli/support.js';
import { limitedGroup } from '../support/control-group.js';
import { learnerOf } from '../support/learners.js';

const MIB = 2 ** 20;

const cwd = t.testdir();

/** Numbers of four digits, and a class that follows from the first. */
function csv(rows: number, features: number): string {
  const value = (row: number, feature: number) =>
    Math.abs(Math.sin(12.9898 * (row * features + feature))).toFixed(4);
  const lines = [`${Array.from({ length: features }, (_, at) => `x${at}`).join(',')},y`];
  for (let row = 0; row < rows; row++) {
    lines.push(`${Array.from({ length: features }, (_, at) => value(row, at)).join(',')},c${row % 3}`);
  }
  return `${lines.join('\n')}\n`;
}

writeFileSync(join(cwd, 'wide.csv'), csv(200, 200));
writeFileSync(join(cwd, 'long.csv'), csv(60_000, 20));
writeFileSync(join(cwd, 'learner.mjs'), learnerOf({ fit: '({ x }) => ({ first: x.slice(0, 4) })' }));

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMON = ['--target', 'y', '--seed', '1', '--json'];

/** A command in the group from its first instruction on. */
function train(args: readonly string[], procs: string | null): Promise<Ended> {
  const enter = procs === null ? 'exec "$@"' : `echo $$ > ${procs}; exec "$@"`;
  const command = ['-c', enter, 'sh', process.execPath, MAIN, 'train', ...args, ...COMMON];
  const child = spawn('sh', command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

const NETS = ['wide.csv', '--hidden', '1024,1024', '--members', '6', '--threads', '4'];
const CHECKPOINT = ['--checkpoint', 'kept', '--checkpoint-epochs', '1'];

/** Each with too little memory for it, and with enough for some of its threads, in MiB. */
const PLANS: readonly (readonly [name: string, args: readonly string[], few: number, some: number])[] = [
  ['wide networks', [...NETS, '--epochs', '1'], 140, 280],
  ['wide networks kept in a checkpoint', [...NETS, '--epochs', '1', ...CHECKPOINT], 150, 320],
  [
    'many threads',
    ['wide.csv', '--hidden', '64', '--members', '16', '--epochs', '1', '--threads', '16'],
    200,
    400,
  ],
  [
    'many members',
    ['wide.csv', '--hidden', '4', '--members', '2000', '--epochs', '1', '--threads', '2'],
    130,
    300,
  ],
  [
    'a long file',
    ['long.csv', '--hidden', '8', '--members', '4', '--epochs', '1', '--threads', '2'],
    130,
    300,
  ],
  ['snapshots', [...NETS, '--epochs', '3', '--snapshots', '3'], 200, 600],
  [
    'learners in processes',
    ['wide.csv', '--learner', 'learner.mjs', '--members', '4', '--threads', '4', '--isolate', 'process'],
    200,
    500,
  ],
];

const tried = limitedGroup(MIB);
await tried?.remove();
const skip = tried === null ? 'no control group can be made here' : false;

for (const [name, args, few, some] of PLANS) {
  t.test(`${name}: refused with the figures`, { skip }, async (t) => {
    const { status, signal, stderr } = await limited(args, few);
    t.same([status, signal], [2, null], stderr);
    t.match(
      stderr,
      /would need about [\d.]+ [KMG]iB of memory, but only .*; the most of it, .*\(ERR_MEMORY\)/,
    );
  });

  t.test(`${name}: trained where there is enough, with the same bytes`, { skip }, async (t) => {
    const { status, signal, stdout, stderr } = await limited(args, some);
    t.same([status, signal], [0, null], stderr);
    const whole = await train(
      args.map((arg) => (arg === 'kept' ? 'kept-without-limit' : arg)),
      null,
    );
    t.equal(JSON.parse(stdout).contentHash, JSON.parse(whole.stdout).contentHash);
  });
}

async function limited(args: readonly string[], mebibytes: number): Promise<Ended> {
  const group = limitedGroup(mebibytes * MIB)!;
  try {
    return await train(args, group.procs);
  } finally {
    await group.remove();
  }
}
