// Hosts that must not take part, which say why and leave the others to train: of another version, without the arithmetic, with
// another secret; and one whose clock is an hour ahead, which may.

import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';
import { VERSION } from '../../../src/version.js';
import { until } from '../../faults/support.js';
import { type HostSettings, startCluster, withoutServers } from './support.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** What the package ships, as another version of it. */
function otherVersion(folder: string): string {
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  for (const name of ['bin', 'lib', 'native', 'workers'])
    cpSync(join(ROOT, 'dist', name), join(dist, name), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const part of ['bin', 'lib']) {
    for (const name of readdirSync(join(dist, part), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js')) continue;
      const file = join(dist, part, name);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll(`"${VERSION}"`, '"9.9.9"'));
    }
  }
  return join(dist, 'bin', 'tutti.js');
}

/** A module that, loaded first, hides multiply-add with one rounding. */
const WITHOUT_FUSED = `
const { validate } = WebAssembly;
WebAssembly.validate = (bytes) => bytes.length > 100 && validate(bytes);
`;

t.test('hosts that are refused', { skip: withoutServers('redis') }, async (t) => {
  const cluster = await startCluster('redis', t.testdir({ other: {}, 'without-fused.mjs': WITHOUT_FUSED }));
  t.teardown(() => cluster.close());
  const { cwd } = cluster;
  writeFileSync(join(cwd, 'other-secret'), 'another secret than that of the other hosts');
  const hidden = pathToFileURL(join(cwd, 'without-fused.mjs')).href;
  const others: readonly (readonly [what: string, settings: HostSettings, says: RegExp])[] = [
    ['another version', { main: otherVersion(join(cwd, 'other')) }, /9\.9\.9.*0\.1\.0|0\.1\.0.*9\.9\.9/],
    ['no fused arithmetic', { env: { NODE_OPTIONS: `--import ${hidden}` } }, /fused arithmetic/],
    ['another secret', { secretFile: join(cwd, 'other-secret') }, /secret/],
  ];
  for (const [at, [what, settings, says]] of others.entries()) {
    await t.test(what, async (t) => {
      const refused = await cluster.host(`refused-${at}`, settings);
      const training = cluster.train(at);
      // The other one comes later, so that there is time to be refused.
      await Promise.race([until(() => says.test(refused.said())), training.ended]);
      t.match(refused.said(), says);
      const good = await cluster.host(`good-${at}`);
      const { status, stderr } = await training.ended;
      t.equal(status, 0, stderr);
      t.match(stderr, new RegExp(`refused-${at}|secret`), 'the coordinator says it too');
      t.ok(training.file().equals(await training.undisturbed()), 'the same file');
      for (const { child, ended } of [refused, good]) {
        child.kill('SIGTERM');
        await ended;
      }
    });
  }
});
