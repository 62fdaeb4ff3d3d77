// A training on a cluster as events: members are sent through a queue to hosts, which train them and store the results. Every
// processor and link that hosts share is a station (event-list.ts). Nothing is trained; times are those of `Figures`.

import { log } from '../../src/math/functions.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { EventList, Station } from './event-list.js';
import type { Figures, QueueFigures } from './figures.js';
import { type Outcome, type Scenario, STATIONS, type StationName, type StationOutcome } from './scenario.js';

interface Task {
  readonly trainMs: number;
  /** How often it was given to a host: what is left of earlier deliveries counts no more. */
  delivery: number;
  done: boolean;
}

interface Host {
  /** Tasks in its hands: one more than it has threads, so that none waits for the queue. */
  readonly held: Set<Task>;
  /** What waits for one of its threads. */
  readonly ready: (() => void)[];
  freeThreads: number;
  /** What waits for the dataset; null when that is there. */
  beforeDataset: (() => void)[] | null;
  lost: boolean;
}

/** Bytes travel in pieces of so many MB. */
const PIECE_MB = 8;

export function simulate(scenario: Scenario, figures: Figures): Outcome {
  return new Simulation(scenario, figures).run();
}

class Simulation {
  readonly #events = new EventList();
  readonly #scenario: Scenario;
  readonly #figures: Figures;
  readonly #queueFigures: QueueFigures;
  readonly #stations: Readonly<Record<StationName, Station>>;
  readonly #hosts: Host[] = [];
  /** A place for each task that a host would take, in the order in which they became free. */
  #places: Host[] = [];
  #waiting: Task[] = [];
  readonly #random: RandomStream;
  readonly #trainMs: readonly number[];
  readonly #counts = {
    sent: 0,
    finished: 0,
    queueCommands: 0,
    blobs: 0,
    blobMb: 0,
    lostHosts: 0,
    redelivered: 0,
  };

  constructor(scenario: Scenario, figures: Figures) {
    const { seed, members, memberSeconds, hosts, queue } = scenario;
    this.#scenario = scenario;
    this.#figures = figures;
    this.#queueFigures = figures.queues[queue];
    this.#stations = {
      queue: new Station(this.#events, this.#queueFigures.processors),
      coordinator: new Station(this.#events),
      link: new Station(this.#events),
    };
    this.#random = new RandomStream(streamKey(seed, 'order'));
    const spread = () => 0.8 + 0.4 * this.#random.uniform();
    this.#trainMs = Array.from({ length: members }, () => 1000 * memberSeconds * spread());
    for (let at = 0; at < hosts; at++) this.#join();
  }

  run(): Outcome {
    const { inFlight, members, lostPerHour } = this.#scenario;
    for (let lane = 0; lane < Math.min(inFlight, members); lane++) this.#sendNext();
    if (lostPerHour > 0) this.#loseOneLater();
    this.#events.run(() => this.#counts.finished === members);
    const seconds = this.#events.now / 1000;
    const idealSeconds = idealMs(this.#trainMs, this.#scenario) / 1000;
    const stations = Object.fromEntries(
      STATIONS.map((name): [StationName, StationOutcome] => {
        const { busyShare, longestWaitMs } = this.#stations[name];
        return [name, { busyShare, longestWaitMs }];
      }),
    ) as Record<StationName, StationOutcome>;
    const { sent, finished, ...counts } = this.#counts;
    return { seconds, idealSeconds, efficiency: idealSeconds / seconds, stations, ...counts };
  }

  #join(): void {
    const { threadsPerHost } = this.#scenario;
    const host = {
      held: new Set<Task>(),
      ready: [],
      freeThreads: threadsPerHost,
      beforeDataset: null,
      lost: false,
    };
    this.#hosts.push(host);
    const { idleMsPerHostSecond } = this.#queueFigures;
    this.#every(
      1,
      () => !host.lost,
      () => this.#stations.queue.serve(idleMsPerHostSecond, null),
    );
    this.#fetchDataset(host);
    for (let place = 0; place <= threadsPerHost; place++) this.#places.push(host);
    this.#dispatch();
  }

  /** Its pieces one after the other, once for each host. */
  #fetchDataset(host: Host): void {
    const { datasetMb } = this.#scenario;
    host.beforeDataset = [];
    const fetch = (leftMb: number): void => {
      if (host.lost) return;
      if (leftMb > 0) {
        const pieceMb = Math.min(PIECE_MB, leftMb);
        this.#moveBlob(pieceMb, () => fetch(leftMb - pieceMb));
        return;
      }
      const waiting = host.beforeDataset!;
      host.beforeDataset = null;
      for (const go of waiting) go();
    };
    fetch(datasetMb);
  }

  /** A blob from the store to a host, or the other way; a shared store shares nothing but its host's link. */
  #moveBlob(mb: number, then: () => void): void {
    const { store, linkMbPerSecond, networkMs } = this.#scenario;
    this.#counts.blobs++;
    this.#counts.blobMb += mb;
    const travelMs = (1000 * mb) / linkMbPerSecond;
    if (store === 'shared') {
      this.#events.after(2 * networkMs + travelMs, then);
      return;
    }
    const { blobMs, blobMsPerMb } = this.#figures;
    this.#stations.coordinator.serve(blobMs + mb * blobMsPerMb, () =>
      this.#stations.link.serve(travelMs, () => this.#events.after(2 * networkMs, then)),
    );
  }

  /** There and back, with the server's time between. */
  #command(costMs: number, then: (() => void) | null): void {
    this.#counts.queueCommands++;
    this.#stations.queue.serve(costMs, then, this.#scenario.networkMs);
  }

  /** The coordinator describes a member, signs it and adds it to the queue. */
  #sendNext(): void {
    const trainMs = this.#trainMs[this.#counts.sent];
    if (trainMs === undefined) return;
    this.#counts.sent++;
    const task: Task = { trainMs, delivery: 0, done: false };
    this.#stations.coordinator.serve(this.#figures.sendMs, () =>
      this.#command(this.#queueFigures.addMs, () => {
        this.#waiting.push(task);
        this.#dispatch();
      }),
    );
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#places.length > 0) {
      const host = this.#places.shift()!;
      if (host.lost) continue;
      const task = this.#waiting.shift()!;
      host.held.add(task);
      this.#command(this.#queueFigures.takeMs, () => this.#takeUp(host, task));
    }
  }

  #takeUp(host: Host, task: Task): void {
    const delivery = task.delivery;
    const isHeld = () => !host.lost && task.delivery === delivery && !task.done;
    const { renewSeconds } = this.#scenario;
    const { workerMs } = this.#figures;
    this.#every(renewSeconds, isHeld, () => this.#command(this.#queueFigures.renewMs, null));
    const queueUp = () => {
      host.ready.push(() => this.#train(host, task, isHeld));
      this.#useThreads(host);
    };
    const begin = () => this.#events.after(workerMs, queueUp);
    if (host.beforeDataset === null) begin();
    else host.beforeDataset.push(begin);
  }

  #useThreads(host: Host): void {
    while (!host.lost && host.freeThreads > 0 && host.ready.length > 0) {
      host.freeThreads--;
      host.ready.shift()!();
    }
  }

  #train(host: Host, task: Task, isHeld: () => boolean): void {
    const { progressSeconds } = this.#scenario;
    let isTraining = isHeld();
    const isReported = () => isTraining && isHeld();
    this.#every(progressSeconds, isReported, () =>
      this.#command(this.#queueFigures.reportMs, () =>
        this.#stations.coordinator.serve(this.#figures.hearMs, null),
      ),
    );
    this.#events.after(task.trainMs, () => {
      isTraining = false;
      host.freeThreads++;
      this.#useThreads(host);
      if (isHeld()) this.#deliver(host, task, isHeld);
    });
  }

  /** The result goes to the store first; then the task is acknowledged, and the coordinator fetches what came. */
  #deliver(host: Host, task: Task, isHeld: () => boolean): void {
    const { resultMb } = this.#scenario;
    this.#moveBlob(resultMb, () => {
      if (!isHeld()) return;
      this.#command(this.#queueFigures.finishMs, () => {
        if (!isHeld()) return;
        task.done = true;
        host.held.delete(task);
        this.#places.push(host);
        this.#dispatch();
        this.#fetchResult(() => this.#receive());
      });
    });
  }

  #fetchResult(then: () => void): void {
    const { store, resultMb, linkMbPerSecond, networkMs } = this.#scenario;
    if (store === 'coordinator') then();
    else
      this.#stations.link.serve((1000 * resultMb) / linkMbPerSecond, () =>
        this.#events.after(2 * networkMs, then),
      );
  }

  #receive(): void {
    const { receiveMs, receiveMsPerMb } = this.#figures;
    this.#stations.coordinator.serve(receiveMs + this.#scenario.resultMb * receiveMsPerMb, () => {
      this.#counts.finished++;
      this.#sendNext();
    });
  }

  #every(seconds: number, goesOn: () => boolean, what: () => void): void {
    this.#events.after(1000 * seconds, () => {
      if (!goesOn()) return;
      what();
      this.#every(seconds, goesOn, what);
    });
  }

  /** Losses come by chance, each as likely at one moment as at another; which host it is, too. */
  #loseOneLater(): void {
    const { lostPerHour, replacedSeconds } = this.#scenario;
    const delayMs = (-log(1 - this.#random.uniform()) * 3_600_000) / lostPerHour;
    this.#events.after(delayMs, () => {
      const there = this.#hosts.filter(({ lost }) => !lost);
      if (there.length > 0) this.#lose(there[this.#random.below(there.length)]!);
      this.#events.after(1000 * replacedSeconds, () => this.#join());
      this.#loseOneLater();
    });
  }

  #lose(host: Host): void {
    host.lost = true;
    this.#counts.lostHosts++;
    this.#counts.redelivered += host.held.size;
    this.#places = this.#places.filter((other) => other !== host);
    for (const task of host.held) task.delivery++;
    this.#events.after(1000 * this.#scenario.redeliverySeconds, () => {
      this.#waiting.unshift(...host.held);
      this.#dispatch();
    });
  }
}

/** The same members, each on the thread that is free first. */
function idealMs(trainMs: readonly number[], { hosts, threadsPerHost }: Scenario): number {
  const events = new EventList();
  let sent = 0;
  const next = (): void => {
    const ms = trainMs[sent++];
    if (ms !== undefined) events.after(ms, next);
  };
  for (let thread = 0; thread < hosts * threadsPerHost; thread++) next();
  events.run(() => false);
  return events.now;
}
