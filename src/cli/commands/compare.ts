// `tutti compare`: which of several saved ensembles is better, on the same rows.

import { compareEnsembles } from '../../api/comparisons.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import type { Aggregator } from '../../predictions/aggregate/aggregators.js';
import { comparisonLines } from '../../report/comparison-text.js';
import { requireSameTask } from '../../studies/comparison/compare-ensembles.js';
import { ALLOW_MODULE_ROW, loadForRawRows } from '../files/input-files.js';
import { trainingPart } from '../files/training-part.js';
import {
  AGGREGATOR_ROW,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  clipOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import { INTERVAL_ROWS, intervalsOf } from '../options/figure-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

export const command: CommandDefinition = {
  arguments: [
    { name: 'first', description: 'saved ensemble' },
    { name: 'second', description: 'another, beside the first' },
    {
      name: 'file',
      rows: true,
      description: 'data file with the columns that they were trained on, target included',
    },
    { name: 'others', description: 'more saved ensembles, each beside the first', rest: true },
  ],
  options: [
    ...[AGGREGATOR_ROW, CALIBRATED_ROW, CLIP_ROW, ...INTERVAL_ROWS, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti compare small.tutti large.tutti test.csv',
    'tutti compare small.tutti large.tutti test.csv larger.tutti --level 0.9 --json',
  ],
  run: (words, given, origins) => compare(words, given, origins),
};

/** What names of tables end in, as far as anybody's do. */
const TABLE = /\.(csv|tsv|txt|json|jsonl|ndjson)$/i;

/** The rows and the ensembles: the one that is named like a table, else the third. */
function sorted(words: readonly string[]): { readonly file: string; readonly bundles: readonly string[] } {
  const tables = words.filter((word) => TABLE.test(word));
  const file = tables.length === 1 ? tables[0]! : words[2]!;
  const at = words.indexOf(file);
  return { file, bundles: words.filter((_, place) => place !== at) };
}

async function compare(
  words: readonly string[],
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { aggregator, json, quiet } = given;
  const { file, bundles } = sorted(words);
  const intervals = intervalsOf(given);
  const loaded = [];
  for (const bundle of bundles) loaded.push(await loadForRawRows(bundle, given));
  const ensembles = loaded.map(({ ensemble }) => ensemble);
  requireSameTask(ensembles, bundles);
  const table = await readTable(file, given, origins);
  const datasets = loaded.map(({ preprocessing }) => transformTable(preprocessing, table));
  if (quiet !== true) {
    for (const [at, { ensemble, preprocessing }] of loaded.entries()) {
      noteMissing(ensemble);
      if (trainingPart(ensemble, preprocessing, table) === null) continue;
      note(`Rows that ${bundles[at]} was trained on are among these: it is better there than on new rows.`);
    }
  }
  const calibrated = ensembles.find(({ calibration }) => calibration !== null) ?? ensembles[0]!;
  const outcome = await stoppable(null, quiet === true, ({ signal }) =>
    compareEnsembles(ensembles, datasets, {
      ...{ signal, names: bundles, ...intervals, ...clipOf(given), ...calibratedOf(given, calibrated) },
      ...(aggregator === undefined ? {} : { aggregator: aggregator as Aggregator }),
    }),
  );
  if ('status' in outcome) return outcome.status;
  const comparison = outcome.result;
  if (json === true) printJson(comparison);
  else for (const line of comparisonLines(comparison, table.source, paletteOf(process.stdout))) print(line);
  return 0;
}
