// What the simulation counts with: processor time of each step, as `measure.ts` measured it on a real queue and store.

import { readFileSync } from 'node:fs';

/** Processor time of a queue's server, milliseconds. */
export interface QueueFigures {
  /** Of a task: when it is added, taken by a host, finished. */
  readonly addMs: number;
  readonly takeMs: number;
  readonly finishMs: number;
  /** Each time that a host says how far it is, or keeps its lock. */
  readonly reportMs: number;
  readonly renewMs: number;
  /** For each host and second, whatever it does. */
  readonly idleMsPerHostSecond: number;
  /** Of these the server can use at once: Redis runs commands on one. */
  readonly processors: number;
}

/** Processor time in milliseconds, of the coordinator's process unless said. */
export interface Figures {
  readonly queues: Readonly<Record<'redis' | 'postgres', QueueFigures>>;
  /** A task is described, signed, added. */
  readonly sendMs: number;
  /** It hears how far a member is. */
  readonly hearMs: number;
  /** A result is checked and kept, and for each MB of it. */
  readonly receiveMs: number;
  readonly receiveMsPerMb: number;
  /** Serving a blob over HTTP, or taking one in, and for each MB of it. */
  readonly blobMs: number;
  readonly blobMsPerMb: number;
  /** A worker's main thread, for each task. */
  readonly workerMs: number;
}

export function readFigures(file: string | URL): Figures {
  return (JSON.parse(readFileSync(file, 'utf8')) as { figures: Figures }).figures;
}

/** Those that are kept, with how they were measured. */
export const FIGURES_FILE = new URL('../../../scripts/cluster-simulation/figures.json', import.meta.url);
