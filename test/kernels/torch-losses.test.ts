// The twins of the losses, which the kernels are held against, against PyTorch's figures (torch-losses.py).
import t from 'tap';
import type { LossResult } from './reference.js';
import * as reference from './reference.js';
import { FIGURES, WEIGHTS } from './torch-losses.js';

type Twin = (z: readonly number[], targets: readonly number[]) => LossResult;

const TWINS: Readonly<Record<keyof typeof FIGURES, Twin>> = {
  huber: (z, targets) => reference.huber(z, 2, targets, WEIGHTS, 0.75),
  focalCrossEntropy: (z, labels) => reference.focalCrossEntropy(z, 3, labels, WEIGHTS, 2),
  poissonNll: (z, counts) => reference.poissonNll(z, 2, counts, WEIGHTS, [1, 1, 0, 0]),
  pinball: (z, targets) => reference.pinball(z, 2, targets, WEIGHTS, [0.05, 0.5, 0.9]),
  binaryCrossEntropies: (z, targets) => reference.binaryCrossEntropies(z, 2, targets, WEIGHTS),
};

for (const [name, twin] of Object.entries(TWINS)) {
  t.test(`${name} is what PyTorch makes of the same raw outputs`, async (t) => {
    const { z, targets, loss, dz } = FIGURES[name as keyof typeof FIGURES];
    const own = twin(z, targets);
    t.ok(Math.abs(own.loss - loss) <= 1e-12 * Math.abs(loss), `${own.loss} for ${loss}`);
    for (const [at, expected] of dz.entries()) t.ok(Math.abs(own.dz[at]! - expected) <= 1e-12, `dz ${at}`);
  });
}
