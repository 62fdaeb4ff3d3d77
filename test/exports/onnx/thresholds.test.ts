// Trees of a graph send every row where the ensemble does: rows at thresholds, and one step of their precision beside them.

import t, { type Test } from 'tap';
import { encodeRows } from '../../../src/data/dataset/encoding.js';
import { readTrees } from '../../../src/engines/trees/stored-trees.js';
import { writeExport } from '../../../src/exports/formats.js';
import { thresholdInUnits } from '../../../src/exports/onnx/thresholds.js';
import {
  createInlineRunner,
  Dataset,
  type DatasetArrays,
  predictEnsemble,
  type TrainedEnsemble,
  trainEnsemble,
} from '../../../src/index.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { onnxRuntime } from '../../support/onnx-runtime.js';
import { runModel } from './interpreter.js';
import { readModel } from './read-model.js';
import { tensorOf } from './tensor.js';

type Numbers = 'float' | 'double';
type Scaling = Partial<Pick<DatasetArrays, 'scaling' | 'softClip' | 'clipShape'>>;

const ROWS = 150;
const FEATURES = 3;
const SCALINGS: Readonly<Record<string, Scaling>> = {
  standardised: {},
  'robust, smoothly clipped': { scaling: 'robust', softClip: 3, clipShape: 'smooth' },
  'softly clipped': { softClip: 1 },
  'by quantiles': { scaling: 'quantile', softClip: 2 },
};
const WIDTHS = { float: 'float32', double: 'float64' } as const;
const runtime = onnxRuntime();

/** A column of few values, one of heavy tails, one far from 0. */
function rowsOf(): { x: Float64Array; targets: Float64Array } {
  const random = new RandomStream(streamKey(5, 'noise'));
  const x = new Float64Array(ROWS * FEATURES);
  const targets = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const own = [Math.round(6 * random.uniform()), random.normal() ** 3, 1000 + random.normal()];
    x.set(own, FEATURES * row);
    targets[row] = own[0]! * Math.sign(own[1]!) + 3 * (own[2]! - 1000);
  }
  return { x, targets };
}

async function trained(scaling: Scaling): Promise<TrainedEnsemble> {
  const dataset = Dataset.fromArrays({ ...rowsOf(), rows: ROWS, features: FEATURES, ...scaling });
  const options = { engine: 'trees', members: 2, rounds: 7, maxLeaves: 8, seed: 1 } as const;
  return trainEnsemble(
    dataset,
    { ...options, minLeafRows: 3, earlyStopping: 'none' },
    { runner: createInlineRunner() },
  );
}

/** The splits of all members: which feature, at what. */
function splitsOf({ members, features }: TrainedEnsemble): (readonly [feature: number, threshold: number])[] {
  return members.flatMap(({ parameters, index }) => {
    const bounds = { outputs: 1, features, rounds: 7, maxLeaves: 8, member: index };
    const { features: of, values } = readTrees(parameters, bounds);
    return Array.from(of).flatMap((feature, at) => (feature < 0 ? [] : [[feature, values[at]!] as const]));
  });
}

/** The number that is next in a precision, above or below one that is not 0. */
function next(value: number, up: boolean, type: Numbers): number {
  const bits = type === 'float' ? new Int32Array(1) : new BigInt64Array(1);
  const own = type === 'float' ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
  own[0] = value;
  const step = value > 0 === up ? 1 : -1;
  if (bits instanceof Int32Array) bits[0]! += step;
  else bits[0]! += BigInt(step);
  return own[0]!;
}

for (const [name, scaling] of Object.entries(SCALINGS)) {
  for (const type of ['float', 'double'] as const) {
    t.test(`${name}, in ${type} precision`, async (t) => {
      const ensemble = await trained(scaling);
      const splits = splitsOf(ensemble);
      t.ok(splits.length > 40);
      const rows: number[][] = [];
      const wrong: string[] = [];
      for (const [at, [feature, threshold]] of splits.entries()) {
        const scale = ensemble.encoding.features;
        const last = thresholdInUnits(scale, feature, threshold, type);
        const around = [next(last, false, type), last, next(last, true, type)];
        const sides = around.map((value) => {
          const row = Float64Array.from({ length: FEATURES }, () => value);
          return encodeRows(row, FEATURES, scale, { start: 0, end: 1 })[feature]! <= threshold;
        });
        if (sides.join() !== 'true,true,false') wrong.push(`${feature} at ${threshold}: ${sides}`);
        const base = [...rowsOf().x.subarray(FEATURES * (at % ROWS), FEATURES * (at % ROWS) + FEATURES)];
        for (const value of around) rows.push(base.map((own, f) => (f === feature ? value : own)));
      }
      t.same(wrong, [], 'sides change one step beyond each threshold');
      await agrees(t, ensemble, rows, type);
    });
  }
}

/** Leaves differ by hundredths of a standard deviation and more: a row that goes elsewhere shows. */
const NEAR = 2e-6;

async function agrees(t: Test, ensemble: TrainedEnsemble, given: number[][], type: Numbers): Promise<void> {
  const rows = type === 'float' ? given.map((row) => row.map(Math.fround)) : given;
  const bytes = await writeExport(ensemble, {
    format: 'onnx',
    numbers: WIDTHS[type],
  });
  const { mean } = await predictEnsemble(ensemble, Float64Array.from(rows.flat()));
  const std = ensemble.encoding.targets.std[0]!;
  const furthest = (said: ArrayLike<unknown>) =>
    Array.from(mean).reduce((most, value, at) => Math.max(most, Math.abs(value - Number(said[at])) / std), 0);
  const x = tensorOf([rows.length, FEATURES], rows.flat(), type === 'float');
  const said = runModel(readModel(bytes), { features: x }).get('mean')!;
  t.ok(furthest(said.cells) < NEAR, `the graph says the same: ${furthest(said.cells)}`);
  if (runtime === null) return;
  const session = await runtime.InferenceSession.create(bytes);
  const data = type === 'float' ? Float32Array.from(rows.flat()) : Float64Array.from(rows.flat());
  const features = new runtime.Tensor(WIDTHS[type], data, x.dims);
  const answer = await session.run({ features });
  t.ok(furthest(answer.mean!.data) < NEAR, `in ONNX Runtime too: ${furthest(answer.mean!.data)}`);
}

t.test('thresholds beyond all numbers, and between them', async (t) => {
  const scale = { mean: [10], std: [4], softClip: null };
  t.equal(thresholdInUnits(scale, 0, 3.3e38, 'float'), Number.POSITIVE_INFINITY);
  t.equal(thresholdInUnits(scale, 0, -3.3e38, 'float'), Number.NEGATIVE_INFINITY);
  t.equal(thresholdInUnits(null, 0, 0.5, 'float'), 0.5, 'of numbers that are not encoded it is their own');
  t.equal(thresholdInUnits(scale, 0, 0.5, 'float'), next(12, true, 'float') - 0.5 ** 20);
});
