// What encodings of numbers, of targets, of missing cells and of unseen categories are worth on a folder of tables, each paired with
// the default encoding on the same splits and seeds, of networks as the former defaults were: the tables of docs/techniques/encodings.md.
// Run: node dist/scripts/figures/encodings.js FOLDER

import { loadTraining } from '../../src/data/load.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import { createPool, type LoadOptions, readCsv, tableFromRecords, trainEnsemble } from '../../src/index.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { formerly } from '../support/former-defaults.js';
import {
  type ComparedWay,
  loadSplit,
  printChanges,
  type RealTable,
  realTables,
  scoreOf,
} from '../support/real-tables.js';

const TABLES = [
  ...['churn', 'credit', 'glass', 'ionosphere', 'vehicle', 'vowel'],
  ...['ames', 'boston', 'carprices', 'concrete', 'diabetes', 'diamonds', 'servo'],
];
const SEEDS = [1, 2, 3];
const NETWORKS = formerly({ members: 8 });

interface Way {
  readonly name: string;
  readonly load: Partial<LoadOptions>;
  readonly tables: readonly RealTable[];
}

const folder = process.argv[2] ?? 'data';
const all = realTables(folder, TABLES);
const numbers = all.filter(({ goal }) => goal.task === 'regression');
const WAYS: readonly Way[] = [
  { name: 'robust, smooth clip 3', load: { scaling: 'robust' }, tables: all },
  { name: 'columns, smooth clip 3', load: { softClip: 3, clipShape: 'smooth' }, tables: all },
  { name: 'quantile', load: { scaling: 'quantile' }, tables: all },
  { name: 'quantile, clip 2', load: { scaling: 'quantile', softClip: 2 }, tables: all },
  { name: 'logarithms of the target', load: { targetScaling: 'log' }, tables: numbers },
  { name: 'quantiles of the target', load: { targetScaling: 'quantile' }, tables: numbers },
  { name: 'missing indicators', load: { missingIndicators: true }, tables: realTables(folder, ['credit']) },
];

const runner = createPool();

const wayOf = ({ name, load, tables }: Way): ComparedWay => ({
  ...{ name, tables },
  async score(table, seed) {
    const { train, test } = loadSplit(table, seed, load);
    return scoreOf(await trainEnsemble(train, { ...NETWORKS, seed }, { runner }), train, test!);
  },
});

const defaults = wayOf({ name: 'defaults', load: {}, tables: all });
await printChanges('the default encoding', defaults, WAYS.map(wayOf), SEEDS);

/** Columns of many categories, of which a fifth are held out with all of their rows. */
const LEVELS = [
  ['ames', 'Neighborhood'],
  ['ames', 'Exterior_2nd'],
  ['carprices', 'Model'],
  ['churn', 'state'],
] as const;
console.log('\n| column, a fifth of its categories never seen | `ignore` | `learned` |\n|---|--:|--:|');
for (const [name, column] of LEVELS) {
  const [known] = realTables(folder, [name]);
  if (known === undefined) continue;
  const table = readCsv(known.path);
  const own = table.columns.find((one) => one.name === column);
  if (own === undefined) continue;
  const sums = { ignore: 0, learned: 0 };
  for (const seed of SEEDS) {
    const levels = [...new Set(Array.from({ length: table.rows }, (_, row) => own.text(row)))].sort();
    const order = Uint32Array.from(levels.keys());
    shuffleInPlace(order, new RandomStream(streamKey(seed, 'split')));
    const held = new Set([...order.subarray(0, Math.ceil(levels.length / 5))].map((at) => levels[at]!));
    const rowsOf = (isHeld: boolean) =>
      tableFromRecords(
        Array.from({ length: table.rows }, (_, row) => row)
          .filter((row) => held.has(own.text(row)) === isHeld)
          .map((row) => Object.fromEntries(table.columns.map((one) => [one.name, one.text(row)]))),
      );
    const [train, test] = [rowsOf(false), rowsOf(true)];
    for (const unseen of ['ignore', 'learned'] as const) {
      const options = { ...known.goal, impute: 'mean', unseen } as const;
      const { train: rows, preprocessing } = loadTraining(train, options);
      const ensemble = await trainEnsemble(rows, { ...NETWORKS, seed }, { runner });
      sums[unseen] += (await scoreOf(ensemble, rows, transformTable(preprocessing, test))) / SEEDS.length;
    }
  }
  console.log(`| ${name}, \`${column}\` | ${sums.ignore.toFixed(4)} | ${sums.learned.toFixed(4)} |`);
}
await runner.close();
