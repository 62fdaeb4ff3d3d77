// Submodels that share weights, and members of one trajectory, beside independent members in the same processor time: the
// table of docs/techniques/shared-weights.md. What the independent members of a split take is the budget of all others, which
// train as many whole runs as come nearest to it, one at least. One thread, since it counts processor time.
// Run: node dist/scripts/figures/shared-weights.js FOLDER [TABLE …]

import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import type { Dataset, TrainingOptions } from '../../src/index.js';
import { mean, variance } from '../../src/math/statistics.js';
import { studentQuantile } from '../../src/math/student.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { formerly } from '../support/former-defaults.js';
import { loadSplit, processorSeconds, realTables } from '../support/real-tables.js';

const USUAL = ['vehicle', 'vowel', 'concrete', 'boston'];

const SEEDS = [1, 2, 3, 4, 5];
const MEMBERS = 8;
const SUBMODELS = 8;

/** Beside the former defaults; whoever shares or cycles takes all rows of a run. */
const WAYS: Readonly<Record<string, TrainingOptions>> = {
  independent: {},
  batchEnsemble: { sharing: 'batchEnsemble', submodels: SUBMODELS },
  'batchEnsemble, divided': {
    ...{ sharing: 'batchEnsemble', submodels: SUBMODELS, submodelBatch: 'split', batchSize: 8 * SUBMODELS },
  },
  tabm: { sharing: 'tabm', submodels: SUBMODELS },
  tabmMini: { sharing: 'tabmMini', submodels: SUBMODELS },
  'packed, α = 4': { sharing: 'packed', submodels: SUBMODELS, hidden: [32] },
  masksembles: { sharing: 'masksembles', submodels: SUBMODELS },
  'masksembles, divided': {
    ...{ sharing: 'masksembles', submodels: SUBMODELS, submodelBatch: 'split', batchSize: 8 * SUBMODELS },
  },
  snapshots: { snapshots: SUBMODELS, epochs: 80, learningRate: 0.01 },
  'fast geometric': { snapshots: SUBMODELS, snapshotMode: 'fastGeometric', epochs: 80 },
  swag: { snapshots: SUBMODELS, snapshotMode: 'swag', epochs: 80 },
  'independent, all rows': { resample: 'none', earlyStopping: 'validation' },
  'tabm, all rows': {
    ...{ sharing: 'tabm', submodels: SUBMODELS, resample: 'none', earlyStopping: 'validation' },
  },
};

interface Result {
  /** Error rate, or RMSE over the standard deviation of the test rows. */
  readonly ensemble: number;
  readonly member: number;
  readonly v: number;
  readonly c: number;
  readonly rho: number;
  readonly members: number;
  /** Processor time in shares of the independent members'. */
  readonly time: number;
}

async function timed(train: Dataset, options: TrainingOptions) {
  const before = process.cpuUsage();
  const ensemble = await trainEnsemble(train, options);
  return { ensemble, seconds: processorSeconds(before) };
}

const deviation = ({ targets }: Dataset) => Math.sqrt(variance(targets));

async function measure(
  train: Dataset,
  test: Dataset,
  options: TrainingOptions,
  budget: number | null,
): Promise<{ result: Result; seconds: number }> {
  let { ensemble, seconds } = await timed(train, { ...options, members: budget === null ? MEMBERS : 1 });
  if (budget !== null) {
    const runs = Math.max(1, Math.round(budget / seconds));
    if (runs > 1) ({ ensemble, seconds } = await timed(train, { ...options, members: runs }));
  }
  const report = await evaluateEnsemble(ensemble, test, { curves: false, replicates: 0 });
  const { v, c, rho } = report.errorCorrelation;
  const scoreOf = ({ accuracy, rmse }: { accuracy: number | null; rmse: readonly number[] | null }) =>
    accuracy === null ? rmse![0]! / deviation(test) : 1 - accuracy;
  const result = {
    ...{ ensemble: scoreOf(report.ensemble!), member: scoreOf(report.meanMember) },
    ...{ v, c: c!, rho: rho!, members: ensemble.members.length, time: seconds / (budget ?? seconds) },
  };
  return { result, seconds };
}

const [folder = 'data', ...wanted] = process.argv.slice(2);
const names = wanted.length === 0 ? USUAL : wanted;
const tables = realTables(folder, names);
const missing = names.filter((name) => !tables.some((table) => table.name === name));
if (missing.length > 0) throw new Error(`Expected the tables ${missing.join(', ')} in ${folder}`);
for (const table of tables) {
  const results = new Map<string, Result[]>(Object.keys(WAYS).map((way) => [way, []]));
  for (const seed of SEEDS) {
    const { train, test } = loadSplit(table, seed);
    let budget: number | null = null;
    for (const [way, options] of Object.entries(WAYS)) {
      // Once beforehand, so that nobody pays for the compiler.
      if (budget === null) await timed(train, formerly({ ...options, seed, members: 1, epochs: 2 }));
      const { result, seconds } = await measure(train, test!, formerly({ seed, ...options }), budget);
      budget ??= seconds;
      results.get(way)!.push(result);
    }
  }
  const independent = results.get('independent')!;
  console.log(`\n| ${table.name} | members | time | score | member | v | c | ρ | against independent |`);
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
  for (const [way, own] of results) {
    const differences = own.map(({ ensemble }, split) => ensemble - independent[split]!.ensemble);
    const centre = mean(differences);
    const freedom = differences.length - 1;
    const half = studentQuantile(0.025, freedom) * Math.sqrt(variance(differences) / freedom);
    const figure = (of: keyof Result, digits: number) =>
      mean(own.map((result) => result[of])).toFixed(digits);
    const against =
      way === 'independent'
        ? ''
        : `${centre >= 0 ? '+' : '−'}${Math.abs(centre).toFixed(4)} ± ${half.toFixed(4)}`;
    const scores = [
      figure('ensemble', 4),
      figure('member', 4),
      figure('v', 4),
      figure('c', 4),
      figure('rho', 3),
    ];
    console.log(`| ${[way, figure('members', 0), figure('time', 2), ...scores, against].join(' | ')} |`);
  }
}
