// Trainings and predictions in a row leave nothing behind: nothing that is still held, and of one row's prediction
// nothing that V8 would have to make a full collection for.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { predictorOf } from '../../src/ensemble/predict/network-predictor.js';
import { createPredictor, predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool } from '../../src/pool/pool.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const FEATURES = 8;
const ROWS = 1000;
const x = Float64Array.from({ length: ROWS * FEATURES }, (_, i) => Math.sin(i * i));
const data = Dataset.fromArrays({
  x,
  rows: ROWS,
  features: FEATURES,
  labels: Int32Array.from({ length: ROWS }, (_, row) => (x[row * FEATURES]! > 0 ? 1 : 0)),
});
const OPTIONS = { members: 2, hidden: [8], epochs: 1, batchSize: 256, earlyStopping: 'none' } as const;
const ROW = x.slice(0, FEATURES);

const KIB = 2 ** 10;

/** Bytes outside of the young generation, where V8 leaves garbage until a full collection. */
function oldBytes(): number {
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new'));
  return old.reduce((sum, { space_used_size: used }) => sum + used, 0);
}

/** Bytes that are held: on V8's heap and outside, of buffers too. */
async function heldBytes(): Promise<number> {
  // What was let go of in a promise or a finalizer is garbage one turn later.
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function repeat(times: number, run: (time: number) => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await run(time);
}

/** Bytes per run that were not let go of. */
async function heldPerRun(runs: number, run: (time: number) => Promise<unknown>): Promise<number> {
  await repeat(runs, run);
  const before = await heldBytes();
  await repeat(runs, run);
  return ((await heldBytes()) - before) / runs;
}

t.test('a row that networks predict leaves nothing that outlasts the young generation', async (t) => {
  for (const loss of ['softmaxCrossEntropy', 'binaryCrossEntropy'] as const) {
    const ensemble = await trainEnsemble(data, { ...OPTIONS, seed: 1, loss });
    const predictor = predictorOf(ensemble);
    const row = Float32Array.from(ROW);
    // Not through promises: the test runner follows each of them.
    const predict = (times: number) => {
      for (let time = 0; time < times; time++) predictor.predict(row, 1);
    };
    predict(2000);
    collect(); // else what training left in the young generation grows old during the count
    const before = oldBytes();
    predict(4000);
    const left = (oldBytes() - before) / 4000;
    t.ok(left < 256, `${loss}: ${left.toFixed(0)} bytes`);
    predictor.dispose();
  }
});

t.test('predictions hold nothing once they are done', async (t) => {
  const ensemble = await trainEnsemble(data, { ...OPTIONS, seed: 1 });
  const predictor = await createPredictor(ensemble);
  const [kept, loaded] = [
    await heldPerRun(2000, () => predictor.predict(ROW)),
    await heldPerRun(1000, () => predictEnsemble(ensemble, ROW)),
  ];
  predictor.dispose();
  t.ok(kept < 512, `${kept.toFixed(0)} bytes per row of a predictor`);
  t.ok(loaded < 512, `${loaded.toFixed(0)} bytes per prediction`);
});

t.test('trainings hold nothing once they are done, inline and in a pool', async (t) => {
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.close());
  for (const runner of [undefined, pool]) {
    const settings = runner === undefined ? {} : { runner };
    const held = await heldPerRun(40, (seed) => trainEnsemble(data, { ...OPTIONS, seed }, settings));
    t.ok(
      held < 16 * KIB,
      `${(held / KIB).toFixed(1)} KiB per training ${runner === undefined ? 'inline' : 'in a pool'}`,
    );
  }
});
