// Reads hostile inputs for as long as one likes: data files, configs, saved ensembles, stored models, checkpoints, messages.
//
//     node dist/scripts/fuzz.js [--seconds 600] [--seed 1] [--only data,bundle] [--keep fuzz-faults]
//     node dist/scripts/fuzz.js --only data --input fuzz-faults/data-1-17 reads one input again
//
// A fault is printed with its target, seed and round, and its input is written to a file. Inputs are read on a thread of
// their own: one that never ends, or fills the heap, is a fault like the others.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { faultOf, inputOf } from './support/fuzz/target.js';
import { allTargets } from './support/fuzz/targets.js';

/** What the thread is to do. */
interface Work {
  readonly folder: string;
  readonly seed: number;
  readonly only: readonly string[];
  /** One input to read, in place of many. */
  readonly input: Uint8Array | null;
  readonly from: Readonly<Record<string, number>>;
}

/** What it says: an input is about to be read; or what is wrong with it; or `ready`. */
interface Word {
  readonly target: string;
  readonly round: number;
  readonly what: string | null;
}

/** An input that takes longer hangs, in seconds, also on a busy machine. */
const LONGEST_S = 60;
/** Inputs between two words. */
const ROUNDS = 25;

async function serve({ folder, seed, only, input, from }: Work): Promise<void> {
  const targets = (await allTargets(folder)).filter(({ name }) => only.length === 0 || only.includes(name));
  const say = (word: Word) => parentPort!.postMessage(word);
  if (targets.length === 0) throw new Error(`no target of ${only}`);
  if (input !== null) {
    const target = targets[0]!;
    say({ target: target.name, round: 0, what: (await faultOf(target, input)) ?? 'no fault' });
    return;
  }
  const rounds = new Map(targets.map(({ name }) => [name, from[name] ?? 0]));
  for (;;) {
    for (const target of targets) {
      const { name } = target;
      const end = rounds.get(name)! + ROUNDS;
      for (let round = rounds.get(name)!; round < end; round++) {
        say({ target: name, round, what: null });
        const what = await faultOf(target, inputOf(target, seed, round));
        if (what !== null) say({ target: name, round, what });
      }
      rounds.set(name, end);
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      keep: { type: 'string', default: 'fuzz-faults' },
      input: { type: 'string' },
    },
  });
  const seed = Number(values.seed);
  const only = values.only.split(',').filter((name) => name !== '');
  const folder = mkdtempSync(join(tmpdir(), 'tutti-fuzz-'));
  const input = values.input === undefined ? null : readFileSync(values.input);
  const end = Date.now() + 1000 * Number(values.seconds);
  const rounds: Record<string, number> = {};
  let faults = 0;
  try {
    const targets = await allTargets(join(folder, 'main'));
    const fault = ({ target, round, what }: Word) => {
      faults++;
      console.log(`${target}, seed ${seed}, round ${round}: ${what}`);
      if (input !== null) return;
      mkdirSync(values.keep, { recursive: true });
      const file = join(values.keep, `${target}-${seed}-${round}`);
      writeFileSync(file, inputOf(targets.find(({ name }) => name === target)!, seed, round));
      console.log(`  its input is ${file}`);
    };
    while (Date.now() < end) {
      const work = { folder: join(folder, 'thread'), seed, only, input, from: { ...rounds } };
      const ended = await oneThread(work, end, rounds, fault);
      if (ended) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const total = Object.entries(rounds).map(([name, count]) => `${name} ${count}`);
  console.log(`${faults} faults in inputs: ${total.join(', ')}`);
  process.exitCode = faults === 0 || input !== null ? 0 : 1;
}

/** Runs a thread until the time is over or an input ends it. @returns whether there is nothing left to do. */
function oneThread(
  work: Work,
  end: number,
  rounds: Record<string, number>,
  fault: (word: Word) => void,
): Promise<boolean> {
  rmSync(work.folder, { recursive: true, force: true });
  mkdirSync(work.folder, { recursive: true });
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: work });
  let now: Word | null = null;
  let at = Date.now();
  return new Promise((resolve) => {
    const finish = (ended: boolean) => {
      clearInterval(watch);
      void thread.terminate().then(() => resolve(ended));
    };
    const watch = setInterval(() => {
      if (Date.now() >= end) return finish(true);
      if (now === null || Date.now() - at < 1000 * LONGEST_S) return;
      fault({ ...now, what: `no end after ${LONGEST_S} s` });
      finish(false);
    }, 500);
    thread.on('message', (word: Word) => {
      if (word.what !== null) return fault(word);
      now = word;
      at = Date.now();
      rounds[word.target] = word.round + 1;
    });
    thread.on('error', (error) => {
      fault({ target: now?.target ?? 'start', round: now?.round ?? 0, what: String(error) });
      finish(false);
    });
    thread.on('exit', () => finish(work.input !== null));
  });
}

if (isMainThread) await main();
else await serve(workerData as Work);
