// What a queue costs over local threads: the same training in turn on a pool of this process and on one worker beside it with as
// many threads, over real servers on loopback. Prints a table, and writes the samples as JSON where a file is named.
//
//     node dist/scripts/bench/cluster/main.js --threads 2 --rounds 5 --to scripts/bench/results/cluster.json

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connectCluster } from '../../../src/cluster/coordinator/connect-cluster.js';
import { contentHash, createPool, Dataset, type MemberRunner, trainEnsemble } from '../../../src/index.js';
import { type ServerKind, startServer } from '../../../test/support/servers.js';
import { commit, describeMachine } from '../machine.js';
import { type Spread, spread } from '../statistics.js';

const HOST = new URL('../../cluster-simulation/host-process.js', import.meta.url).pathname;
const SECRET = 'a secret of measurements, which is long enough';

/** Trainings that are measured: members, and the seconds that one of them should take on one thread. */
const WORKLOADS = [
  { name: 'members of one second', members: 24, seconds: 1 },
  { name: 'members of a hundredth of a second', members: 200, seconds: 0.01 },
] as const;

interface Measured {
  readonly backend: ServerKind;
  readonly workload: string;
  readonly members: number;
  /** Of one member on one thread. */
  readonly memberMs: number;
  readonly localMs: Spread;
  readonly clusterMs: Spread;
  /** Paired, round by round: 0.05 for five hundredths more. */
  readonly overhead: Spread;
  /** What a member takes of a thread's time beyond its training. */
  readonly perMemberMs: Spread;
}

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    backends: { type: 'string', multiple: true, default: ['redis', 'postgres'] },
    to: { type: 'string' },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);

const dataset = rowsOf(2000, 16);
const pool = createPool({ threads });
const machine = describeMachine();
const results: Measured[] = [];
for (const backend of values.backends as ServerKind[]) {
  const server = await startServer(backend);
  const host = await startHost(server.url);
  const cluster = await connectCluster({ url: server.url, secret: SECRET });
  try {
    for (const workload of WORKLOADS) results.push(await measure(backend, workload, cluster));
  } finally {
    await cluster.destroy();
    host.stdin!.end();
    await once(host, 'exit');
    await server.close();
  }
}
await pool.destroy();
print(results);
if (values.to !== undefined) {
  const text = JSON.stringify({ machine, commit: commit(), threads, rounds, results }, null, 2);
  writeFileSync(values.to, `${text}\n`);
}

async function measure(
  backend: ServerKind,
  { name, members, seconds }: (typeof WORKLOADS)[number],
  cluster: MemberRunner,
): Promise<Measured> {
  const epochs = await epochsOf(seconds);
  const time = async (runner: MemberRunner, seed: number) => {
    const begun = performance.now();
    const ensemble = await train(members, epochs, seed, runner);
    return { ms: performance.now() - begun, ensemble };
  };
  // Threads, processes and caches are warm when it counts.
  for (const runner of [pool, cluster]) await time(runner, 0);
  const local: number[] = [];
  const far: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // In turns, since the machine may be slower at times.
    const first = round % 2 === 0 ? [pool, cluster] : [cluster, pool];
    const runs = [];
    for (const runner of first) runs.push({ runner, ...(await time(runner, round + 1)) });
    for (const { runner, ms } of runs) (runner === pool ? local : far).push(ms);
    const hashes = runs.map(({ ensemble }) => contentHash(ensemble));
    if (hashes[0] !== hashes[1]) throw new Error('The members differ');
  }
  const overhead = far.map((ms, round) => ms / local[round]! - 1);
  const perMember = far.map((ms, round) => ((ms - local[round]!) * threads) / members);
  return {
    ...{ backend, workload: name, members, memberMs: (spread(local).median * threads) / members },
    ...{
      localMs: spread(local),
      clusterMs: spread(far),
      overhead: spread(overhead),
      perMemberMs: spread(perMember),
    },
  };
}

/** How many epochs of this dataset take so long, where all threads are busy. */
async function epochsOf(seconds: number): Promise<number> {
  await train(threads, 100, 0, pool);
  for (let trial = 100; ; trial *= 4) {
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const begun = performance.now();
      await train(threads, trial, turn, pool);
      times.push(performance.now() - begun);
    }
    const ms = Math.min(...times);
    // Long enough that what begins and ends a training counts for little.
    if (ms > 1000) return Math.max(1, Math.round((trial * seconds * 1000) / ms));
  }
}

function train(members: number, epochs: number, seed: number, runner: MemberRunner) {
  const options = { preset: 'lecture', members, epochs, seed, hidden: [32] } as const;
  return trainEnsemble(dataset, options, { runner });
}

async function startHost(url: string): Promise<ChildProcess> {
  const host = spawn(process.execPath, [HOST, url, SECRET, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(host.stdout!, 'data');
  return host;
}

/** Rows whose target is a smooth function of their columns. */
function rowsOf(count: number, columns: number): Dataset {
  const inputs = Float64Array.from({ length: count * columns }, (_, place) => Math.sin(place * 12.9898));
  const targets = Float64Array.from({ length: count }, (_, row) =>
    Math.sin(inputs[row * columns]! + 2 * inputs[row * columns + 1]!),
  );
  return Dataset.fromArrays({ x: inputs, rows: count, features: columns, targets });
}

function print(all: readonly Measured[]): void {
  const figures = ({ median, min, max }: Spread, digits: number, scale = 1) =>
    `${(median * scale).toFixed(digits)} (${(min * scale).toFixed(digits)}…${(max * scale).toFixed(digits)})`;
  console.log(
    '| backend | training | local, s | cluster, s | overhead, % | per member, ms |\n|---|---|---|---|---|---|',
  );
  for (const { backend, workload, members, localMs, clusterMs, overhead, perMemberMs } of all) {
    const cells = [
      ...[backend, `${members} ${workload}`, figures(localMs, 2, 0.001), figures(clusterMs, 2, 0.001)],
      ...[figures(overhead, 1, 100), figures(perMemberMs, 1)],
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
