// What embedded inputs are worth on a folder of tables, each paired with the same networks on bare inputs, on the same splits and
// seeds: the table of docs/techniques/embeddings.md.
// Run: node dist/scripts/figures/embeddings.js FOLDER

import { createPool, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { formerly } from '../support/former-defaults.js';
import { type ComparedWay, loadSplit, printChanges, realTables, scoreOf } from '../support/real-tables.js';

const TABLES = [
  ...['churn', 'credit', 'glass', 'ionosphere', 'vehicle', 'vowel'],
  ...['ames', 'boston', 'carprices', 'concrete', 'diabetes', 'diamonds'],
];
const SEEDS = [1, 2];
/** Beside the former defaults. */
const NETWORKS: TrainingOptions = { members: 6, hidden: [128, 128], batchSize: 64, learningRate: 1e-3 };

const WAYS: Readonly<Record<string, TrainingOptions>> = {
  periodic: { numericEmbedding: 'periodic' },
  'periodic, `frequencyScale` 0.3': { numericEmbedding: 'periodic', frequencyScale: 0.3 },
  cosine: { numericEmbedding: 'cosine' },
  'cosine, `frequencyScale` 1': { numericEmbedding: 'cosine', frequencyScale: 1 },
  'piecewiseLinear, 16 bins': { numericEmbedding: 'piecewiseLinear' },
  'piecewiseLinear, 16 bins to 8 numbers': { numericEmbedding: 'piecewiseLinear', embeddingSize: 8 },
  '`inputScale`': { inputScale: true, scaleRateFactor: 6 },
  '`categoryEmbedding` learned': { categoryEmbedding: 'learned' },
};

const runner = createPool();

const tables = realTables(process.argv[2] ?? 'data', TABLES);

const wayOf = (name: string, options: TrainingOptions): ComparedWay => ({
  ...{ name, tables },
  async score(table, seed) {
    const { train, test } = loadSplit(table, seed);
    const network = formerly({ seed, ...NETWORKS, ...options });
    return scoreOf(await trainEnsemble(train, network, { runner }), train, test!);
  },
});

const ways = Object.entries(WAYS).map(([name, options]) => wayOf(name, options));
await printChanges('bare inputs', wayOf('bare', {}), ways, SEEDS);
await runner.close();
