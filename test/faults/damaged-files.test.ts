// Rows 12 and 17: every byte of a saved ensemble cut off or with a bit flipped, and of a checkpoint too; and files that were
// made to harm, whose checksums are right. Each is one clear error or, of a checkpoint, the same bytes.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { createInlineRunner, resumeTraining, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { forgeChanged, type Mutable } from '../bundle/support.js';
import { clusters } from '../support/datasets.js';
import { command, dataFolder, misdoer, undisturbed } from './support.js';

const dataset = clusters(24, 2, 3);
const folder = t.testdir();

t.test('every truncation and every flipped bit of a saved ensemble is an error', async (t) => {
  writeFileSync(join(folder, 'ok.mjs'), misdoer({ model: '{ share: new Float32Array(3) }' }));
  const members = [
    { hidden: [2], epochs: 2 },
    { learner: join(folder, 'ok.mjs') },
    { engine: 'neighbours' as const },
  ];
  const path = join(folder, 'whole.tutti');
  await saveEnsemble(await undisturbed(dataset, { seed: 1, members }), path);
  const whole = readFileSync(path);
  const damaged = join(folder, 'damaged.tutti');
  const codeOf = async (bytes: Uint8Array) => {
    writeFileSync(damaged, bytes);
    return await loadEnsemble(damaged).then(
      () => 'loaded',
      ({ code }) => code,
    );
  };
  for (let at = 0; at < whole.length; at++) {
    const cut = await codeOf(whole.subarray(0, at));
    if (cut !== 'ERR_BUNDLE') t.fail(`cut at ${at}: ${cut}`);
    // Each bit of the header; behind it the checksum sees any.
    for (const bit of at < 56 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 1 << bit;
      const flipped = await codeOf(bytes);
      if (flipped !== 'ERR_BUNDLE') t.fail(`bit ${bit} of byte ${at}: ${flipped}`);
    }
  }
  t.ok(whole.length > 1000, `${whole.length} bytes`);
});

t.test(
  'every byte of a checkpoint, too: an error, or members trained again with the same bytes',
  async (t) => {
    const kept = join(folder, 'kept');
    const options: TrainingOptions = { members: 3, hidden: [2], epochs: 4, seed: 2 };
    const expected = contentHash(await undisturbed(dataset, options));
    const stop = new AbortController();
    let epochs = 0;
    await trainEnsemble(dataset, options, {
      runner: createInlineRunner(),
      checkpoint: { folder: kept, epochs: 1 },
      signal: stop.signal,
      onInterrupt: 'keep',
      onEpochEnd: () => {
        if (++epochs === 6) stop.abort();
        return undefined;
      },
    });
    const files = readdirSync(kept, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    t.ok(files.length >= 3, files.map(({ name }) => name).join(', '));
    const copy = join(folder, 'copy');
    const resumed = async () => {
      const settings = { runner: createInlineRunner() };
      return await resumeTraining(copy, dataset, settings).then(contentHash, ({ code }) => code);
    };
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const whole = readFileSync(path);
      // A prime, so that all fields and all bits have their turn.
      for (let at = 0; at < whole.length; at += at < 60 ? 1 : 23) {
        for (const cut of [true, false]) {
          rmSync(copy, { recursive: true, force: true });
          cpSync(kept, copy, { recursive: true });
          const bytes = Uint8Array.from(whole);
          bytes[at]! ^= 1 << (at % 8);
          writeFileSync(path.replace(kept, copy), cut ? whole.subarray(0, at) : bytes);
          const came = await resumed();
          if (came !== expected && came !== 'ERR_CHECKPOINT')
            t.fail(`${name}, byte ${at}, cut: ${cut}: ${came}`);
        }
      }
    }
  },
);

/** Changes of the metadata that a stranger might make. */
const HOSTILE: Readonly<Record<string, (metadata: Mutable) => unknown>> = {
  'a key that would reach the prototype': (metadata) =>
    Object.defineProperty({ ...metadata }, '__proto__', { value: { polluted: 1 }, enumerable: true }),
  'a length that nothing backs': (metadata) => {
    metadata.members[0].parameters = 2 ** 40;
  },
  'nesting without end': (metadata) => {
    let inner: unknown = 1;
    for (let depth = 0; depth < 600; depth++) inner = [inner];
    return { ...metadata, trainedOn: inner };
  },
  'a layer wider than memory': (metadata) => {
    metadata.plan.members[0].network.layers[0].units = 2 ** 31;
  },
  'a learner at a path of its own': (metadata) => {
    const learner = { path: '../../../../etc/passwd', hash: 'ab'.repeat(32) };
    metadata.plan.members[0] = { engine: 'learner', learner, options: null };
  },
  'escape sequences in names': (metadata) => {
    metadata.preprocessing.features[0].column = '\u001b[2J\u001b]0;owned\u0007';
  },
  'numbers that are none': (metadata) => {
    metadata.encoding.features.mean[0] = Number.NaN;
  },
};

t.test(
  'files made to harm: one line of error from every command, nothing run, nothing shown raw',
  async (t) => {
    const cwd = dataFolder(folder);
    for (const [name, change] of Object.entries(HOSTILE)) {
      writeFileSync(join(cwd, 'hostile.tutti'), forgeChanged(change));
      for (const args of [
        ['inspect', 'hostile.tutti'],
        ['predict', 'hostile.tutti', 'data.csv'],
      ]) {
        const { status, signal, stdout, stderr, left } = await command(args, { cwd });
        t.equal(signal, null, name);
        t.ok(status === 0 || status === 2, `${name}: ${status}`);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        t.notMatch(stdout + stderr, /\u001b|\u0007/);
        if (status === 2) t.match(stderr, /^tutti: [^\n]*\n$/, name);
        t.same(left, []);
      }
    }
    t.equal(Reflect.get({}, 'polluted'), undefined);
  },
);
