// The other side of protocol.ts for contenders that run on Node: reads the workload's rows, repeats jobs for the
// asked time and answers line by line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Exchanges, Timed } from './protocol.js';
import type { Workload } from './workloads.js';

/** Any message of the protocol. */
export type Message = {
  [Kind in keyof Exchanges]: { do: Kind } & Exchanges[Kind]['message'];
}[keyof Exchanges];

/** Greets, then answers every message until the input ends. `started`: when the process began to load its library. */
export async function serve(
  started: number,
  versions: Readonly<Record<string, string>>,
  answer: (message: Message) => object | Promise<object>,
): Promise<void> {
  const reply = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  reply({ seconds: (performance.now() - started) / 1000, versions });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      reply(await answer(JSON.parse(line) as Message));
    } catch (error) {
      reply({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Repeats a job until `minSeconds` have passed. */
export async function repeat(job: (count: number) => Promise<unknown>, minSeconds: number): Promise<Timed> {
  const processor = process.cpuUsage();
  const begun = performance.now();
  for (let repeats = 1; ; repeats++) {
    await job(repeats - 1);
    const seconds = (performance.now() - begun) / 1000;
    if (seconds < minSeconds) continue;
    const { user, system } = process.cpuUsage(processor);
    return { seconds: seconds / repeats, repeats, processorSeconds: (user + system) / 1e6 / repeats };
  }
}

/** Of a part that stands for the whole, `factor` times as long. */
export function scaled({ seconds, processorSeconds, repeats }: Timed, factor: number): Timed {
  return { seconds: seconds * factor, processorSeconds: processorSeconds * factor, repeats };
}

/** A workload's rows: x f32[rows, inputs], and labels i32[rows] or targets f32[rows, outputs]. */
export type WorkloadRows = { readonly x: Float32Array<ArrayBuffer> } & (
  | { readonly labels: Int32Array<ArrayBuffer> }
  | { readonly targets: Float32Array<ArrayBuffer> }
);

export function readRows({ task }: Workload, folder: string): WorkloadRows {
  // Copied, because a small file may come as part of a larger, shared buffer.
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
  const x = new Float32Array(bytes('x.f32'));
  return task === 'regression'
    ? { x, targets: new Float32Array(bytes('y.f32')) }
    : { x, labels: new Int32Array(bytes('y.i32')) };
}
