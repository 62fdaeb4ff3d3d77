// What schedules, decay, averages of weights, mixup, clipping and Muon are worth on a folder of tables, each paired with the
// defaults on the same splits and seeds: the tables of docs/techniques/schedules.md, weight-averages.md, mixup.md and muon.md.
// Run: node dist/scripts/figures/steps.js FOLDER

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, type LoadOptions, type TrainingOptions, trainEnsemble } from '../../src/index.js';

const TABLES: Readonly<Record<string, Pick<LoadOptions, 'target' | 'task'>>> = {
  glass: { target: 'Type', task: 'classification' },
  ionosphere: { target: 'Class' },
  vehicle: { target: 'Class' },
  vowel: { target: 'Class' },
  boston: { target: 'medv', task: 'regression' },
  carprices: { target: 'Price', task: 'regression' },
  concrete: { target: 'compressive_strength', task: 'regression' },
  diabetes: { target: 'progression', task: 'regression' },
  servo: { target: 'Class', task: 'regression' },
};
const SEEDS = [1, 2, 3];
const MEMBERS = 6;

const RISEN = { epochs: 60, patience: 60, learningRate: 0.01 } as const;
const WAYS: Readonly<Record<string, TrainingOptions>> = {
  defaults: {},
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

/** Log-loss, or RMSE over the standard deviation of the target in the training rows; and the time it took. */
async function scoreOf(
  path: string,
  goal: Pick<LoadOptions, 'target' | 'task'>,
  way: TrainingOptions,
  seed: number,
) {
  const filled = { impute: 'mean', unseen: 'ignore', testShare: 0.3, seed } as const;
  const { train, test } = loadTraining(path, { ...goal, ...filled });
  const started = performance.now();
  const ensemble = await trainEnsemble(train, { seed, members: MEMBERS, ...way }, { runner });
  const seconds = (performance.now() - started) / 1000;
  const { ensemble: scores } = await evaluateEnsemble(ensemble, test!, { curves: false });
  return { score: scores!.logLoss ?? scores!.rmse![0]! / train.encoding.targets.std[0]!, seconds };
}

/** log(score / that of the defaults) of every way, and its time over theirs, by table and seed. */
const ratios = new Map<string, { readonly log: number; readonly time: number }[]>();
const folder = process.argv[2] ?? 'data';
for (const seed of SEEDS) {
  for (const [name, goal] of Object.entries(TABLES)) {
    const path = join(folder, `${name}.csv`);
    if (!existsSync(path)) continue;
    let defaults = { score: Number.NaN, seconds: Number.NaN };
    for (const [way, options] of Object.entries(WAYS)) {
      const own = await scoreOf(path, goal, options, seed);
      if (way === 'defaults') defaults = own;
      const log = Math.log(own.score / defaults.score);
      ratios.set(way, [...(ratios.get(way) ?? []), { log, time: own.seconds / defaults.seconds }]);
    }
    print(`seed ${seed}, ${name}`);
  }
}
await runner.destroy();

/** Change of the score in per cent, as a geometric mean with its 95 % interval over tables and seeds. */
function print(upTo: string): void {
  const lines = [...ratios].slice(1).map(([way, own]) => {
    const n = own.length;
    const mean = own.reduce((sum, { log }) => sum + log, 0) / n;
    const error = Math.sqrt(own.reduce((sum, { log }) => sum + (log - mean) ** 2, 0) / (n - 1) / n);
    const better = own.filter(({ log }) => log < 0).length;
    const time = own.map(({ time: one }) => one).sort((a, b) => a - b)[Math.floor(n / 2)]!;
    const percent = (log: number) => (100 * log).toFixed(1);
    return `| ${way} | ${percent(mean)} ± ${percent(1.96 * error)} % | ${better} of ${n} | ${time.toFixed(2)} |`;
  });
  console.log(`\n${upTo}\n\n| way | score | better on | time |\n|---|--:|--:|--:|\n${lines.join('\n')}`);
}
