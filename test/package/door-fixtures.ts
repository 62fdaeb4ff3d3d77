// What the doors of tutti are called with in tests.

import * as tutti from '../../src/index.js';
import { clusters } from '../support/datasets.js';

export const DIGITS = 'data/digits.csv';
export const dataset = clusters(40, 3, 2);
export const PLAN = { members: 2, hidden: [3], epochs: 1, seed: 1 };
export const ensemble = await tutti.trainEnsemble(dataset, {
  ...PLAN,
  hiddenKeep: 0.5,
  resample: 'bootstrap',
});
export const conformal = await tutti.conformaliseEnsemble(ensemble, dataset);
export const bytes = await tutti.ensembleToBytes(ensemble);
export const image = { channels: 1, height: 2, width: 2 };
export const square = new Float32Array(4);
export const members = [{ rows: 1, outputs: 2, mean: new Float32Array([0.5, 0.5]), logProbabilities: null }];
export const task = { kind: 'classification', classes: ['a', 'b'] } as const;
export const dictionary = { values: [1, 0, 0, 1], rows: 2, atoms: 2 };

/** A function that takes options. */
export interface Door {
  /** Calls it with these options and right arguments else. */
  readonly call: (options: never) => unknown;
  /** Options that must be given for it to work at all. */
  readonly needs?: object;
  /** Options with wrong values, each alone. */
  readonly wrong: readonly object[];
}

export const NaN_ = Number.NaN;
export const SETTINGS = [
  { signal: new AbortController() },
  { signal: 'abort' },
  { runner: { threads: 2 } },
  { runner: null },
  { preprocessing: 'x' },
];
