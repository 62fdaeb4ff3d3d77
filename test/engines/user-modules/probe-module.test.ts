// Modules that would take the process with them are refused before it imports them.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { probeModule } from '../../../src/engines/user-modules/probe-module.js';
import { readModule } from '../../../src/engines/user-modules/user-module.js';

const REFUSED = [
  ['awaits for ever', 'await new Promise(() => {});', /never finished loading/],
  ['ends the process', 'process.exit(0);', /ended the process with status 0/],
  ['kills the process', "process.kill(process.pid, 'SIGKILL');", /ended the process with signal SIGKILL/],
  ['loops', 'for (;;);', /had not finished loading after 5 s/],
] as const;

for (const [what, code, message] of REFUSED) {
  t.test(`a module that ${what} when it is imported is refused by its name`, async (t) => {
    const path = join(t.testdir({}), 'learner.mjs');
    await writeFile(path, `${code}\nexport default {};\n`);
    t.match(await refusal(path, what === 'loops' ? '5' : '60'), message);
  });
}

/** In a process without the test runner's loaders, whose own threads keep a process that waits alive. */
async function refusal(path: string, seconds: string): Promise<string> {
  const program = `import { probeModule } from ${JSON.stringify(new URL('../../../src/engines/user-modules/probe-module.js', import.meta.url).href)};
const module = { path: ${JSON.stringify(path)}, hash: '' };
await probeModule({ module, member: 0 }).catch(({ code, message }) => console.log(code, message));`;
  const env = { PATH: process.env.PATH, TUTTI_MODULE_TIMEOUT: seconds };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env,
  });
  return stdout;
}

t.test('modules that load, throw or keep a timer are left to whoever imports them', async (t) => {
  for (const code of ['', "throw new Error('no');", 'setInterval(() => {}, 1000);', 'not a module']) {
    const path = join(t.testdir({}), 'learner.mjs');
    await writeFile(path, code);
    await t.resolves(probeModule({ module: await readModule(path, 0), member: 0 }));
  }
});
