// All that is fuzzed, with what it is made of: an ensemble and a checkpoint, trained here.

import { join } from 'node:path';
import { measureTraining } from '../../../src/cli/commands/train/train-measure.js';
import { type LoadedData, loadTraining } from '../../../src/data/load.js';
import { tableFromRecords } from '../../../src/data/table/record-table.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { arrays } from './array-target.js';
import { blobTarget } from './blob-target.js';
import { bundleTarget, type Sample } from './bundle-target.js';
import { checkpointTarget } from './checkpoint-target.js';
import { columnarTarget } from './columnar-target.js';
import { configTarget } from './config-target.js';
import { data } from './data-target.js';
import { inputTarget } from './input-target.js';
import { messageTarget } from './message-target.js';
import { plain } from './plain-target.js';
import { planTarget } from './plan-target.js';
import { requestTarget } from './request-target.js';
import type { FuzzTarget } from './target.js';

export const ROWS = Array.from({ length: 24 }, (_, i) => ({
  a: ((i * 37) % 24) / 7,
  b: ['x', 'y', 'ÿ, "z"'][i % 3]!,
  y: i % 2 === 0 ? 'no' : 'yes',
  z: ((i * 11) % 24) / 3,
}));

const table = tableFromRecords(ROWS);
export const classes = loadTraining(table, { target: 'y', drop: ['z'], testShare: 0.2, seed: 1 });
export const values = loadTraining(table, { target: 'z', drop: ['y'] });

/** Small ensembles that use most of what a bundle can say. */
export async function smallSamples(): Promise<Sample[]> {
  const networks = [
    { hidden: [2] },
    { hidden: [3, 2], optimizer: 'sgd', hiddenKeep: 0.5 },
    { engine: 'neighbours' },
    { engine: 'trees', rounds: 2, minLeafRows: 1 },
  ] as const;
  const options = { epochs: 2, seed: 7, batchSize: 8, arithmetic: 'strict' } as const;
  const failing = {
    members: [{ hidden: [2] }, { hidden: [2], learningRate: 1e30, optimizer: 'sgd' }],
  } as const;
  const gaussian = { members: 2, hidden: [2], loss: 'gaussianNll', earlyStopping: 'outOfBag' } as const;
  return [
    await sampleOf(await trainEnsemble(classes.train, { ...options, members: [...networks] }), classes),
    await sampleOf(await trainEnsemble(values.train, { ...options, ...gaussian }), values),
    await sampleOf(await trainEnsemble(values.train, { ...options, ...failing }), values),
  ];
}

/** As the command line saves it: with a baseline, what guarantees are made of and, of classes, a calibration. */
async function sampleOf(trained: TrainedEnsemble, rows: LoadedData): Promise<Sample> {
  const calibrate =
    trained.task.kind === 'classification' ? ({ method: 'vector', threshold: null } as const) : null;
  const how = [rows, 'arithmeticMean', { replicates: 20 }, calibrate] as const;
  const { ensemble, report } = await measureTraining(trained, ...how);
  return { ensemble, table, report };
}

/** @param folder of the fuzzer's own, for files. */
export async function allTargets(folder: string): Promise<FuzzTarget[]> {
  const samples = await smallSamples();
  return [
    data,
    arrays,
    columnarTarget(),
    configTarget(folder),
    bundleTarget(samples),
    plain,
    await checkpointTarget(join(folder, 'checkpoints'), classes.train),
    await planTarget(join(folder, 'plans'), classes.train),
    await blobTarget(),
    await messageTarget(classes.train),
    requestTarget(samples[0]!.ensemble, ROWS),
    inputTarget([classes.train, values.train], samples[0]!.ensemble.plan),
  ];
}
