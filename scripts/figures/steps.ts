// What schedules, decay, averages of weights, mixup, clipping and Muon are worth on a folder of tables, each paired with the
// former defaults on the same splits and seeds: the tables of docs/techniques/schedules.md, weight-averages.md, mixup.md and muon.md.
// Run: node dist/scripts/figures/steps.js FOLDER

import { createPool, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { median } from '../../src/math/statistics.js';
import { formerly } from '../support/former-defaults.js';
import { changesOf, loadSplit, type RealTable, realTables, scoreOf } from '../support/real-tables.js';

const TABLES = [
  ...['glass', 'ionosphere', 'vehicle', 'vowel'],
  ...['boston', 'carprices', 'concrete', 'diabetes', 'servo'],
];
const SEEDS = [1, 2, 3];
const MEMBERS = 6;

const RISEN = { epochs: 60, patience: 60, learningRate: 0.01 } as const;
const WAYS: Readonly<Record<string, TrainingOptions>> = {
  'former defaults': {},
  'cosine, 60 epochs, rate 0.01': { ...RISEN, schedule: 'cosine' },
  'flatCos, 60 epochs, rate 0.01': { ...RISEN, schedule: 'flatCos' },
  'coslog4, 60 epochs, rate 0.01': { ...RISEN, schedule: 'coslog4' },
  'adamW, decay 0.1': { optimizer: 'adamW', weightDecay: 0.1 },
  'the same, falling': { optimizer: 'adamW', weightDecay: 0.1, weightDecaySchedule: 'flatCos' },
  'biases at a tenth of the rate': { biasRateFactor: 0.1 },
  'gradients clipped at 1': { gradientClip: 1 },
  'gradients clipped at 0.3': { gradientClip: 0.3 },
  'ema 0.998': { weightAverage: 'ema', averageDecay: 0.998 },
  'ema 0.98': { weightAverage: 'ema', averageDecay: 0.98 },
  'ema 0.9': { weightAverage: 'ema', averageDecay: 0.9 },
  'swa, 60 epochs': { weightAverage: 'swa', epochs: 60, patience: 60 },
  'mixup 0.2': { mixup: 0.2 },
  'muon, rate 0.02': { optimizer: 'muon' },
  'muon, rate 0.005': { optimizer: 'muon', muonLearningRate: 0.005 },
  'muon, rate 0.005, decay 0.1, clipped at 1': {
    ...{ optimizer: 'muon', muonLearningRate: 0.005, weightDecay: 0.1, gradientClip: 1 },
  },
  'flatCos, 60 epochs, rate 0.01, adamW, decay 0.1, clipped at 1': {
    ...{ ...RISEN, schedule: 'flatCos', optimizer: 'adamW', weightDecay: 0.1, gradientClip: 1 },
  },
};

const runner = createPool();

/** The score, and the time it took. */
async function tried(table: RealTable, way: TrainingOptions, seed: number) {
  const { train, test } = loadSplit(table, seed);
  const started = performance.now();
  const ensemble = await trainEnsemble(train, formerly({ seed, members: MEMBERS, ...way }), { runner });
  const seconds = (performance.now() - started) / 1000;
  return { score: await scoreOf(ensemble, train, test!), seconds };
}

/** log(score / that of the former defaults) of every way, and its time over theirs, by table and seed. */
const ratios = new Map<string, { readonly log: number; readonly time: number }[]>();
for (const seed of SEEDS) {
  for (const table of realTables(process.argv[2] ?? 'data', TABLES)) {
    let defaults = { score: Number.NaN, seconds: Number.NaN };
    for (const [way, options] of Object.entries(WAYS)) {
      const own = await tried(table, options, seed);
      if (way === 'former defaults') defaults = own;
      const log = Math.log(own.score / defaults.score);
      ratios.set(way, [...(ratios.get(way) ?? []), { log, time: own.seconds / defaults.seconds }]);
    }
    print(`seed ${seed}, ${table.name}`);
  }
}
await runner.destroy();

/** Change of the score in per cent, as a geometric mean with its 95 % interval over tables and seeds. */
function print(upTo: string): void {
  const lines = [...ratios].slice(1).map(([way, own]) => {
    const { mean, half, better } = changesOf(own.map(({ log }) => log));
    const time = median(own.map(({ time: one }) => one));
    const percent = (log: number) => (100 * log).toFixed(1);
    return `| ${way} | ${percent(mean)} ± ${percent(half)} % | ${better} of ${own.length} | ${time.toFixed(2)} |`;
  });
  console.log(`\n${upTo}\n\n| way | score | better on | time |\n|---|--:|--:|--:|\n${lines.join('\n')}`);
}
