// `tutti leaderboard`: what a saved ensemble owes to each of its members.

import { leaderboard } from '../../api/comparisons.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import { leaderboardLines } from '../../report/leaderboard-text.js';
import {
  LEADERBOARD_OPTIONS,
  type LeaderboardOptions,
} from '../../studies/leaderboard/leaderboard-of-rows.js';
import { ALLOW_MODULE_ROW, loadForRawRows } from '../files/input-files.js';
import { trainingPart } from '../files/training-part.js';
import {
  AGGREGATOR_ROW,
  aggregatorOf,
  CLIP_ROW,
  checkAggregator,
  clipOf,
  hasVariances,
  WEIGHTS_ROW,
  weightsOf,
} from '../options/averaging-flags.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import type { OptionRow } from '../options/option-row.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const figures = rowsIn('figures');

const ROWS: readonly OptionRow[] = [
  figures.of(LEADERBOARD_OPTIONS, 'metric'),
  figures.of(LEADERBOARD_OPTIONS, 'sort'),
  figures.of(LEADERBOARD_OPTIONS, 'outOfBag'),
];

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    ...[...ROWS, AGGREGATOR_ROW, WEIGHTS_ROW, CLIP_ROW, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti leaderboard digits.tutti test.csv',
    'tutti leaderboard digits.tutti test.csv --metric accuracy --sort contribution',
    'tutti leaderboard digits.tutti digits.csv --out-of-bag --json',
  ],
  run: ([bundle, file], given, origins) => show(bundle!, file!, given, origins),
};

async function show(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { outOfBag, metric, sort, json, quiet } = given;
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  const aggregator = aggregatorOf(given, ensemble);
  checkAggregator(aggregator, ensemble.task.kind, hasVariances(ensemble));
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const trained = outOfBag === true || quiet !== true ? trainingPart(ensemble, preprocessing, table) : null;
  if (outOfBag !== true && trained !== null) {
    note('Rows the ensemble was trained on are among these: give --out-of-bag, or other rows.');
  }
  const dataset = (outOfBag === true ? trained : null) ?? transformTable(preprocessing, table);
  const outcome = await stoppable(null, quiet === true, ({ signal }) =>
    leaderboard(ensemble, dataset, {
      ...{ signal, aggregator, outOfBag: outOfBag === true, ...weightsOf(given), ...clipOf(given) },
      ...(metric === undefined ? {} : { metric: metric as string }),
      ...(sort === undefined ? {} : { sort: sort as NonNullable<LeaderboardOptions['sort']> }),
    }),
  );
  if ('status' in outcome) return outcome.status;
  const board = outcome.result;
  if (json === true) printJson(board);
  else {
    const name = outOfBag === true ? `${table.source}, out of bag` : table.source;
    for (const line of leaderboardLines(board, name, paletteOf(process.stdout))) print(line);
  }
  return 0;
}
