// Losses of the tfjs engine, which are plain numbers and need no TensorFlow.js, against the twins of the kernels.

import t from 'tap';
import { batchLoss } from '../../../src/engines/tfjs/head.js';
import type { LossSpec } from '../../../src/model/losses.js';
import { excess, integers, numbers } from '../../kernels/harness.js';
import type { LossResult } from '../../kernels/reference.js';
import * as reference from '../../kernels/reference.js';

const rows = 7;
const weights = numbers(rows, 3).map((value) => Math.abs(value) + 0.1);
const classes = Float32Array.from(integers(rows, 3, 4));
const values = numbers(rows * 2, 5);

interface Case {
  readonly spec: LossSpec;
  readonly width: number;
  readonly labels?: Float32Array;
  readonly targets?: Float32Array;
  twin(z: Float32Array): LossResult;
}

const CASES: readonly Case[] = [
  {
    ...{ spec: { loss: 'focal', focalGamma: 1.5 }, width: 3, labels: classes },
    twin: (z) => reference.focalCrossEntropy(z, 3, classes, weights, 1.5),
  },
  {
    ...{ spec: { loss: 'huber', huberDelta: 0.4 }, width: 2, targets: values },
    twin: (z) => reference.huber(z, 2, values, weights, 0.4),
  },
];

for (const { spec, width, labels, targets, twin } of CASES) {
  t.test(`${spec.loss}: the loss and its gradient are those of the kernels`, async (t) => {
    const z = numbers(rows * width, 6).map((value) => 4 * value);
    const expected = twin(z);
    const dz = new Float32Array(z.length);
    const truth = {
      ...{ weights, labelSmoothing: 0, targets: targets ?? new Float32Array(0) },
      labels: Int32Array.from(labels ?? []),
    };
    const loss = batchLoss(spec, z, truth, dz);
    t.ok(excess([loss], [expected.loss / rows], 1e-9) <= 1, `${loss} for ${expected.loss / rows}`);
    t.ok(
      excess(
        dz,
        expected.dz.map((value) => value / rows),
        1e-7,
      ) <= 1,
    );
    t.equal(batchLoss(spec, z, truth, null), loss);
  });
}
