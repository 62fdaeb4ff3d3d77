// What techniques change of the default recipe, one at a time, on splits of small tables that the defaults are not measured on:
// the table of docs/reference/defaults.md, "One change at a time".
// Run: node dist/scripts/figures/changes.js FOLDER [--tables iris,glass] [--ways "mixup,l2"]; all of it is half an hour on two cores

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadDataOptions, TrainingOptions } from '../../src/index.js';
import { mean } from '../../src/math/statistics.js';
import { common, criterionOf, type Outcome, overTables } from '../bench/tables/comparison.js';
import { scoresOf } from '../bench/tables/scores.js';
import { tablesOf, writeSplit } from '../bench/tables/tables.js';
import { Tutti } from '../bench/tables/ways.js';

const CLASSES = ['iris', 'glass', 'ionosphere', 'vehicle', 'vowel'];
const NUMBERS = ['servo', 'meats', 'boston', 'diabetes', 'carprices', 'concrete'];
const SPLITS = [11, 12];
const BASE = 'defaults';

interface Change {
  readonly training?: TrainingOptions;
  readonly data?: Partial<Pick<LoadDataOptions, 'scaling' | 'targetScaling'>>;
  /** Those that it has a meaning for; all. */
  readonly tables?: readonly string[];
}

const of = (training: TrainingOptions): Change => ({ training });
const whole = (training: TrainingOptions) => of({ epochs: 60, patience: 60, ...training });
const BLOCKS = ['residual 64@128 silu, residual 64@128 silu, norm silu'];

const CHANGES: Readonly<Record<string, Change>> = {
  [BASE]: {},
  '`gradientClip` 1': of({ gradientClip: 1 }),
  '`optimizer` `muon`, `muonLearningRate` 0.005': of({ optimizer: 'muon', muonLearningRate: 0.005 }),
  '`muon` at 0.005, batches of 128': of({ optimizer: 'muon', muonLearningRate: 0.005, batchSize: 128 }),
  'batches of 128': of({ batchSize: 128 }),
  '`weightDecay` 0': of({ weightDecay: 0 }),
  '`weightDecay` 0.2': of({ weightDecay: 0.2 }),
  '`l2` 10⁻⁴': of({ l2: 1e-4 }),
  '`schedule` `flatCos`': of({ schedule: 'flatCos' }),
  '60 epochs, none stopped early (`patience` 60)': whole({}),
  'the same, `schedule` `cosine`': whole({ schedule: 'cosine' }),
  'the same, `flatCos`': whole({ schedule: 'flatCos' }),
  'the same, `coslog4`': whole({ schedule: 'coslog4' }),
  '`warmupEpochs` 5': of({ warmupEpochs: 5 }),
  '`weightAverage` `ema`, 0.98': of({ weightAverage: 'ema', averageDecay: 0.98 }),
  '`weightAverage` `swa`': of({ weightAverage: 'swa' }),
  '`mixup` 0.2': of({ mixup: 0.2 }),
  '`inputNoise` 0.1': of({ inputNoise: 0.1 }),
  '`hiddenKeep` 0.9': of({ hiddenKeep: 0.9 }),
  '`labelSmoothing` 0.02 (classes)': { ...of({ labelSmoothing: 0.02 }), tables: CLASSES },
  '`labelSmoothing` 0.1 (classes)': { ...of({ labelSmoothing: 0.1 }), tables: CLASSES },
  '`loss` `focal` (classes)': { ...of({ loss: 'focal' }), tables: CLASSES },
  '`loss` `huber` (numbers)': { ...of({ loss: 'huber' }), tables: NUMBERS },
  '`activation` `relu`': of({ activation: 'relu' }),
  '`activation` `selu`': of({ activation: 'selu' }),
  '`activation` `silu`': of({ activation: 'silu' }),
  '`activation` `mish`': of({ activation: 'mish' }),
  '`norm` `layer`': of({ norm: 'layer' }),
  '`residual 64@128 silu` twice, `norm silu`': of({ hidden: [], layers: BLOCKS }),
  '`inputScale`': of({ inputScale: true }),
  '`scaling` `robust`': { data: { scaling: 'robust' } },
  '`scaling` `quantile`': { data: { scaling: 'quantile' } },
  '`targetScaling` `quantile` (numbers)': { data: { targetScaling: 'quantile' }, tables: NUMBERS },
};

const { values, positionals } = parseArgs({
  options: { tables: { type: 'string' }, ways: { type: 'string' } },
  allowPositionals: true,
});
const names = values.tables?.split(',') ?? [...CLASSES, ...NUMBERS];
const parts = values.ways?.split(',') ?? [''];
const ways = Object.entries(CHANGES).filter(
  ([name]) => name === BASE || parts.some((part) => name.includes(part)),
);
const tables = tablesOf(positionals[0] ?? 'data', []).filter(({ name }) => names.includes(name));

const scratch = mkdtempSync(join(tmpdir(), 'tutti-changes-'));
const tutti = new Tutti(2);
const outcomes: Outcome[] = [];
// Once beforehand, so that nobody pays for the compiler.
if (tables.length > 0)
  await tutti.run({ name: BASE, data: {}, does: { training: {} } }, writeSplit(tables[0]!, 1, scratch));
for (const split of SPLITS) {
  for (const table of tables) {
    const written = writeSplit(table, split, scratch);
    for (const [way, { training = {}, data = {}, tables: own = names }] of ways) {
      if (!own.includes(table.name)) continue;
      const tried = await tutti.run({ name: way, data, does: { training } }, written);
      const { seconds, cpuSeconds } = tried;
      const scores = scoresOf(tried.answer, written.truth);
      outcomes.push({ table: table.name, split, way, scores, seconds, cpuSeconds });
    }
  }
}
await tutti.close();
rmSync(scratch, { recursive: true });

const signed = (value: number, digits: number) =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
console.log('| change | loss | less on | tables × splits | processor time |\n|---|--:|--:|--:|--:|');
for (const [way] of ways.slice(1)) {
  const shared = common(outcomes, [way, BASE]);
  const means = (name: string, of: (outcome: Outcome) => number) => {
    const own = shared.filter((outcome) => outcome.way === name);
    return [...new Set(own.map(({ table }) => table))].map((table) =>
      mean(own.filter((outcome) => outcome.table === table).map(of)),
    );
  };
  const change = overTables(outcomes, [way, BASE], 'logLoss');
  if (change === null) continue;
  const loss = (outcome: Outcome) => criterionOf(outcome, 'logLoss');
  const base = means(BASE, loss);
  const better = means(way, loss).filter((value, at) => value < base[at]!).length;
  const [time, baseTime] = [way, BASE].map((name) => mean(means(name, ({ cpuSeconds }) => cpuSeconds)));
  const ends = `[${signed(change.low, 2)}, ${signed(change.high, 2)}]`;
  const cells = [way, `${signed(change.mean, 3)} ${ends}`, `${better} of ${base.length}`];
  console.log(`| ${[...cells, shared.length / 2, `${(time! / baseTime!).toFixed(2)}×`].join(' | ')} |`);
}
