// A process that does one thing over and over and says what that cost it, for the measure `resident`:
// `node in-a-row-process.js <series> <threads>`. One JSON line is its answer.

import { createPredictor, predictEnsemble } from '../../src/ensemble/predict/predict.js';
import type { Dataset, TrainedEnsemble } from '../../src/index.js';
import * as tutti from '../../src/index.js';
import { MARKS, type ResidentAnswer, SERIES, type Series } from './in-a-row.js';

const SMALL = { members: 4, hidden: [16], epochs: 5 } as const;

const [series, threads] = process.argv.slice(2) as [Series, string];
process.stdout.write(`${JSON.stringify(await residentOf(series, Number(threads)))}\n`);

async function residentOf(series: Series, threads: number): Promise<ResidentAnswer> {
  const times = SERIES[series];
  const { run, end } = await jobOf(series, threads);
  const residentBytes: number[] = [];
  for (let time = 1; time <= times; time++) {
    await run(time);
    if (MARKS.some((share) => share * times === time)) residentBytes.push(process.memoryUsage.rss());
  }
  await end();
  return { residentBytes };
}

interface Job {
  run(time: number): Promise<unknown>;
  end(): unknown;
}

async function jobOf(series: Series, threads: number): Promise<Job> {
  const dataset = rowsOf(300, 8, 2);
  const train = (seed: number, settings = {}) => tutti.trainEnsemble(dataset, { ...SMALL, seed }, settings);
  switch (series) {
    case 'trainings inline':
      return { run: train, end() {} };
    case 'trainings in a pool': {
      const runner = tutti.createPool({ threads });
      return { run: (seed) => train(seed, { runner }), end: () => runner.close() };
    }
    case 'one-row predictions':
      return predictionOf(await train(1), dataset, 'predictEnsemble');
    case 'one-row predictions of a predictor':
      return predictionOf(await train(1), dataset, 'createPredictor');
    default:
      return series satisfies never;
  }
}

async function predictionOf(
  ensemble: TrainedEnsemble,
  { x, features }: Dataset,
  way: 'predictEnsemble' | 'createPredictor',
): Promise<Job> {
  const row = x.slice(0, features);
  if (way === 'predictEnsemble') return { run: () => predictEnsemble(ensemble, row), end() {} };
  const predictor = await createPredictor(ensemble);
  return { run: () => predictor.predict(row), end: () => predictor.dispose() };
}

/** Rows without meaning: neither time nor memory depends on what they say. */
function rowsOf(rows: number, features: number, classes: number): Dataset {
  const x = Float32Array.from({ length: rows * features }, (_, at) => Math.sin(at * at));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  return tutti.Dataset.fromArrays({ x, rows, features, labels });
}
