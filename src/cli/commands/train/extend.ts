// `tutti extend`: a saved ensemble gets more members, or those that an interrupt or a failure left out.

import type { ClassWeights } from '../../../data/preprocessing/weights.js';
import { TuttiError } from '../../../errors.js';
import { createPool } from '../../../pool/pool.js';
import { type ExtendOptions, extendEnsemble } from '../../../training/extend-ensemble.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../../files/input-files.js';
import { trainingRowsOf } from '../../files/training-part.js';
import {
  AGGREGATOR_ROW,
  aggregatorOf,
  CLIP_ROW,
  checkAggregator,
  checkClip,
  clipOf,
  hasVariances,
} from '../../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../../options/command.js';
import { CLASS_WEIGHTS_ROW, CSV_ROWS, readTable } from '../../options/data-flags.js';
import { INTERVAL_ROWS, intervalsOf } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { OptionRow } from '../../options/option-row.js';
import { rowsIn } from '../../options/rows.js';
import { ALLOW_FAILURES_ROW, OUT_ROW, THREADS_ROW, threadsFor } from '../../options/train-settings.js';
import { endWithProcess } from '../../terminal/ending.js';
import { reportRun } from './report-run.js';
import { trainAndSave } from './train-and-save.js';
import { keptJson } from './train-text.js';

const run = rowsIn('run');

const ROWS: readonly OptionRow[] = [
  run.number('members', 'how many members it has then', {
    short: 'k',
    argument: 'k',
    range: 'an integer ≥ those that are trained',
    defaultText: 'as planned: those missing are trained',
  }),
  THREADS_ROW,
  run.number('deadline', 'how long a new member may take', {
    argument: 'seconds',
    range: 'a number > 0',
    defaultText: 'no limit',
  }),
  OUT_ROW,
  ALLOW_FAILURES_ROW,
  CLASS_WEIGHTS_ROW,
];

export const command: CommandDefinition = {
  arguments: [
    { name: 'ensemble', description: 'saved ensemble' },
    { name: 'file', description: 'the file it was trained on' },
  ],
  options: [
    ...[...ROWS, AGGREGATOR_ROW, CLIP_ROW, ...INTERVAL_ROWS, ...CSV_ROWS],
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti extend digits.tutti digits.csv --members 32 --out digits-32.tutti',
    'tutti extend interrupted.tutti digits.csv --out whole.tutti',
  ],
  run: ([bundle, file], given, origins) => extend(bundle!, file!, given, origins),
};

async function extend(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const out = given.out as string | undefined;
  const quiet = given.quiet === true;
  await checkOutput(out, [bundle, file]);
  const { ensemble: old, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(out, old);
  const aggregator = aggregatorOf(given);
  const clip = clipOf(given);
  checkClip(clip, old.task.kind);
  checkAggregator(aggregator, old.task.kind, hasVariances(old));
  const table = readTable(file, given, origins);
  const rows = trainingRowsOf(old, preprocessing, table, given.classWeights as ClassWeights | undefined);
  if (rows === null) {
    const message = `Expected ${file} to hold the rows that ${bundle} was trained on, got others`;
    throw new TuttiError('ERR_DATA', message, { path: file });
  }
  const options = optionsOf(given, old.plan.members.length);
  const intervals = intervalsOf(given, rows.test !== null);
  const pool = endWithProcess(
    createPool({ threads: threadsFor(given.threads, options.members - old.members.length) }),
  );
  const run = await trainAndSave((how) => extendEnsemble(old, rows.train, options, how), pool, {
    quiet,
    out,
  });
  return reportRun(run, rows, {
    out,
    aggregator,
    figures: { ...intervals, ...clip, runner: pool },
    membersBefore: old.members.length,
    allowFailures: given.allowFailures === true,
    jsonOf: given.json === true ? (outcome) => ({ ensemble: bundle, file, ...keptJson(outcome) }) : null,
  });
}

function optionsOf({ members, deadline }: GivenOptions, planned: number): ExtendOptions {
  const more = (members as number | undefined) ?? planned;
  return { members: more, ...(deadline === undefined ? {} : { deadline: deadline as number }) };
}
