// One row at a time, for the measure `latency`: a server as one would write it, with tutti's predictor or ONNX Runtime's
// sessions behind the same handler, and the same predictions in a row without a server. Started as
// `node row-server.js <engine> <folder of packages> <threads>`, the engine `tutti`, `tutti-strict` or `onnxruntime-node`.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onnxPredictor, type RowPredictor, timesOf, tuttiPredictor } from './row-predictors.js';
import { type Message, serve } from './serve.js';
import type { Workload } from './workloads.js';

const [engine, packages, threads] = process.argv.slice(2) as [string, string, string];

let predictor: RowPredictor | null = null;
let microseconds: number[] = [];
let processor = process.cpuUsage();

const server = createServer(async (request, response) => {
  const row = Float32Array.from(JSON.parse(await text(request)) as number[]);
  const begun = performance.now();
  const answer = await predictor!.predict(row);
  microseconds.push((performance.now() - begun) * 1000);
  response.end(JSON.stringify(Array.from(answer)));
});

async function answer(message: Message): Promise<object> {
  switch (message.do) {
    case 'listen': {
      const { variant } = await predictorFor(message);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { port: (server.address() as AddressInfo).port, variant };
    }
    case 'handled':
      return handled();
    case 'inARow': {
      const { predict, variant } = await predictorFor(message);
      const row = Float32Array.from({ length: message.workload.sizes[0]! }, (_, at) => Math.sin(at));
      handled();
      microseconds = await timesOf(() => predict(row), message.times);
      return { ...handled(), variant };
    }
    default:
      throw new Error(`${message.do} is asked of other contenders`);
  }
}

/** What was taken since the last asking, which begins anew. */
function handled(): { microseconds: readonly number[]; processorMs: number } {
  const { user, system } = process.cpuUsage(processor);
  const taken = { microseconds, processorMs: (user + system) / 1000 };
  [microseconds, processor] = [[], process.cpuUsage()];
  return taken;
}

async function predictorFor(message: { workload: Workload; models: string }): Promise<RowPredictor> {
  const { workload, models } = message;
  predictor ??=
    engine === 'onnxruntime-node'
      ? await onnxPredictor(workload, models, packages, Number(threads))
      : await tuttiPredictor(workload, engine === 'tutti-strict' ? 'strict' : 'auto');
  return predictor;
}

await serve(performance.now(), {}, answer);
server.closeAllConnections();
server.close();
// Sessions of ONNX Runtime keep threads.
process.exit();
