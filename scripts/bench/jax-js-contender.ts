// jax-js as a contender: JAX's ways of writing, on WebAssembly. It has threads of its own only where there are Web
// Workers, so each of as many threads of Node trains a share of the members: all at once in `jit(vmap)` where the networks
// are small; larger ones are slower so, hence one in `jit`, which is timed and stands for the others of its thread, because
// a job of all would take minutes. Started as `node jax-js-contender.js <folder of packages> <threads>`.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ThreadData } from './jax-js-thread.js';
import { versionOf } from './packages.js';
import { type Message, repeat, scaled, serve } from './serve.js';
import { parameterCount } from './workloads.js';

const packages = process.argv[2]!;
const threads = Number(process.argv[3]);
/** Parameters of a member below which members gain from one call. */
const SMALL = 20_000;

/** Members of a thread, and those that it trains in one call. */
let [share, together] = [1, 1];
let workers: Worker[] = [];

async function answer(message: Message): Promise<object> {
  switch (message.do) {
    case 'prepare': {
      const { workload, folder } = message;
      share = Math.ceil(workload.members / threads);
      together = parameterCount(workload) < SMALL && workload.convolutions === undefined ? share : 1;
      const workerData: ThreadData = { packages, workload, folder, members: together };
      const script = new URL('jax-js-thread.js', import.meta.url);
      workers = Array.from({ length: threads }, () => new Worker(script, { workerData }));
      await all('train');
      return { variant: together > 1 ? 'jit(vmap)' : 'jit' };
    }
    case 'train': {
      const some = await repeat(() => all('train'), message.minSeconds);
      const result = scaled(some, share / together);
      if (!message.evaluate) return result;
      return { ...result, finalLoss: (await all('evaluate')) / threads / together };
    }
    default:
      throw new Error(`${message.do} is asked of other contenders`);
  }
}

/** Asks every thread, and adds what they answer. */
async function all(what: 'train' | 'evaluate'): Promise<number> {
  const answers = await Promise.all(
    workers.map(async (worker) => {
      worker.postMessage(what);
      const [{ loss, error }] = (await once(worker, 'message')) as [{ loss: number; error?: string }];
      if (error !== undefined) throw new Error(error);
      return loss;
    }),
  );
  return answers.reduce((sum, loss) => sum + loss, 0);
}

await serve(performance.now(), { 'jax-js': versionOf(packages, '@jax-js/jax') }, answer);
await Promise.all(workers.map((worker) => worker.terminate()));
