// `tutti prune`: a few members of a saved ensemble, chosen on rows that none was trained on, and what that costs.

import { saveEnsemble } from '../../bundle/save.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import { PRUNE_OPTIONS, pruneEnsemble } from '../../ensemble/select/prune-members.js';
import { failOption } from '../../errors.js';
import type { SelectionMetric } from '../../measure/metrics/metrics.js';
import { pruneLines } from '../../report/prune-text.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../files/input-files.js';
import { trainingPart } from '../files/training-part.js';
import { AGGREGATOR_ROW, aggregatorOf } from '../options/averaging-flags.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { FILE_ROWS, readTable } from '../options/data-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { PREDICTING_ISOLATE_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const selecting = rowsIn('selection');

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    selecting.of(PRUNE_OPTIONS, 'members', { argument: 'm', short: 'k', common: true }),
    selecting.of(PRUNE_OPTIONS, 'outOfBag', {
      description: 'the rows are the training rows: judge each by the members that never saw it',
      defaultText: 'on where they are',
    }),
    selecting.of(PRUNE_OPTIONS, 'metric'),
    rowsIn('output').path('out', 'where to save the ensemble of the members kept', {
      ...{ short: 'o', defaultText: 'not saved', common: true },
    }),
    ...[AGGREGATOR_ROW, ...FILE_ROWS, ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti prune digits.tutti digits.csv --members 8 --out small.tutti',
    'tutti prune digits.tutti validation.csv --members 4 --metric logLoss',
  ],
  run: ([bundle, file], given, origins) => prune(bundle!, file!, given, origins),
};

async function prune(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { members, metric, out, json, quiet } = given;
  if (members === undefined) failOption('members', 'how many members to keep', members);
  const path = out as string | undefined;
  await checkOutput(path, [bundle, file]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(path, ensemble);
  const table = await readTable(file, given, origins);
  if (quiet !== true) noteMissing(ensemble);
  const trained = trainingPart(ensemble, preprocessing, table);
  const outOfBag = given.outOfBag === undefined ? trained !== null : given.outOfBag === true;
  if (!outOfBag && trained !== null && quiet !== true)
    note('Rows the ensemble was trained on are among these: they are judged by members that know them.');
  const dataset = (outOfBag ? trained : null) ?? transformTable(preprocessing, table);
  const outcome = await stoppable(null, quiet === true, ({ signal }) =>
    pruneEnsemble(ensemble, dataset, {
      ...{ members: members as number, outOfBag, aggregator: aggregatorOf(given), signal },
      ...(metric === undefined ? {} : { metric: metric as SelectionMetric }),
    }),
  );
  if ('status' in outcome) return outcome.status;
  const { ensemble: pruned, report } = outcome.result;
  if (path !== undefined && quiet !== true && (ensemble.calibration ?? ensemble.conformity) !== null)
    note(
      'Its calibration and guarantees were of other members, and are dropped: tutti calibrate fits them anew',
    );
  const saved = path === undefined ? null : await saveEnsemble(pruned, path);
  if (json === true) {
    printJson({ ...report, ...(saved === null ? {} : { out: path, contentHash: saved.contentHash }) });
    return 0;
  }
  for (const line of pruneLines(report, paletteOf(process.stdout))) print(line);
  if (path !== undefined && quiet !== true) note(`Wrote ${path}`);
  return 0;
}
