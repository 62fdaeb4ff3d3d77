// Saved ensembles that somebody changed: every truncation, a flipped bit of every byte, and changes with a right checksum.

import t from 'tap';
import { bundleTarget } from '../../scripts/support/fuzz/bundle-target.js';
import { inputTarget } from '../../scripts/support/fuzz/input-target.js';
import { requestTarget } from '../../scripts/support/fuzz/request-target.js';
import { fuzz } from '../../scripts/support/fuzz/target.js';
import { classes, ROWS, smallSamples, values } from '../../scripts/support/fuzz/targets.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { TuttiError } from '../../src/errors.js';

const samples = await smallSamples();

/** The code with which bytes are refused; null when they are read. */
async function codeOf(bytes: Uint8Array): Promise<string | null> {
  try {
    await loadEnsemble(bytes);
    return null;
  } catch (error) {
    return error instanceof TuttiError ? error.code : String(error);
  }
}

t.test('every truncation and a flipped bit of every byte is refused', async (t) => {
  const whole = ensembleToBytes(samples[0]!.ensemble);
  for (let at = 0; at < whole.length; at++) {
    const flipped = whole.slice();
    flipped[at]! ^= 1 << (at % 8);
    for (const bytes of [flipped, whole.subarray(0, at)]) {
      const code = await codeOf(bytes);
      if (code !== 'ERR_BUNDLE') t.fail(`byte ${at}, ${bytes.length} bytes: ${code}`);
    }
  }
  t.equal(await codeOf(whole), null);
});

t.test('changes with and without a right checksum', async (t) => {
  const fault = await fuzz(bundleTarget(samples), 1, 1500);
  t.same(fault && { ...fault, input: Buffer.from(fault.input).toString('hex') }, null);
});

t.test('datasets, plans and trainings as hosts take them up', async (t) => {
  const { plan } = samples[0]!.ensemble;
  const fault = await fuzz(inputTarget([classes.train, values.train], plan), 1, 1500);
  t.same(fault && { ...fault, input: Buffer.from(fault.input).toString('hex') }, null);
});

t.test('requests to one that is served', async (t) => {
  const fault = await fuzz(requestTarget(samples[0]!.ensemble, ROWS), 1, 700);
  t.same(fault && { ...fault, input: Buffer.from(fault.input).toString('latin1') }, null);
});
