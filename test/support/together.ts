// Runs test files one after the other in this process, each as a test of its own name: to start Node.js with the test
// runner and the modules under test takes longer than many a file. `t` of the test runner becomes the file's own test.
//
//     TEST_FILES='["math/beta.test.js", …]' node dist/test/support/together.js

import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';

/** What files call of `t` outside of their tests. */
const OWN = [
  ...['test', 'testdir', 'fixture', 'before', 'beforeEach', 'afterEach', 'teardown', 'plan', 'intercept'],
  ...['ok', 'equal', 'not', 'same', 'throws', 'rejects', 'comment'],
] as const satisfies readonly (keyof Test)[];

const files: readonly string[] = JSON.parse(process.env.TEST_FILES!);
delete process.env.TEST_FILES;
const begin = t.test.bind(t);
const folder = pathToFileURL(`${import.meta.dirname}/../`);

for (const file of files) {
  await begin(file, async (own) => {
    for (const name of OWN)
      Object.defineProperty(t, name, { value: own[name].bind(own), configurable: true });
    await import(new URL(file, folder).href);
  });
}
