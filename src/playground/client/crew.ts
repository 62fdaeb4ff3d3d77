// The workers of the page: one that measures, and as many that train as there are cores. Each strand of a plan is trained
// whole on one of them; who takes which decides no byte.

import type { ArrivalMessage, Beginning, Ending, EpochMessage, Recipe, Reply, Request } from './protocol.js';

/** Who is told what happens. */
export interface Watcher {
  begun(beginning: Beginning): void;
  /** Strands in training, by their keys. */
  taken(strand: number): void;
  epochs(epochs: readonly EpochMessage[]): void;
  measured(arrival: ArrivalMessage): void;
  ended(ending: Ending): void;
  /** The ensemble as a file, which was asked for. */
  saved(bytes: Uint8Array<ArrayBuffer>): void;
  failed(message: string): void;
}

/** More gain nothing: each loads its own kernels. */
const MOST_TRAINERS = 16;

export class Crew {
  readonly #script: string;
  readonly #watcher: Watcher;
  #measuring: Worker | null = null;
  #trainers: Worker[] = [];
  #run = 0;
  #recipe: Recipe | null = null;
  #strands: number[] = [];
  /** Members that are trained, and those of them that are measured. */
  #counts = { trained: 0, measured: 0, planned: 0 };
  #stopped = false;
  /** Whether what there is is being measured for the last time. */
  #ending = false;

  /** @param script of a worker. */
  constructor(script: string, watcher: Watcher) {
    this.#script = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    this.#watcher = watcher;
  }

  /** Trains what a recipe says; nothing more is heard of what was before. */
  start(recipe: Recipe): void {
    this.#run++;
    this.#recipe = recipe;
    this.#strands = [];
    this.#stopped = false;
    this.#ending = false;
    this.#counts = { trained: 0, measured: 0, planned: recipe.members };
    this.#measuring ??= this.#hire(() => {});
    const wanted = Math.min(navigator.hardwareConcurrency || 1, MOST_TRAINERS, recipe.members);
    while (this.#trainers.length < wanted) this.#trainers.push(this.#hire((worker) => this.#next(worker)));
    this.#send(this.#measuring, { kind: 'begin', run: this.#run, recipe });
  }

  /** Gives up members in training; those that are finished are measured. */
  stop(): void {
    this.#stopped = true;
    this.#strands = [];
    for (const worker of this.#trainers) worker.terminate();
    this.#trainers = [];
    if (this.#counts.trained === 0) this.#watcher.failed('Stopped before the first member was finished.');
    else this.#endIfMeasured();
  }

  /** Asks for the ensemble that there is as a file. */
  save(): void {
    if (this.#measuring !== null) this.#send(this.#measuring, { kind: 'save', run: this.#run });
  }

  #hire(free: (worker: Worker) => void): Worker {
    const worker = new Worker(this.#script);
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) =>
      this.#hear(data, () => free(worker)),
    );
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(event.message || 'A worker could not be started.');
    });
    return worker;
  }

  #send(worker: Worker, request: Request): void {
    worker.postMessage(request);
  }

  /** The next strand for a worker that has nothing to do. */
  #next(worker: Worker): void {
    const strand = this.#strands.shift();
    if (strand === undefined) return;
    this.#watcher.taken(strand);
    this.#send(worker, { kind: 'train', run: this.#run, recipe: this.#recipe!, strand });
  }

  #hear(reply: Reply, free: () => void): void {
    if (reply.run !== this.#run) return;
    switch (reply.kind) {
      case 'begun':
        this.#strands = this.#stopped ? [] : [...reply.beginning.strands];
        this.#watcher.begun(reply.beginning);
        for (const worker of this.#trainers) this.#next(worker);
        break;
      case 'epochs':
        this.#watcher.epochs(reply.epochs);
        break;
      case 'trained':
        for (const member of reply.members) {
          this.#counts.trained++;
          this.#send(this.#measuring!, { kind: 'measure', run: this.#run, member });
        }
        free();
        break;
      case 'measured':
        this.#counts.measured++;
        this.#watcher.measured(reply.arrival);
        this.#endIfMeasured();
        break;
      case 'ended':
        this.#watcher.ended(reply.ending);
        break;
      case 'saved':
        this.#watcher.saved(reply.bytes);
        break;
      case 'failed':
        this.#fail(reply.message);
        break;
    }
  }

  #endIfMeasured(): void {
    const { trained, measured, planned } = this.#counts;
    if (this.#ending || measured < (this.#stopped ? trained : planned)) return;
    this.#ending = true;
    this.#send(this.#measuring!, { kind: 'finish', run: this.#run });
  }

  /** Nothing of this training is of use any more. */
  #fail(message: string): void {
    this.#run++;
    for (const worker of this.#trainers) worker.terminate();
    this.#trainers = [];
    this.#measuring?.terminate();
    this.#measuring = null;
    this.#watcher.failed(message);
  }
}
