// jax-js as a contender: JAX's ways of writing, on WebAssembly. It has threads of its own only where there are Web
// Workers, so each of as many threads of Node trains a share of the members. Started as
// `node jax-js-contender.js <folder of packages> <threads>`.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ThreadData } from './jax-js-thread.js';
import { versionOf } from './packages.js';
import { type Message, repeat, serve } from './serve.js';
import type { Workload } from './workloads.js';

const [packages, threads] = process.argv.slice(2) as [string, string];

let workload: Workload;
let workers: Worker[] = [];

async function answer(message: Message): Promise<object> {
  switch (message.do) {
    case 'prepare':
      workload = message.workload;
      workers = sharesOf(workload.members, Number(threads)).map((members) => {
        const workerData: ThreadData = { packages, workload, folder: message.folder, members };
        return new Worker(new URL('jax-js-thread.js', import.meta.url), { workerData });
      });
      await all('train');
      return { variant: workload.convolutions === undefined ? 'jit(vmap)' : 'jit' };
    case 'train': {
      const result = await repeat(() => all('train'), message.minSeconds);
      if (!message.evaluate) return result;
      return { ...result, finalLoss: (await all('evaluate')) / workload.members };
    }
    default:
      throw new Error(`${message.do} is asked of other contenders`);
  }
}

/** Members of each thread, as even as can be. */
function sharesOf(members: number, count: number): number[] {
  return Array.from({ length: Math.min(members, count) }, (_, at) => Math.floor((members + at) / count));
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
