// `tutti serve`: answers HTTP requests with an ensemble's predictions, until it is asked to end.

import { basename } from 'node:path';
import { memberAccount } from '../../ensemble/member-account.js';
import { failOption } from '../../errors.js';
import { pickOptions } from '../../option-names.js';
import { createPool, type Pool } from '../../pool/pool.js';
import { membersText } from '../../report/account-text.js';
import { SERVE_OPTIONS, type ServeOptions } from '../../serve/options.js';
import { serveEnsemble } from '../../serve/serve-ensemble.js';
import { ALLOW_MODULE_ROW, loadEnsembleFile } from '../files/input-files.js';
import {
  AGGREGATOR_ROW,
  aggregatorOf,
  CALIBRATED_ROW,
  CLIP_ROW,
  calibratedOf,
  checkAggregator,
  clipOf,
  hasVariances,
  WEIGHTS_ROW,
  weightsOf,
} from '../options/averaging-flags.js';
import { type CommandDefinition, type GivenOptions, QUIET_ROW } from '../options/command.js';
import { PREDICTING_ISOLATE_ROW, poolFlagsOf, poolOptions, THREADS_ROW } from '../options/pool-flags.js';
import { rowsIn } from '../options/rows.js';
import { endWithProcess } from '../terminal/ending.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { note, print } from '../terminal/terminal.js';
import { RequestLog } from '../text/request-log.js';

const server = rowsIn('server');

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble' }],
  options: [
    server.of(SERVE_OPTIONS, 'port', { argument: 'port', common: true }),
    server.of(SERVE_OPTIONS, 'host', { argument: 'address', common: true }),
    server.of(SERVE_OPTIONS, 'hosts', { argument: 'names' }),
    server.of(SERVE_OPTIONS, 'name', { argument: 'text' }),
    server.of(SERVE_OPTIONS, 'maxBytes', { argument: 'n' }),
    server.of(SERVE_OPTIONS, 'maxRows', { argument: 'n' }),
    server.of(SERVE_OPTIONS, 'maxWaiting', { argument: 'n' }),
    server.of(SERVE_OPTIONS, 'timeout', { argument: 's' }),
    server.of(SERVE_OPTIONS, 'linger', { argument: 'ms' }),
    server.of(SERVE_OPTIONS, 'grace', { argument: 's' }),
    ...[AGGREGATOR_ROW, WEIGHTS_ROW, CALIBRATED_ROW, CLIP_ROW],
    { ...THREADS_ROW, description: 'threads that predict requests of many rows' },
    ...[ALLOW_MODULE_ROW, PREDICTING_ISOLATE_ROW, QUIET_ROW],
  ],
  examples: [
    'tutti serve prices.tutti --port 8080',
    "curl -H 'Content-Type: text/csv' --data-binary @new.csv 'http://127.0.0.1:8080/predict?coverage=0.9'",
    'tutti serve prices.tutti --host 0.0.0.0 --port 80 --max-rows 1000 --quiet',
  ],
  run: ([bundle], given) => serve(bundle!, given),
};

async function serve(bundle: string, given: GivenOptions): Promise<number> {
  const ensemble = await loadEnsembleFile(bundle, given);
  const { task, preprocessing } = ensemble;
  checkAggregator(aggregatorOf(given, ensemble), task.kind, hasVariances(ensemble));
  if (given.clip !== undefined && task.kind === 'classification')
    failOption('clip', 'absent for classification', given.clip);
  const pool = poolOf(given);
  const quiet = given.quiet === true;
  const log = quiet ? null : new RequestLog(note, process.stderr.isTTY === true);
  let heard: () => void = () => {};
  const asked = new Promise<void>((resolve) => (heard = resolve));
  const interrupt = listenForInterrupt(() => heard());
  try {
    const options: ServeOptions = {
      name: basename(bundle).replace(/\.tutti$/, ''),
      ...pickOptions(given as Partial<ServeOptions>, SERVE_OPTIONS),
      ...weightsOf(given),
      ...calibratedOf(given, ensemble),
      ...clipOf(given),
      ...(pool === null ? {} : { runner: pool }),
      ...(log === null ? {} : { onRequest: (request) => log.add(request) }),
    };
    const server = await serveEnsemble(ensemble, options);
    // The result, whoever asked for quiet: without it nobody knows where one of port 0 is.
    print(server.url);
    if (!quiet) {
      const rows = preprocessing === null ? 'lists of numbers' : 'records or CSV';
      note(`${bundle}: ${membersText(memberAccount(ensemble))} answer; POST ${rows} to /predict`);
      if (!server.isLocal)
        note('It listens beyond this machine: whoever gets there is answered, unencrypted.');
    }
    await asked;
    log?.end('ending: requests under way are answered');
    await server.close();
    return 0;
  } finally {
    interrupt.release();
    log?.close();
    await pool?.destroy();
  }
}

/** The threads that were asked for; null: those that all share, once there is need of them. @throws ERR_OPTION */
function poolOf(given: GivenOptions): Pool | null {
  if (given.threads === undefined) return null;
  const { threads } = poolOptions(poolFlagsOf(given), Number.POSITIVE_INFINITY);
  return endWithProcess(createPool({ threads: threads ?? 1 }));
}
