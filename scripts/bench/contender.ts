// tutti as a contender: the other side of protocol.ts, through the public API as a user calls it.
// Started as `node contender.js <arithmetic> <threads>`; the pool stays up between rounds.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Dataset, Ensemble, TrainingOptions } from '../../src/index.js';
import type { Exchanges } from './protocol.js';
import type { Workload } from './workloads.js';

const started = performance.now();
// Loaded after the clock was read: start-up is what a user waits for.
const tutti = await import('../../src/index.js');

const arithmetic = process.argv[2] as 'auto' | 'strict';
const pool = tutti.createPool({ threads: Number(process.argv[3]) });

type Messages = { [Kind in keyof Exchanges]: { do: Kind } & Exchanges[Kind]['message'] }[keyof Exchanges];

let workload: Workload;
let dataset: Dataset;
let ensemble: Ensemble;

async function answer(message: Messages): Promise<object> {
  switch (message.do) {
    case 'prepare':
      workload = message.workload;
      dataset = readDataset(workload, message.folder);
      // Threads start, kernels compile and V8 optimises them here.
      await train(0);
      return { variant: ensemble.plan.arithmetic };
    case 'train': {
      const { seed, minSeconds, evaluate } = message;
      const result = await repeat((count) => train(seed * 1000 + count), minSeconds);
      return evaluate ? { ...result, finalLoss: await finalLoss() } : result;
    }
    case 'predict':
      await tutti.predictEnsemble(ensemble, dataset.x);
      return repeat(() => tutti.predictEnsemble(ensemble, dataset.x), message.minSeconds);
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
    batchSize: batch,
    seed,
    arithmetic,
    ...workload.options,
  };
  ensemble = await tutti.trainEnsemble(dataset, options, { runner: pool });
}

async function repeat(
  job: (count: number) => Promise<unknown>,
  minSeconds: number,
): Promise<{ seconds: number; repeats: number }> {
  const begun = performance.now();
  for (let repeats = 1; ; repeats++) {
    await job(repeats - 1);
    const seconds = (performance.now() - begun) / 1000;
    if (seconds >= minSeconds) return { seconds: seconds / repeats, repeats };
  }
}

/** Mean loss of the members over all original rows, as workload.py computes it for the peers. */
async function finalLoss(): Promise<number> {
  let sum = 0;
  for (const member of ensemble.members) {
    const { mean, outputs } = await tutti.predictEnsemble({ ...ensemble, members: [member] }, dataset.x);
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

function readDataset({ rows, sizes, task }: Workload, folder: string): Dataset {
  // Copied, because a small file may come as part of a larger, shared buffer.
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
  const arrays = { x: new Float32Array(bytes('x.f32')), rows, features: sizes[0]! };
  if (task === 'regression')
    return tutti.Dataset.fromArrays({ ...arrays, targets: new Float32Array(bytes('y.f32')) });
  const classes = Array.from({ length: sizes.at(-1)! }, (_, index) => String(index));
  return tutti.Dataset.fromArrays({ ...arrays, labels: new Int32Array(bytes('y.i32')), classes });
}

/** VmHWM where there is /proc: maxRSS keeps what the process weighed before exec. */
function peakBytes(): number {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}

const reply = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const versions = { node: process.versions.node, v8: process.versions.v8 };
reply({ seconds: (performance.now() - started) / 1000, versions });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    reply(await answer(JSON.parse(line) as Messages));
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
}
await pool.close();
