// tutti's contenders: what `tutti train` does by a preset, and `tutti auto` in a time.

import {
  type AutoOptions,
  autoEnsemble,
  createPool,
  type Dataset,
  type Ensemble,
  type LoadDataOptions,
  loadData,
  type Pool,
  type TrainingOptions,
  trainEnsemble,
} from '../../../src/index.js';
import { FILLED, processorSeconds } from '../../support/real-tables.js';
import type { Tried } from './peers.js';
import type { Answer } from './scores.js';
import type { Split } from './tables.js';

type DataOptions = Partial<Omit<LoadDataOptions, 'target' | 'task' | 'test' | 'testShare'>>;

/** A way to train with tutti: as options say, or as a search in a time finds out. */
export interface Way {
  readonly name: string;
  readonly data: DataOptions;
  readonly does: { readonly training: TrainingOptions } | { readonly auto: AutoOptions };
}

const BY_PRESET = ['balanced', 'best', 'deep-ensemble', 'realmlp', 'tabm'] as const;

/** By their presets, and searched for. */
export const WAYS: readonly Way[] = [
  ...BY_PRESET.map(
    (preset): Way => ({ name: `tutti ${preset}`, data: { preset }, does: { training: { preset } } }),
  ),
  { name: 'tutti auto 30 s', data: {}, does: { auto: { time: 30 } } },
  { name: 'tutti auto 2 min', data: {}, does: { auto: { time: 120 } } },
];

const COVERAGE = 0.9;

export class Tutti {
  readonly #pool: Pool;

  constructor(threads: number) {
    this.#pool = createPool({ threads });
  }

  async run({ data, does }: Way, { train: file, test: rows, goal, split }: Split): Promise<Tried> {
    const loaded = await loadData(file, { ...goal, ...FILLED, ...data, test: rows });
    const [began, used] = [performance.now(), process.cpuUsage()];
    const how = { runner: this.#pool };
    const ensemble =
      'auto' in does
        ? (await autoEnsemble(loaded.train, { seed: split, ...does.auto }, how)).ensemble
        : await trainEnsemble(loaded.train, { seed: split, ...does.training }, how);
    const answer = await answerOf(ensemble, loaded.train, loaded.test);
    const cpuSeconds = processorSeconds(used);
    return { answer, seconds: (performance.now() - began) / 1000, cpuSeconds };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/**
 * Numbers with the deviation that members state, where they do; else with that of errors out of bag, and the intervals of
 * the jackknife+ after bootstrap.
 */
async function answerOf(ensemble: Ensemble, train: Dataset, test: Dataset): Promise<Answer> {
  const predicted = await ensemble.predict(test);
  const { mean, rows, outputs, variance, varianceKind } = predicted;
  if (test.task.kind === 'classification') {
    const row = (at: number) => mean.subarray(at * outputs, (at + 1) * outputs);
    return { probabilities: Array.from({ length: rows }, (_, at) => row(at)) };
  }
  if (variance !== null && varianceKind !== 'spread') {
    return { mean, sd: Array.from(variance, (value) => Math.sqrt(value)) };
  }
  const report = await ensemble.evaluateOutOfBag(train);
  const sd = report.score('rmse').value!;
  const conformal = await ensemble.conformalise(train);
  const { lower, upper } = await conformal.predict(test, { coverage: COVERAGE });
  return { mean, sd: Array.from(mean, () => sd), bounds: { lower: lower!, upper: upper! } };
}
