// Trainings against those of PyTorch from the same weights on the same rows: layers, embeddings, optimizers, averages, mixed rows and
// submodels that share weights. torch-trainings.py made the figures, in double precision.

import { readFileSync } from 'node:fs';
import t from 'tap';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { relativeDistance } from '../../support/relative-distance.js';
import { drawnMember, TORCH_CASES } from './torch-cases.js';

interface Figures {
  /** Mean of each epoch. */
  readonly losses: readonly number[];
  /** Parameters of each member after the last step. */
  readonly members: readonly (readonly number[])[];
}

const FIGURES: Readonly<Record<string, Figures>> = JSON.parse(
  readFileSync('test/engines/wasm/torch-trainings.json', 'utf8'),
).trainings;

t.same(Object.keys(FIGURES), Object.keys(TORCH_CASES), 'figures of every case');

for (const [name, one] of Object.entries(TORCH_CASES)) {
  t.test(`${name}: members are those of PyTorch`, async (t) => {
    const expected = FIGURES[name]!;
    for (const arithmetic of ['strict', 'fused'] as const) {
      const { members, plan } = await trainEnsemble(one.dataset, { ...one.options, arithmetic });
      t.equal(members.length, expected.members.length);
      for (const [j, { parameters, history }] of members.entries()) {
        const figures = expected.members[j]!;
        t.equal(parameters.length, figures.length);
        // Of the way that training went. Most are 1e-6 off; torch adds 1e-6 to the length of a gradient that it clips, and Muon's
        // authors, as tutti, 1e-7 to that of a direction, of which torch takes the larger.
        const off = relativeDistance(parameters, figures, drawnMember(one, plan, j));
        t.ok(off < 1e-5, `${arithmetic}: member ${j} is off by ${off}`);
        const losses = history.map(({ loss }) => loss);
        t.ok(relativeDistance(losses, expected.losses) < 2e-6, `${arithmetic}: losses ${losses}`);
      }
    }
  });
}
