// What `npm test` runs: every test file in a process of its own, two at a time, as plain Node.js. Started by tap itself
// each would load tap's hooks for coverage, mocks and source maps, and so would each of its threads and child processes:
// a third of the time of the suite, for what it does not use. `npx tap dist/test/<file>` still runs one file with them.
//
//     tap dist/test/suite.js --test-arg=engines/tfjs              only what is there
//     tap dist/test/suite.js --test-arg=--without=cli,package     all but what is there
//     tap dist/test/suite.js --test-arg=cluster --test-arg=--jobs=4    so many at a time, where they wait more than they work
//
// The fault suites take minutes, and run only when they are named: `npm run test:faults`, and those of clusters with `cluster`.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import t from 'tap';

const FOLDER = import.meta.dirname;
const WHEN_NAMED: readonly string[] = ['faults', 'cluster/faults'];
/** A busy machine is no fault: only what hangs for good takes this long, in seconds. */
const TIMEOUT = 1200;

const { values, positionals: only } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string', default: '' }, jobs: { type: 'string', default: '2' } },
});
const without = values.without.split(',').filter((place) => place !== '');
const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
const files = names.filter((name) => name.endsWith('.test.js')).sort();
const isAt = (place: string) => (file: string) => file.startsWith(`${place}/`) || file === `${place}.test.js`;
const isWanted = (file: string) =>
  only.length === 0
    ? !WHEN_NAMED.some((place) => isAt(place)(file))
    : only.some((place) => isAt(place)(file));
const chosen = files.filter(isWanted);
const kept = chosen.filter((file) => !without.some((place) => isAt(place)(file)));

t.jobs = Number(values.jobs);
t.setTimeout(3600 * 1000);
t.ok(kept.length > 0, 'there are test files');
for (const place of [...only, ...without]) t.ok(files.some(isAt(place)), `there are test files at ${place}`);
/** Whatever tap starts has its hooks put into NODE_OPTIONS, and its own children in turn. */
const [program, ...args] =
  process.platform === 'win32' ? [process.execPath] : ['env', '-u', 'NODE_OPTIONS', process.execPath];
const failed: string[] = [];
for (const file of kept) {
  const test = t.spawn(
    program!,
    [...args, join(FOLDER, file)],
    { timeout: TIMEOUT * 1000, buffered: true },
    file,
  );
  noteFailures(test.subtest?.parser);
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
