// What predicts a row in row-server.ts: tutti as its guide says for servers, and ONNX Runtime for Node in whichever way
// is fastest for one row.

import { join } from 'node:path';
import { GRAPHS } from './onnx/models.js';
import { importFrom } from './packages.js';
import { median } from './statistics.js';
import type { Workload } from './workloads.js';

export interface RowPredictor {
  readonly versions: Readonly<Record<string, string>>;
  /** How it predicts, where there are several ways. */
  readonly variant: string;
  predict(row: Float32Array<ArrayBuffer>): Promise<ArrayLike<number>>;
}

/** Members of the workload's shape, hardly trained: time does not depend on what they say. */
export async function tuttiPredictor(
  workload: Workload,
  arithmetic: 'auto' | 'strict',
): Promise<RowPredictor> {
  const tutti = await import('../../src/index.js');
  const { sizes, members, task } = workload;
  const [features, outputs, rows] = [sizes[0]!, sizes.at(-1)!, 160];
  const x = Float32Array.from({ length: rows * features }, (_, at) => Math.sin(at * at));
  const arrays = { x, rows, features, standardise: false };
  const dataset =
    task === 'regression'
      ? tutti.Dataset.fromArrays({ ...arrays, targets: x.slice(0, rows * outputs) })
      : tutti.Dataset.fromArrays({
          ...arrays,
          labels: Int32Array.from({ length: rows }, (_, row) => row % outputs),
        });
  const hidden = sizes.slice(1, -1);
  const options = { preset: 'lecture', members, hidden, epochs: 1, seed: 1, arithmetic } as const;
  const ensemble = await tutti.trainEnsemble(dataset, options);
  const predictor = await ensemble.predictor();
  return {
    versions: {},
    variant: [ensemble.plan.arithmetic, ...ensemble.executors].join(', '),
    predict: async (row) => (await predictor.predict(row)).mean,
  };
}

/** What is used of onnxruntime-node, whose types are there only when it is installed. */
interface OnnxRuntime {
  readonly env: { readonly versions: Readonly<Record<string, string>> };
  readonly InferenceSession: {
    create(path: string, options: object): Promise<{ run(feeds: object): Promise<{ y: OnnxTensor }> }>;
  };
  readonly Tensor: new (type: 'float32', values: Float32Array, dims: readonly number[]) => OnnxTensor;
}
interface OnnxTensor {
  readonly data: Float32Array;
}
type Predict = RowPredictor['predict'];

const [WARM_UP, TIMED] = [200, 300];

/** Tries one merged graph in each way of writing it, on one thread and on all, and a session for each member. */
export async function onnxPredictor(
  workload: Workload,
  models: string,
  packages: string,
  threads: number,
): Promise<RowPredictor> {
  const { default: ort } = (await importFrom(packages, 'onnxruntime-node')) as { default: OnnxRuntime };
  const session = async (name: string, intraOpNumThreads: number): Promise<Predict> => {
    const options = { intraOpNumThreads, interOpNumThreads: 1 };
    const made = await ort.InferenceSession.create(join(models, `${name}.onnx`), options);
    return async (row) => (await made.run({ x: new ort.Tensor('float32', row, [1, row.length]) })).y.data;
  };
  const ways = new Map<string, Predict>();
  for (const graph of GRAPHS) {
    for (const count of new Set([1, threads]))
      ways.set(`${graph}, threads ${count}`, await session(graph, count));
  }
  const members = await Promise.all(
    Array.from({ length: workload.members }, (_, k) => session(String(k), 1)),
  );
  ways.set('a session each', async (row) =>
    meanOf(await Promise.all(members.map((predict) => predict(row)))),
  );
  const variant = await fastestOf(ways, workload.sizes[0]!);
  return {
    versions: { 'onnxruntime-node': ort.env.versions.node ?? '' },
    variant,
    predict: ways.get(variant)!,
  };
}

function meanOf(answers: readonly ArrayLike<number>[]): Float32Array {
  const mean = new Float32Array(answers[0]!.length);
  for (const answer of answers) {
    for (let j = 0; j < mean.length; j++) mean[j]! += answer[j]! / answers.length;
  }
  return mean;
}

/** By the median time of one row, each way after its own warming up. */
async function fastestOf(ways: ReadonlyMap<string, Predict>, features: number): Promise<string> {
  const row = Float32Array.from({ length: features }, (_, at) => Math.sin(at));
  let [best, least] = ['', Number.POSITIVE_INFINITY];
  for (const [name, predict] of ways) {
    for (let time = 0; time < WARM_UP; time++) await predict(row);
    const taken = median(await timesOf(() => predict(row), TIMED));
    if (taken < least) [best, least] = [name, taken];
  }
  return best;
}

/** Microseconds of each of many runs, one after the other. */
export async function timesOf(job: () => Promise<unknown>, times: number): Promise<number[]> {
  const microseconds: number[] = [];
  for (let time = 0; time < times; time++) {
    const begun = performance.now();
    await job();
    microseconds.push((performance.now() - begun) * 1000);
  }
  return microseconds;
}
