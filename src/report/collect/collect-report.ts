// Collects what the report says: of the ensemble, of each set of rows, of its members and features.

import { requireIndependent, type TrainedEnsemble } from '../../ensemble/ensemble.js';
import { betweenBlocks } from '../../long-calls.js';
import type { Baseline } from '../../measure/baseline/baseline.js';
import { fitBaseline } from '../../measure/baseline/fit-baseline.js';
import { type HonestTest, honestTest } from '../../measure/honest-test.js';
import type { PageData, SetData } from '../page/page-data.js';
import { counted } from '../words.js';
import {
  type CollectedSet,
  collectSet,
  DEFAULT_LEVEL,
  type RowsPart,
  type SetOptions,
} from './collect-set.js';
import { type FactOptions, factsOf } from './facts.js';
import { featuresOf } from './features-data.js';
import { guaranteeOf, withConformity } from './guarantee.js';
import { importanceOf } from './importance.js';
import { membersOf } from './members.js';
import { type ReportAttack, robustnessOf } from './robustness.js';
import { warningsOf } from './warnings.js';

/** What a long report is at. */
export interface ReportStep {
  readonly done: number;
  readonly of: number;
  /** What comes now, in words. */
  readonly next: string;
}

export interface CollectOptions extends SetOptions, Omit<FactOptions, 'aggregator'> {
  /** Whether, and how, rows are moved against it: a section more. @default false */
  readonly attack?: boolean | ReportAttack;
  readonly onStep?: (step: ReportStep) => void;
}

/**
 * @param parts rows with their truth; those that no member was trained on first.
 * @throws ERR_OPTION for a boosted sum.
 * @returns sets of rows that had any; none where no row of any part is out of bag.
 */
export async function collectReport(
  ensemble: TrainedEnsemble,
  parts: readonly RowsPart[],
  options: CollectOptions = {},
): Promise<PageData> {
  requireIndependent(ensemble);
  const { title, file, commands, attack = false, onStep, ...measuring } = options;
  const of = parts.length + (attack === false ? 2 : 3);
  let done = 0;
  const step = async (next: string) => {
    onStep?.({ done, of, next });
    done++;
    await betweenBlocks(measuring.signal);
  };
  // First, since it refuses what nothing else does.
  if (attack !== false) await step(`attack rows of ${parts[0]!.source}`);
  const robustness =
    attack === false ? null : await robustnessOf(ensemble, parts[0]!, attack, measuring.signal);
  const baseline = baselineOf(ensemble, parts);
  const collected: CollectedSet[] = [];
  let predictMs = 0;
  let predictedRows = 0;
  for (const part of parts) {
    await step(`measure ${counted(part.dataset.rows, 'row')} of ${part.source}`);
    const set = await collectSet(ensemble, part, baseline, measuring, parts.length === 1);
    if (set === null) continue;
    collected.push(set);
    if (predictedRows > 0) continue;
    predictMs = set.predictMs;
    predictedRows = part.dataset.rows;
  }
  const sets = guaranteed(ensemble, collected, measuring);
  await step('permute columns');
  const explained = await explain(ensemble, parts, sets, measuring);
  const features = featuresOf(ensemble, parts, explained);
  const honest = honestTestOf(sets, measuring.level);
  const named = { ...(title === undefined ? {} : { title }), ...(file === undefined ? {} : { file }) };
  const aggregator = measuring.aggregator === undefined ? {} : { aggregator: measuring.aggregator };
  const data: PageData = {
    version: 1,
    ensemble: factsOf(ensemble, { ...named, ...aggregator, ...(commands === undefined ? {} : { commands }) }),
    sets,
    honestTest: honest,
    members: membersOf(ensemble),
    failures: ensemble.failures.map(({ index, error: { code, message } }) => ({ index, code, message })),
    features,
    robustness,
    notes: warningsOf(ensemble, sets, honest, features),
    cost: { trainingMs: ensemble.wallMs, predictMs, predictedRows },
  };
  await step('draw');
  return data;
}

/** The ensemble's own, or that of the training rows where they are there. */
function baselineOf({ baseline }: TrainedEnsemble, parts: readonly RowsPart[]): Baseline | null {
  const train = parts.find(({ rowsFrom }) => rowsFrom === 'outOfBag');
  return baseline ?? (train === undefined ? null : fitBaseline(train.dataset));
}

/** The sets, those of test rows with how guarantees hold there. */
function guaranteed(
  ensemble: TrainedEnsemble,
  collected: readonly CollectedSet[],
  options: SetOptions,
): SetData[] {
  const outOfBag = collected.find(({ known }) => known.rowsFrom === 'outOfBag') ?? null;
  const own = withConformity(ensemble, outOfBag, options);
  const level = options.level ?? DEFAULT_LEVEL;
  return collected.map(({ data, known, dataset }) => ({
    ...data,
    guarantee: guaranteeOf(own, known, dataset, { ...options, level }),
  }));
}

/** On the first rows that could be measured. */
async function explain(
  ensemble: TrainedEnsemble,
  parts: readonly RowsPart[],
  sets: readonly SetData[],
  { level: _level, replicates: _replicates, ...combining }: SetOptions,
): ReturnType<typeof importanceOf> {
  const part = parts.find(({ rowsFrom }) => rowsFrom === sets[0]?.rowsFrom);
  if (part === undefined || sets[0]!.rows < 2) return { importance: null, dependence: [] };
  return importanceOf(ensemble, part, combining);
}

function honestTestOf(sets: readonly SetData[], level: number | undefined): HonestTest | null {
  const of = (rowsFrom: SetData['rowsFrom']) =>
    sets.find((set) => set.rowsFrom === rowsFrom)?.measurement.errorCorrelation;
  const [outOfBag, test] = [of('outOfBag'), of('heldOut')];
  if (outOfBag === undefined || test === undefined || outOfBag.outOfBag === null) return null;
  return honestTest(outOfBag, test, level === undefined ? {} : { level });
}
