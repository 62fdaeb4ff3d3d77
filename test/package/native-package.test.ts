// tutti and the package of this platform's native executor as they are published, side by side as npm installs them: the
// addon is found there, and only where it is of the same version. Needs no registry; skipped without a C compiler.

import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { loadAddon } from '../../src/kernels/native-addon.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const native = `@tutti/native-${process.platform}-${process.arch}`;
const folder = t.testdir({ node_modules: { tutti: {}, [native]: {} } });
const tutti = join(folder, 'node_modules/tutti');
const addon = join(folder, 'node_modules', native);
const manifestFile = join(addon, 'package.json');

const choice = pathToFileURL(join(tutti, 'dist/src/kernels/executor-choice.js'));
const SAY = `import { chooseExecutor } from '${choice}'; console.log(JSON.stringify(chooseExecutor('fused')));`;

/** What is chosen by the installed tutti, run in a folder. */
async function chosen(
  cwd = folder,
): Promise<{ native: { name: string; addon: string } | null; why: string }> {
  const args = ['--input-type=module', '--eval', SAY];
  const env = { ...process.env, NODE_OPTIONS: '', TUTTI_EXECUTOR: '' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env });
  return JSON.parse(stdout);
}

t.before(async () => {
  if ('missing' in loadAddon()) return t.plan(0, 'there is no native executor here');
  await promisify(execFile)(process.execPath, [join(root, 'scripts/packages.mjs'), folder]);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.tgz'))) {
    const home = name.includes('native') ? addon : tutti;
    await promisify(execFile)('tar', ['-xzf', join(folder, name), '--strip-components=1', '-C', home]);
  }
  // What npm would install beside it.
  mkdirSync(join(tutti, 'node_modules'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', name), join(tutti, 'node_modules', name));
  }
});

t.test('its manifest names the platform and runs nothing', async (t) => {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  t.strictSame([manifest.os, manifest.cpu], [[process.platform], [process.arch]]);
  t.notOk('scripts' in manifest || 'dependencies' in manifest);
  const own = JSON.parse(readFileSync(join(tutti, 'package.json'), 'utf8'));
  t.strictSame(
    own.optionalDependencies,
    { [native]: own.version },
    'the very version, as an optional dependency',
  );
  t.notOk('scripts' in own);
  t.notOk(existsSync(join(tutti, 'dist/native')), 'the addon is in its package alone');
});

t.test('the addon is found and loads', async (t) => {
  const choice = await chosen();
  t.match(choice.native, { name: /^native-/, addon: join(addon, 'tutti.node') });
});

t.test('one of another version is left alone', async (t) => {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, version: '0.0.1' }));
  t.match(await chosen(), {
    native: null,
    why: `${native} is of version 0.0.1, not ${manifest.version}`,
  });
});

t.test('one that lies in the working directory only is not run', async (t) => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(join(elsewhere, 'node_modules/@tutti'), { recursive: true });
  renameSync(addon, join(elsewhere, 'node_modules', native));
  t.match(await chosen(elsewhere), { native: null, why: `${native} is not installed` });
});
