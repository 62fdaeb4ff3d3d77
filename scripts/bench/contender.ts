// tutti as a contender: the other side of protocol.ts, through the public API as a user calls it.
// Started as `node contender.js <arithmetic> <threads>`; the pool stays up between rounds.

import { readFileSync } from 'node:fs';
import type { Dataset, Predictor, TrainingOptions } from '../../src/index.js';
import { type Message, readRows, repeat, serve } from './serve.js';
import type { Workload } from './workloads.js';

const started = performance.now();
// Loaded after the clock was read: start-up is what a user waits for.
const tutti = await import('../../src/index.js');
const { predictEnsemble } = await import('../../src/ensemble/predict/predict.js');

const arithmetic = process.argv[2] as 'auto' | 'strict';
const pool = tutti.createPool({ threads: Number(process.argv[3]) });

let workload: Workload;
let dataset: Dataset;
let ensemble: Awaited<ReturnType<typeof tutti.trainEnsemble>>;
let many: { readonly x: Float32Array<ArrayBuffer>; readonly predictor: Predictor } | null = null;

async function answer(message: Message): Promise<object> {
  switch (message.do) {
    case 'prepare':
      workload = message.workload;
      dataset = readDataset(workload, message.folder);
      // Threads start, kernels compile and V8 optimises them here.
      await train(0);
      return { variant: [ensemble.plan.arithmetic, ...ensemble.executors].join(', ') };
    case 'train': {
      const { seed, minSeconds, evaluate } = message;
      const result = await repeat((count) => train(seed * 1000 + count), minSeconds);
      return evaluate ? { ...result, finalLoss: await finalLoss() } : result;
    }
    case 'predict': {
      const { x, predictor } = await manyRows(message.copies);
      await predictor.predict(x);
      return repeat(() => predictor.predict(x), message.minSeconds);
    }
    case 'memory':
      return { peakBytes: peakBytes() };
    default:
      throw new Error(`${message.do} is asked of other contenders`);
  }
}

async function train(seed: number): Promise<void> {
  const { sizes, convolutions, members, epochs, batch } = workload;
  const side = Math.sqrt(sizes[0]!);
  const options: TrainingOptions = {
    members,
    hidden: sizes.slice(1, -1),
    ...(convolutions === undefined
      ? {}
      : {
          image: [side, side],
          layers: convolutions.flatMap((filters) => [`conv ${filters}@3x3`, 'maxpool 2']),
        }),
    epochs,
    // What the peers do: bootstraps, ReLU, every epoch at Adam's usual rate.
    preset: 'lecture',
    batchSize: batch,
    seed,
    arithmetic,
    ...workload.options,
  };
  ensemble = await tutti.trainEnsemble(dataset, options, { runner: pool });
}

/** All rows, many times over, and the ensemble loaded; kept, because rounds ask for the same. */
async function manyRows(copies: number): Promise<NonNullable<typeof many>> {
  if (many !== null) return many;
  const x = new Float32Array(copies * dataset.x.length);
  for (let copy = 0; copy < copies; copy++) x.set(dataset.x, copy * dataset.x.length);
  many = { x, predictor: await ensemble.predictor({ runner: pool }) };
  return many;
}

/** Mean loss of the members over all original rows, as workload.py computes it for the peers. */
async function finalLoss(): Promise<number> {
  let sum = 0;
  for (const member of ensemble.members) {
    const { mean, outputs } = await predictEnsemble({ ...ensemble, members: [member] }, dataset.x);
    for (let row = 0; row < dataset.rows; row++) {
      if (workload.task === 'classification') {
        sum -= Math.log(Math.max(mean[row * outputs + dataset.labels[row]!]!, 1e-30));
      } else {
        // The targets were written standardised, so their units are the network's.
        for (let j = row * outputs; j < (row + 1) * outputs; j++) {
          sum += (mean[j]! - dataset.targets[j]!) ** 2 / outputs;
        }
      }
    }
  }
  return sum / dataset.rows / ensemble.members.length;
}

function readDataset(workload: Workload, folder: string): Dataset {
  const { rows, sizes } = workload;
  const read = readRows(workload, folder);
  const arrays = { x: read.x, rows, features: sizes[0]!, standardise: false };
  if ('targets' in read) return tutti.Dataset.fromArrays({ ...arrays, targets: read.targets });
  const classes = Array.from({ length: sizes.at(-1)! }, (_, index) => String(index));
  return tutti.Dataset.fromArrays({ ...arrays, labels: read.labels, classes });
}

/** VmHWM where there is /proc: maxRSS keeps what the process weighed before exec. */
function peakBytes(): number {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}

await serve(started, { node: process.versions.node, v8: process.versions.v8 }, answer);
await pool.close();
