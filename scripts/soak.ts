// A soak of one pool: 2 000 tiny members, then trainings, predictions, aborts, dead threads, learners that misbehave and resumed
// checkpoints, mixed by a fixed seed for so many minutes. Every result is held against the bytes it had at first, and
// memory, threads, files and handles against what they were after the first third.
//
//     node --expose-gc dist/scripts/soak.js [minutes, 10 by default]

import { subscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { contentHash } from '../src/bundle/content-hash.js';
import { loadEnsemble } from '../src/bundle/load.js';
import { saveEnsemble } from '../src/bundle/save.js';
import { Dataset } from '../src/data/dataset/dataset.js';
import {
  createInlineRunner,
  createPool,
  predictEnsemble,
  resumeTraining,
  type TrainingOptions,
  type TrainingSettings,
  trainEnsemble,
} from '../src/index.js';
import { RandomStream, streamKey } from '../src/math/random.js';
import { median } from './bench/statistics.js';

const minutes = Number(process.argv[2] ?? 10);
const SAMPLE_MS = 5000;

const random = new RandomStream(streamKey(18, 'init', 0));
const below = (count: number) => Math.floor(random.uniform() * count);

const threads = new Set<Worker>();
subscribe('worker_threads', (created) => {
  const { worker } = created as { worker: Worker };
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
});

const folder = mkdtempSync(join(tmpdir(), 'tutti-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function learner(name: string, fit: string): string {
  const path = join(folder, `${name}.mjs`);
  const predict = '(model, x, rows) => new Float32Array(3 * rows).fill(1 / 3)';
  writeFileSync(path, `export default { fit: async () => { ${fit}; return {}; }, predict: ${predict} };\n`);
  return path;
}

const sound = learner('sound', '');
const exits = learner('exits', 'process.exit(1)');
const throws = learner(
  'throws',
  "setTimeout(() => { throw new Error('late'); }, 1); await new Promise(() => {})",
);
const loops = learner('loops', 'for (;;) {}');

const ROWS = 120;
const FEATURES = 6;
const dataset = Dataset.fromArrays({
  x: Float64Array.from({ length: ROWS * FEATURES }, (_, at) => Math.sin(12.9898 * (at + 1))),
  ...{ rows: ROWS, features: FEATURES },
  labels: Int32Array.from({ length: ROWS }, (_, at) => at % 3),
});
const NETWORK: TrainingOptions = { hidden: [16], epochs: 6 };
const PLANS: readonly TrainingOptions[] = [
  { ...NETWORK, members: 40, seed: 1 },
  { ...NETWORK, members: 6, hidden: [64, 64], earlyStopping: 'validation', epochs: 30, seed: 2 },
  { ...NETWORK, members: 4, tie: 0.1, seed: 3 },
  { ...NETWORK, members: 4, snapshots: 2, seed: 4 },
  { members: [NETWORK, { learner: sound }, { engine: 'neighbours' }, NETWORK], seed: 5 },
];

const pool = createPool({ threads: 3 });
const known = new Map<TrainingOptions, string>();

async function train(plan: TrainingOptions, settings: TrainingSettings = {}): Promise<void> {
  const ensemble = await trainEnsemble(dataset, plan, { runner: pool, retries: 20, ...settings });
  requireSame(plan, contentHash(ensemble));
}

function requireSame(plan: TrainingOptions, hash: string): void {
  if ((known.get(plan) ?? hash) !== hash) throw new Error(`Other bytes than before: ${JSON.stringify(plan)}`);
  known.set(plan, hash);
}

const somePlan = () => PLANS[below(PLANS.length)]!;
const x = Float64Array.from({ length: 3000 * FEATURES }, (_, at) => Math.sin(at));

/** What is done; the figure says how often, among them all. */
const DEEDS: readonly (readonly [often: number, name: string, deed: () => Promise<unknown>])[] = [
  [8, 'trainings', () => train(somePlan())],
  [2, 'trainings at once', () => Promise.all([train(somePlan()), train(somePlan()), train(somePlan())])],
  [4, 'aborts', abortSomewhere],
  [3, 'dead threads', killThreads],
  [2, 'members that end their thread', () => trainBeside(exits)],
  [1, 'members that throw late', () => trainBeside(throws)],
  [1, 'members that loop', () => trainBeside(loops, 0.3)],
  [4, 'predictions', predictSaved],
  [2, 'resumed trainings', resumeSomewhere],
  [1, 'pools of their own', trainInOwnPool],
];

async function abortSomewhere(): Promise<void> {
  const controller = new AbortController();
  const settings: TrainingSettings = { runner: pool, signal: controller.signal, onInterrupt: 'keep' };
  const running = trainEnsemble(dataset, { ...NETWORK, members: 60, epochs: 40, seed: 6 }, settings);
  setTimeout(() => controller.abort(), below(60));
  await running;
}

async function killThreads(): Promise<void> {
  const running = train(somePlan());
  await new Promise((resolve) => setTimeout(resolve, below(20)));
  for (const thread of threads) void thread.terminate();
  await running;
}

async function trainBeside(path: string, deadline = 60): Promise<void> {
  const members = [NETWORK, { learner: path }, NETWORK, NETWORK];
  const options: TrainingOptions = { members, seed: 7, deadline };
  await trainEnsemble(dataset, options, { runner: pool });
}

async function predictSaved(): Promise<void> {
  const path = join(folder, 'ensemble.tutti');
  const plan = PLANS[below(4)]!;
  await saveEnsemble(await trainEnsemble(dataset, plan, { runner: pool, retries: 20 }), path);
  await predictEnsemble(await loadEnsemble(path), x, { runner: pool });
}

async function resumeSomewhere(): Promise<void> {
  const kept = join(folder, 'kept');
  const plan = PLANS[below(4)]!;
  const controller = new AbortController();
  setTimeout(() => controller.abort(), below(100));
  const settings = { runner: pool, signal: controller.signal, onInterrupt: 'keep' } as const;
  await trainEnsemble(dataset, plan, { ...settings, checkpoint: { folder: kept, epochs: 1 } });
  if (readdirSync(folder).includes('kept') && readdirSync(kept).includes('training')) {
    requireSame(plan, contentHash(await resumeTraining(kept, dataset, { runner: pool, retries: 20 })));
  }
  rmSync(kept, { recursive: true, force: true });
}

async function trainInOwnPool(): Promise<void> {
  await using own = createPool({ threads: 2 });
  await train(somePlan(), { runner: own });
}

interface Sample {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly threads: number;
  readonly files: number;
  readonly handles: number;
}

async function sample(): Promise<Sample> {
  await pool.drain();
  // What has been let go of is taken away in turns of the event loop, as finalizers are called.
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 19) / 2;
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  return {
    ...{ rssMb: megabytes(rss), heapMb: megabytes(heapUsed + external), threads: threads.size, files },
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length,
  };
}

/** What may grow, and by how much: a share of what there was, and so much besides. */
const LIMITS: Readonly<Record<keyof Sample, readonly [share: number, more: number]>> = {
  rssMb: [0.1, 24],
  heapMb: [0.1, 8],
  threads: [0, 1],
  files: [0.1, 4],
  handles: [0.1, 4],
};

/** The last third against the second. */
function verdict(samples: readonly Sample[]): boolean {
  const third = Math.floor(samples.length / 3);
  let sound = true;
  for (const name of Object.keys(LIMITS) as (keyof Sample)[]) {
    const middle = (from: number) => median(samples.slice(from, from + third).map((each) => each[name]));
    const [before, after] = [middle(third), middle(samples.length - third)];
    const [share, more] = LIMITS[name];
    const grown = after > before * (1 + share) + more;
    sound &&= !grown;
    console.log(`${name}: ${before} in the second third, ${after} in the last${grown ? ': IT GROWS' : ''}`);
  }
  return sound;
}

async function soak(): Promise<boolean> {
  for (const plan of PLANS) {
    requireSame(plan, contentHash(await trainEnsemble(dataset, plan, { runner: createInlineRunner() })));
  }
  const tiny: TrainingOptions = { members: 2000, hidden: [4], epochs: 2, seed: 9 };
  await train(tiny);
  await train(tiny);
  const wheel = DEEDS.flatMap((deed) => Array<typeof deed>(deed[0]).fill(deed));
  const counts = new Map<string, number>();
  const samples: Sample[] = [];
  const end = performance.now() + 60_000 * minutes;
  let due = performance.now() + SAMPLE_MS;
  while (performance.now() < end) {
    const [, name, deed] = wheel[below(wheel.length)]!;
    await deed();
    counts.set(name, 1 + (counts.get(name) ?? 0));
    if (performance.now() < due) continue;
    due = performance.now() + SAMPLE_MS;
    samples.push(await sample());
    if (samples.length % 6 === 1) console.log(JSON.stringify(samples.at(-1)));
  }
  for (const [name, count] of counts) console.log(`${count} ${name}`);
  return verdict(samples);
}

const sane = await soak();
await pool.close();
console.log(sane ? 'steady' : 'not steady');
process.exit(sane ? 0 : 1);
