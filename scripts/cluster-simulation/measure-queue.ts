// What a task costs the server of a queue, and the process that sends it, as processor time: tasks are added, taken, reported,
// held and finished by a process of their own, through the same code that coordinators and workers use.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectSender } from '../../src/cluster/queue/connect-queue.js';
import type { QueuedTask, TaskSender } from '../../src/cluster/queue/task-queue.js';
import { type ServerKind, startServer, type TestServer } from '../../test/support/servers.js';
import type { QueueFigures } from './figures.js';
import { connectionsTo, millisecondsSince, serverOn, usedBelow } from './server-load.js';

const RECEIVER = fileURLToPath(new URL('receiver-process.js', import.meta.url));

/** As long as real ones. */
const BODY = 'x'.repeat(1500);
/** Reports of a task, and renewals of its lock, where those are measured. */
const REPORTS = 20;
const RENEWED_SECONDS = 20;
/** Longer than a busy machine lets a process wait. */
const LOCK_SECONDS = 4;
const HELD = 200;
const IDLE_SECONDS = 15;
const SILENCE_MS = 3000;

export interface QueueMeasured extends Omit<QueueFigures, 'processors'> {
  /** Of the sender's process. */
  readonly senderAddMs: number;
  readonly senderHearMs: number;
  readonly senderDoneMs: number;
  /** Of a receiver's process, for taking and finishing a task. */
  readonly receiverMs: number;
  readonly connectionsPerHost: number;
}

/** @param tasks how many are sent for each figure. */
export async function measureQueue(kind: ServerKind, tasks: number): Promise<QueueMeasured> {
  const server = await startServer(kind);
  try {
    return await new QueueMeasurement(server).run(tasks);
  } finally {
    await server.close();
  }
}

interface Use {
  /** Processor time in milliseconds. */
  readonly server: number;
  readonly own: number;
}

class QueueMeasurement {
  readonly #server: TestServer;
  readonly #pid: number;
  #added = 0;
  #done = 0;
  #heardMs = 0;
  /** Of the server, whatever is asked of it. */
  #idleMsPerSecond = 0;

  constructor(server: TestServer) {
    this.#server = server;
    this.#pid = serverOn(server.port, server.kind);
  }

