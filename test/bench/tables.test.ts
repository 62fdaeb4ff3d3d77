// The tables of README.md and docs/reference/benchmark.md say what the kept results say.

import { readFileSync } from 'node:fs';
import t from 'tap';
import type { BenchResult } from '../../scripts/bench/report.js';
import { spread } from '../../scripts/bench/statistics.js';
import { WORKLOADS } from '../../scripts/bench/workloads.js';
import {
  benchmarkPages,
  fullTables,
  shortTables,
  withSection,
} from '../../scripts/support/benchmark-tables.js';

t.test('both pages are as the results are', async (t) => {
  for (const [file, text] of benchmarkPages())
    t.ok(readFileSync(file, 'utf8') === text, `node dist/scripts/benchmark-tables.js writes ${file} anew`);
});

t.test('only what lies between the marks is written anew', async (t) => {
  const page =
    'before\n<!-- speed: written by scripts/benchmark-tables.ts -->\nold\n<!-- end of speed -->\nafter\n';
  const written = withSection(page, 'speed', 'new');
  t.equal(written, withSection(written, 'speed', 'new'), 'twice is as once');
  t.match(written, /^before\n<!--.*-->\n\nnew\n\n<!--.*-->\nafter\n$/);
  t.throws(() => withSection('no marks', 'speed', 'new'), /<!-- speed/);
});

t.test('a result becomes a table for its class of processor', async (t) => {
  const result = resultOf({ tutti: 60, 'tutti-wasm': 20, 'jax-pmap': 30, jax: 10, torch: 5 });
  const short = shortTables([result]);
  t.match(short, /with AVX-512, everyone held to AVX2:/);
  t.match(short, /\| W1 64→64→64→10 \| 60 \| 20 \| 30 \| 5 \| 2\.00× \|/, 'the fastest JAX, and the ratio');
  const full = fullTables([result]);
  t.match(full, /### AVX2/);
  t.match(
    full,
    /\| workload \| tutti \| on WebAssembly \| JAX `jit` \| JAX `pmap` \| PyTorch \|/,
    'only who ran',
  );
  t.notMatch(full, /cold start/, 'nothing is said of what was not measured');
});

function resultOf(speeds: Readonly<Record<string, number>>): BenchResult {
  const workload = WORKLOADS[0]!;
  const rows = Object.entries(speeds).map(([contender, speed]) => ({
    workload: workload.name,
    contender,
    threads: 2,
    membersPerSecond: spread([speed]),
    processorMs: spread([1]),
    processorToPeers: null,
    finalLoss: 1,
    lossToPeers: 1,
    learned: true,
    toFastestPeer: contender.startsWith('tutti') ? speed / 30 : null,
    startSeconds: 0,
    prepareSeconds: 0,
    compileSeconds: null,
    variant: null,
  }));
  const machine = { cpu: 'A processor', cores: 2, memoryGiB: 1, system: 'linux', node: 'v20', loadBefore: 0 };
  const settings = { rounds: 1, minSeconds: 1, threads: 2, quick: false } as const;
  return {
    ...{ date: '2026-01-01', commit: null, machine, versions: {}, workloads: [workload], rows, leftOut: [] },
    settings: { ...settings, isa: 'avx2', processorClass: 'AVX2' },
    ...{ cold: [], start: [], threads: [], techniques: [], scaling: [], memory: [], resident: [] },
    ...{ predict: [], latency: [], peak: [], tile: [] },
  };
}
