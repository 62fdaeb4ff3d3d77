// What `npm test` runs: test files in processes of their own, as plain Node.js. Started by tap itself each would load tap's
// hooks for coverage, mocks and source maps, and so would each of its threads and child processes: a third of the time of
// the suite, for what it does not use. `npx tap dist/test/<file>` still runs one file with them.
//
//     tap dist/test/suite.js --test-arg=engines/tfjs              only what is there
//     tap dist/test/suite.js --test-arg=--without=cli,package     all but what is there
//     tap dist/test/suite.js --test-arg=cluster --test-arg=--jobs=4    so many at a time, where they wait more than they work
//
// Two files at a time work, and beside them run those that mostly wait. Files that compute and leave their process as they
// found it share one with others of their folder.
// The fault suites take minutes, and run only when they are named: `npm run test:faults`, and those of clusters with `cluster`.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import t, { type Test } from 'tap';

const FOLDER = import.meta.dirname;
const WHEN_NAMED: readonly string[] = ['faults', 'cluster/faults'];
/** For servers, clocks, pages, disks and ends of processes: half of the time of all, so that both lanes end together. */
const WAITING: readonly string[] = [
  ...['blobs', 'browser', 'checkpoint', 'cli/commands/plan', 'cli/commands/resume', 'cli/commands/stopped'],
  ...['cli/commands/ui', 'cli/terminal', 'cluster', 'fuzz/folders', 'live', 'plan-folder'],
  ...['pool/failure-policy', 'pool/isolated', 'pool/learners', 'pool/starts', 'processes', 'threads'],
];
/** Whose files share processes, where they may. */
const SHARING: readonly string[] = [
  ...[
    'auto',
    'bench',
    'blobs',
    'boosting',
    'bundle',
    'calibration',
    'cli',
    'cluster/messages',
    'conformal',
    'data',
  ],
  ...[
    'distillation',
    'ensemble',
    'explain',
    'exports',
    'files',
    'kernels',
    'live',
    'machine',
    'math',
    'measure',
  ],
  ...[
    'model',
    'plan-folder',
    'portable',
    'predictions',
    'records',
    'report',
    'serve',
    'studies',
    'techniques',
  ],
  ...['training', 'engines/neighbours', 'engines/trees', 'engines/wasm'],
];
/** What would be there for the files behind: kinds that are registered, settings of the process, memory that is counted. */
const LEAVING =
  /toy-|tuttiProcess|withoutServers|process\.(env|chdir|on)|globalThis|setFlags|child_process|worker_threads|createPool|\.jobs =|memoryUsage|t\.plan\(0/;
/** So many share a process at most: a part of a folder is waited for, not the whole. */
const TOGETHER = 12;
/** A busy machine is no fault: only what hangs for good takes this long, in seconds. */
const TIMEOUT = 1200;

const { values, positionals: only } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string', default: '' }, jobs: { type: 'string' } },
});
const without = values.without.split(',').filter((place) => place !== '');
const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
const files = names.filter((name) => name.endsWith('.test.js')).sort();
const isAt = (place: string) => (file: string) => file.startsWith(`${place}/`) || file === `${place}.test.js`;
const isAtOneOf = (places: readonly string[]) => (file: string) => places.some((place) => isAt(place)(file));
const isWanted = only.length === 0 ? (file: string) => !isAtOneOf(WHEN_NAMED)(file) : isAtOneOf(only);
const kept = files.filter((file) => isWanted(file) && !isAtOneOf(without)(file));

t.setTimeout(3600 * 1000);
t.ok(kept.length > 0, 'there are test files');
for (const place of [...only, ...without]) t.ok(files.some(isAt(place)), `there are test files at ${place}`);

const folderOf = (file: string) => file.split('/')[0]!;

/** The files of each process: those that share one by folder, the others alone. */
function processesOf(all: readonly string[]): readonly (readonly string[])[] {
  const shares = (file: string) =>
    isAtOneOf(SHARING)(file) && !LEAVING.test(file + readFileSync(join(FOLDER, file), 'utf8'));
  const alone = all.filter((file) => !shares(file)).map((file) => [file]);
  const shared: string[][] = [];
  for (const file of all.filter(shares)) {
    const last = shared.at(-1);
    if (last !== undefined && folderOf(last[0]!) === folderOf(file) && last.length < TOGETHER)
      last.push(file);
    else shared.push([file]);
  }
  return [...shared, ...alone];
}

const failed: string[] = [];

/** Whatever tap starts has its hooks put into NODE_OPTIONS, and its own children in turn. */
const [program, ...args] =
  process.platform === 'win32' ? [process.execPath] : ['env', '-u', 'NODE_OPTIONS', process.execPath];

function start(t: Test, own: readonly string[]): void {
  const isAlone = own.length === 1;
  const env = isAlone ? process.env : { ...process.env, TEST_FILES: JSON.stringify(own) };
  const name = isAlone ? own[0]! : `${own.length} files of ${folderOf(own[0]!)}`;
  const test = t.spawn(
    program!,
    [...args, join(FOLDER, isAlone ? own[0]! : 'support/together.js')],
    { timeout: TIMEOUT * 1000, buffered: true, env },
    name,
  );
  const parser = test.subtest?.parser;
  noteFailures(parser);
  // The output of all comes at the end, whole: what there is of it by then is said as it comes.
  parser?.on('complete', ({ ok, count, time }) =>
    console.error(`${ok ? 'ok' : 'not ok'} ${name}: ${count} in ${((time ?? 0) / 1000).toFixed(1)} s`),
  );
}

if (values.jobs !== undefined) {
  t.jobs = Number(values.jobs);
  for (const own of processesOf(kept)) start(t, own);
} else {
  t.jobs = 2;
  const waits = isAtOneOf(WAITING);
  const lanes = { working: kept.filter((file) => !waits(file)), waiting: kept.filter(waits) };
  for (const [name, own] of Object.entries(lanes)) {
    if (own.length === 0) continue;
    t.test(name, { jobs: 2, buffered: true, timeout: 3600 * 1000 }, async (t) => {
      for (const together of processesOf(own)) start(t, together);
    });
  }
}

// A log may be read from its end alone.
t.teardown(() => {
  for (const name of failed) console.log(`# failed: ${name}`);
});

type SubtestParser = NonNullable<ReturnType<typeof t.spawn>['subtest']>['parser'];

/** Notes the assertions that fail, in tests within tests too. */
function noteFailures(parser: SubtestParser | undefined): void {
  parser?.on('assert', ({ ok, todo, skip, fullname }) => {
    if (!ok && !todo && !skip) failed.push(fullname);
  });
  parser?.on('child', (child) => noteFailures(child));
}
