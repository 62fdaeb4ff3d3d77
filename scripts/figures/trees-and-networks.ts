// Sixteen networks, sixteen members of boosted trees, and eight of each, as their defaults were when the page was written: what they score on rows held out, in
// three splits, and the correlation of errors between members. Each table is FILE:TARGET.
// Run: node dist/scripts/figures/trees-and-networks.js FILE:TARGET …; the figures of docs/techniques/boosted-trees.md

import { basename } from 'node:path';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type Dataset, loadData, type MemberOptions, trainEnsemble } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';
import { formerly } from '../support/former-defaults.js';

const SPLITS = 3;
const NETWORK: MemberOptions = formerly({});
const TREES: MemberOptions = {
  ...{ engine: 'trees', resample: 'bootstrap', patience: 20, rounds: 500, treeRate: 0.1, maxLeaves: 31 },
  ...{ minLeafRows: 20, leafL2: 0 },
};
const MEMBERS = 16;
const half = (member: MemberOptions) => Array.from({ length: MEMBERS / 2 }, () => member);
const ALL = {
  networks: [...half(NETWORK), ...half(NETWORK)],
  trees: [...half(TREES), ...half(TREES)],
  both: [...half(NETWORK), ...half(TREES)],
};

const pool = createPool();

/** Log-loss of classes, RMSE of numbers, and ρ. */
async function measured(train: Dataset, test: Dataset, members: readonly MemberOptions[], seed: number) {
  const ensemble = await trainEnsemble(train, { members, seed }, { runner: pool });
  const options = { replicates: 0, curves: false };
  const { ensemble: scores, errorCorrelation } = await evaluateEnsemble(ensemble, test, options);
  const { logLoss, squaredError } = scores!;
  return {
    score: logLoss ?? Math.sqrt(squaredError!),
    rho: errorCorrelation.rho ?? Number.NaN,
  };
}

const print = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
print(['table', ...Object.keys(ALL), ...Object.keys(ALL).map((name) => `ρ, ${name}`)]);
print(['---', ...Array.from({ length: 6 }, () => '--:')]);
for (const table of process.argv.slice(2)) {
  const [file, target] = table.split(':') as [string, string];
  const found = Object.keys(ALL).map(() => ({ score: [] as number[], rho: [] as number[] }));
  for (let seed = 1; seed <= SPLITS; seed++) {
    const { train, test } = await loadData(file, {
      ...{ target, testShare: 0.25, seed, impute: 'median', unseen: 'ignore' },
    });
    for (const [at, members] of Object.values(ALL).entries()) {
      const { score, rho } = await measured(train, test!, members, seed);
      found[at]!.score.push(score);
      found[at]!.rho.push(rho);
    }
  }
  const least = Math.min(...found.map(({ score }) => mean(score)));
  const shown = (value: number) => (value === least ? `**${value.toPrecision(4)}**` : value.toPrecision(4));
  print([
    basename(file, '.csv'),
    ...found.map(({ score }) => shown(mean(score))),
    ...found.map(({ rho }) => mean(rho).toFixed(2)),
  ]);
}
await pool.close();