  async run(tasks: number): Promise<QueueMeasured> {
    const events = {
      ...{ taken() {}, progress() {}, failed() {}, disconnected() {}, reconnected() {} },
      done: () => {
        this.#done++;
        this.#heardMs = performance.now();
      },
    };
    const sender = await connectSender(this.#server.url, {}, events);
    // The first ones load scripts and plans.
    await this.#add(sender, 100);
    await this.#drain(sender);
    // What a server does of itself, and for one sender; then for one host too.
    this.#idleMsPerSecond = (await this.#used(() => wait(1000 * IDLE_SECONDS))).server / IDLE_SECONDS;
    const idle = await this.#idle(10);
    const added = await this.#used(() => this.#add(sender, tasks));
    this.#idleMsPerSecond += idle.serverMs;
    const plain = await this.#drain(sender);
    await this.#add(sender, tasks / 4);
    const reported = await this.#drain(sender, { reports: REPORTS });
    const reports = (REPORTS * tasks) / 4;
    const beyond = (of: keyof Use) => (reported[of] - plain[of] / 4) / reports;
    await this.#add(sender, HELD);
    // A lock is kept anew at half its time.
    const renewed = await this.#drain(sender, {
      concurrency: HELD,
      holdMs: 1000 * RENEWED_SECONDS,
      lockSeconds: LOCK_SECONDS,
    });
    await sender.close();
    return {
      addMs: added.server / tasks,
      // Finishing one and taking the next may be one command: half of it each.
      ...{ takeMs: plain.server / tasks / 2, finishMs: plain.server / tasks / 2 },
      reportMs: beyond('server'),
      renewMs:
        (renewed.server - (plain.server * HELD) / tasks) / (HELD * RENEWED_SECONDS * (2 / LOCK_SECONDS)),
      idleMsPerHostSecond: idle.serverMs,
      ...{ senderAddMs: added.own / tasks, senderDoneMs: plain.own / tasks, senderHearMs: beyond('own') },
      ...{ receiverMs: plain.receiver / tasks, connectionsPerHost: idle.connections },
    };
  }

  /** One after the other, a few at once, as a coordinator's lanes do. */
  async #add(sender: TaskSender, count: number): Promise<void> {
    const end = this.#added + count;
    const lane = async () => {
      while (this.#added < end) await sender.add([this.#task(this.#added++)]);
    };
    await Promise.all(Array.from({ length: 8 }, lane));
  }

  #task(number: number): QueuedTask {
    return { id: number.toString(16).padStart(64, '0'), training: 'measured', body: BODY };
  }

  /** Has a process of its own take and finish all that are there. */
  async #drain(
    sender: TaskSender,
    how: Partial<ReceiverSettings> = {},
  ): Promise<Use & { readonly receiver: number }> {
    const receiver = await startReceiver(this.#server.url, how);
    const use = await this.#used(async () => {
      receiver.go();
      await this.#untilDone(sender);
    });
    return { ...use, receiver: await receiver.end() };
  }

  /** Events may be missed: whoever has waited long asks. */
  async #untilDone(sender: TaskSender): Promise<void> {
    while (this.#done < this.#added) {
      await wait(20);
      if (performance.now() - this.#heardMs < SILENCE_MS) continue;
      const ids = Array.from({ length: this.#added }, (_, number) => this.#task(number).id);
      const states = await sender.states(ids);
      this.#done = states.filter(({ status }) => status === 'done' || status === 'failed').length;
      this.#heardMs = performance.now();
    }
  }

  async #used(work: () => Promise<void>): Promise<Use> {
    const [before, begun, startedMs] = [usedBelow(this.#pid), process.cpuUsage(), performance.now()];
    await work();
    const { user, system } = process.cpuUsage(begun);
    const seconds = (performance.now() - startedMs) / 1000;
    const server = millisecondsSince(before, usedBelow(this.#pid));
    return { server: server - seconds * this.#idleMsPerSecond, own: (user + system) / 1000 };
  }

  /** What hosts without work cost the server, for each and second, and how many connections each has. */
  async #idle(hosts: number): Promise<{ readonly serverMs: number; readonly connections: number }> {
    const before = connectionsTo(this.#server.port);
    const receivers = await Promise.all(
      Array.from({ length: hosts }, () => startReceiver(this.#server.url, {})),
    );
    for (const receiver of receivers) receiver.go();
    await wait(2000);
    const connections = (connectionsTo(this.#server.port) - before) / hosts;
    const { server } = await this.#used(() => wait(1000 * IDLE_SECONDS));
    await Promise.all(receivers.map((receiver) => receiver.end()));
    return { serverMs: Math.max(0, server) / hosts / IDLE_SECONDS, connections };
  }
}

interface ReceiverSettings {
  readonly concurrency: number;
  readonly reports: number;
  readonly holdMs: number;
  readonly lockSeconds: number;
}

interface Receiver {
  /** It takes tasks from now on. */
  go(): void;
  /** @returns processor time that it used since it was told to go, in milliseconds. */
  end(): Promise<number>;
}

async function startReceiver(url: string, how: Partial<ReceiverSettings>): Promise<Receiver> {
  const { concurrency = 8, reports = 0, holdMs = 0, lockSeconds = 30 } = how;
  const args = [concurrency, reports, holdMs, lockSeconds].map(String);
  const child = spawn(process.execPath, [RECEIVER, url, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return {
    go: () => child.stdin.write('go\n'),
    async end() {
      child.stdin.write('end\n');
      const [used] = await once(lines, 'line');
      await once(child, 'exit');
      return Number(used);
    },
  };
}
