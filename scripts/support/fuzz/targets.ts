// All that is fuzzed, with what it is made of: an ensemble and a checkpoint, trained here.

import { join } from 'node:path';
import { loadTraining } from '../../../src/data/load.js';
import { tableFromRecords } from '../../../src/data/table/record-table.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { bundleTarget } from './bundle-target.js';
import { checkpointTarget } from './checkpoint-target.js';
import { configTarget } from './config-target.js';
import { data } from './data-target.js';
import { plain } from './plain-target.js';
import type { FuzzTarget } from './target.js';

const ROWS = Array.from({ length: 24 }, (_, i) => ({
  a: ((i * 37) % 24) / 7,
  b: ['x', 'y', 'ÿ, "z"'][i % 3]!,
  y: i % 2 === 0 ? 'no' : 'yes',
  z: ((i * 11) % 24) / 3,
}));

const table = tableFromRecords(ROWS);
const classes = loadTraining(table, { target: 'y', drop: ['z'], testShare: 0.2, seed: 1 }).train;
const values = loadTraining(table, { target: 'z', drop: ['y'] }).train;

/** Small ensembles that use most of what a bundle can say. */
export async function smallEnsembles(): Promise<TrainedEnsemble[]> {
  const networks = [
    { hidden: [2] },
    { hidden: [3, 2], optimizer: 'sgd', hiddenKeep: 0.5 },
    { engine: 'neighbours' },
  ] as const;
  const options = { epochs: 2, seed: 7, batchSize: 8, arithmetic: 'strict' } as const;
  return [
    await trainEnsemble(classes, { ...options, members: [...networks] }),
    await trainEnsemble(values, {
      ...options,
      members: 2,
      hidden: [2],
      loss: 'gaussianNll',
      earlyStopping: 'outOfBag',
    }),
  ];
}

/** @param folder of the fuzzer's own, for files. */
export async function allTargets(folder: string): Promise<FuzzTarget[]> {
  return [
    data,
    configTarget(folder),
    bundleTarget(await smallEnsembles()),
    plain,
    await checkpointTarget(join(folder, 'checkpoints'), classes),
  ];
}
