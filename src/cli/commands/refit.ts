// `tutti refit`: the members of a saved ensemble once more, as they were set, on all rows of a file.

import { saveEnsemble } from '../../bundle/save.js';
import { transformTable } from '../../data/preprocessing/preprocessing.js';
import type { ClassWeights } from '../../data/preprocessing/weights.js';
import { failOption } from '../../errors.js';
import { pickOptions } from '../../option-names.js';
import { createPool } from '../../pool/pool.js';
import { REFIT_OPTIONS, type RefitOptions } from '../../refitting/options.js';
import { refitLines } from '../../report/refit-text.js';
import {
  ALLOW_MODULE_ROW,
  checkOutput,
  checkOutputBesideModules,
  loadForRawRows,
} from '../files/input-files.js';
import {
  type CommandDefinition,
  ENSEMBLE_AND_ROWS,
  type GivenOptions,
  JSON_ROW,
  QUIET_ROW,
} from '../options/command.js';
import { CLASS_WEIGHTS_ROW, FILE_ROWS, readTable } from '../options/data-flags.js';
import { INTERVAL_ROWS, intervalsOf } from '../options/figure-flags.js';
import type { OptionOrigins } from '../options/option-origins.js';
import { POOL_ROWS, poolFlagsOf, poolOptions } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { endWithProcess } from '../terminal/ending.js';
import { stoppable } from '../terminal/stoppable.js';
import { note, paletteOf, print, printJson } from '../terminal/terminal.js';
import { noteMissing } from '../text/missing-members.js';

const run = rowsIn('run');

export const command: CommandDefinition = {
  arguments: ENSEMBLE_AND_ROWS,
  options: [
    run.path('out', 'where to save the refitted ensemble', { short: 'o', common: true }),
    run.of(REFIT_OPTIONS, 'rows', { common: true }),
    run.of(REFIT_OPTIONS, 'checkShare', { argument: 'share' }),
    run.path('heldOut', 'file of rows that neither ensemble is trained on, which judge both', {
      defaultText: 'none',
    }),
    run.of(REFIT_OPTIONS, 'seed', { argument: 'n' }),
    ...[...POOL_ROWS, CLASS_WEIGHTS_ROW, ...INTERVAL_ROWS, ...FILE_ROWS],
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti refit digits.tutti digits.csv --out final.tutti',
    'tutti refit digits.tutti digits.csv --rows resampled --check-share 0 --out final.tutti',
  ],
  run: ([bundle, file], given, origins) => refit(bundle!, file!, given, origins),
};

async function refit(
  bundle: string,
  file: string,
  given: GivenOptions,
  origins: OptionOrigins,
): Promise<number> {
  const { out, heldOut, json, quiet } = given;
  if (out === undefined) failOption('out', 'the path of the ensemble to write', out);
  const path = String(out);
  await checkOutput(path, [bundle, file, ...(heldOut === undefined ? [] : [String(heldOut)])]);
  const { ensemble, preprocessing } = await loadForRawRows(bundle, given);
  await checkOutputBesideModules(path, ensemble);
  if (quiet !== true) noteMissing(ensemble);
  const classWeights = given.classWeights as ClassWeights | undefined;
  const table = await readTable(file, given, origins);
  const dataset = transformTable(preprocessing, table, null, { classWeights });
  const judging =
    heldOut === undefined
      ? null
      : transformTable(preprocessing, await readTable(String(heldOut), given, origins));
  const stated = pickOptions(given, { rows: REFIT_OPTIONS.rows, checkShare: REFIT_OPTIONS.checkShare });
  const pool = endWithProcess(createPool(poolOptions(poolFlagsOf(given), ensemble.members.length)));
  const { refitEnsemble } = await import('../../refitting/refit.js');
  const outcome = await stoppable(null, quiet === true, ({ signal }) =>
    refitEnsemble(ensemble, dataset, {
      ...(stated as Pick<RefitOptions, 'rows' | 'checkShare'>),
      ...(given.seed === undefined ? {} : { seed: given.seed as number }),
      ...(judging === null ? {} : { heldOut: judging }),
      ...{ ...intervalsOf(given), runner: pool, signal },
    }),
  );
  if ('status' in outcome) return outcome.status;
  const { ensemble: refitted, report } = outcome.result;
  const dropped = (ensemble.calibration ?? ensemble.conformity) !== null;
  if (dropped && quiet !== true)
    note(
      'Its calibration and guarantees were of other members, and are dropped: tutti calibrate fits them anew',
    );
  const saved = await saveEnsemble(refitted, path);
  if (json === true) {
    printJson({ ...report, out: path, contentHash: saved.contentHash });
    return 0;
  }
  for (const line of refitLines(report, paletteOf(process.stdout))) print(line);
  if (quiet !== true) note(`Wrote ${path}`);
  return 0;
}
