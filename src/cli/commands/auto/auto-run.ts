// What `tutti auto` does once its options are settled: load, search, save, measure, print.

import { autoEnsemble } from '../../../auto/auto-ensemble.js';
import type { AutoOptions, AutoReport } from '../../../auto/auto-options.js';
import type { Pool } from '../../../pool/pool.js';
import { aggregatorOf, clipOf } from '../../options/averaging-flags.js';
import { intervalsOf } from '../../options/figure-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import type { TrainSettings } from '../../options/train-settings.js';
import { note, print } from '../../terminal/terminal.js';
import { reportRun } from '../train/report-run.js';
import type { Start } from '../train/requests.js';
import { trainAndSave } from '../train/train-and-save.js';
import { loadFor, requestOf } from '../train/train-run.js';
import { headerLines, trainJson } from '../train/train-text.js';
import { autoLines } from './auto-text.js';

/**
 * Searches on a file.
 * @returns the exit status.
 */
export async function runAuto(
  file: string,
  settings: TrainSettings,
  options: AutoOptions,
  seed: number | undefined,
  pool: Pool,
  origins: OptionOrigins,
): Promise<number> {
  const { quiet, json, notes, test = null } = settings;
  const request = requestOf(file, { ...settings, training: seed === undefined ? {} : { seed } });
  const data = await loadFor(request, origins, quiet);
  const say = json ? note : print;
  if (!quiet) for (const line of [...notes, ...headerLines(data, request, null)]) say(line);
  const found: { report?: AutoReport } = {};
  const start: Start = async (rows, { runner, signal, onInterrupt, retries, onProgress }) => {
    const { ensemble, report } = await autoEnsemble(
      rows,
      { ...options, seed: request.seed },
      {
        ...(runner === undefined ? {} : { runner }),
        ...(signal === undefined ? {} : { signal }),
        ...(onInterrupt === undefined ? {} : { onInterrupt }),
        ...(retries === undefined ? {} : { retries }),
        ...(onProgress === undefined ? {} : { onProgress }),
      },
    );
    found.report = report;
    return ensemble;
  };
  const { out, failures, allowFailures } = request;
  const run = await trainAndSave((how) => start(data.train, how), pool, {
    quiet,
    out,
    failures,
    kept: null,
    live: null,
    log: null,
  });
  if (!json) for (const line of autoLines(found.report!)) print(line);
  return reportRun(run, data, {
    ...{ out, failures, allowFailures, kept: null, membersBefore: 0, live: null, log: null, file },
    aggregator: aggregatorOf(request),
    calibrate: request.calibrate ?? null,
    figures: { ...intervalsOf(request, data.test !== null), ...clipOf(request), runner: pool },
    jsonOf: json
      ? (outcome) => ({ ...trainJson({ ...outcome, file, test, data }), auto: found.report! })
      : null,
  });
}
