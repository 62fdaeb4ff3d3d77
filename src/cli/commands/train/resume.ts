// `tutti resume`: goes on with a training that was kept in a folder, as if it had never stopped. What was asked for then
// is in the checkpoint; files are where they were, unless they are named.

import { type CheckpointSummary, readCheckpoint } from '../../../checkpoint/read-checkpoint.js';
import { modulesOf } from '../../../engines/registry.js';
import { failOption, TuttiError } from '../../../errors.js';
import type { LivePage } from '../../../live/live-page.js';
import { createPool } from '../../../pool/pool.js';
import { counted } from '../../../report/words.js';
import { resumeTraining } from '../../../training/resume-training.js';
import { ALLOW_MODULE_ROW, checkOutput } from '../../files/input-files.js';
import { trustedAmong } from '../../files/trusted-modules.js';
import { PACE_ROWS, paceOf } from '../../options/checkpoint-flags.js';
import { type CommandDefinition, type GivenOptions, JSON_ROW, QUIET_ROW } from '../../options/command.js';
import { FAILURE_ROWS, failureSettingsOf } from '../../options/failure-flags.js';
import { LOG_ROWS, type LogRequest, logOf } from '../../options/log-flags.js';
import type { OptionOrigins } from '../../options/option-origins.js';
import { POOL_ROWS, type PoolFlags, poolFlagsOf, poolOptions } from '../../options/pool-flags.js';
import { rowsIn } from '../../options/rows.js';
import { ALLOW_FAILURES_ROW, OUT_ROW } from '../../options/train-settings.js';
import { CLUSTER_ROWS, type ClusterFlags, clusterOf, placeOf } from '../../options/training-place.js';
import { UI_ROWS, uiOf } from '../../options/ui-flags.js';
import { endWithProcess } from '../../terminal/ending.js';
import { note } from '../../terminal/terminal.js';
import { runExtension } from './extend-run.js';
import { keptRun } from './kept-run.js';
import { withLivePage } from './live-run.js';
import type { RunRequest, Start } from './requests.js';
import { inputNow, requireOwnOutput, seenFrom } from './resumed-files.js';
import { type ExtendNote, parseRunNote, type RunNote, type TrainNote } from './run-note.js';
import { carryOut } from './train-run.js';

const data = rowsIn('data');

const TAKE_OVER_ROW = rowsIn('run').flag(
  'takeOver',
  'go on although the folder is in use by a process of another machine: only where that is gone',
);

export const command: CommandDefinition = {
  arguments: [{ name: 'folder', description: 'what --checkpoint named' }],
  options: [
    data.path('data', 'the file of the rows to train on; - for standard input', {
      defaultText: 'where it was',
      common: true,
    }),
    data.path('test', 'the file of the rows to test on; - for standard input', {
      defaultText: 'where it was',
    }),
    ...POOL_ROWS,
    { ...OUT_ROW, defaultText: 'where the training was to save it' },
    ...LOG_ROWS.map((row) => ({ ...row, defaultText: 'as the training was told' })),
    TAKE_OVER_ROW,
    ...CLUSTER_ROWS,
    ...UI_ROWS,
    ...PACE_ROWS.map((row) => ({ ...row, defaultText: 'as it was' })),
    ...FAILURE_ROWS.map((row) => ({ ...row, defaultText: 'as the training was told' })),
    ALLOW_FAILURES_ROW,
    ...[ALLOW_MODULE_ROW, JSON_ROW, QUIET_ROW],
  ],
  examples: ['tutti resume kept', 'tutti resume kept --data moved/digits.csv --out digits.tutti --threads 8'],
  run: ([folder], given, origins) => resume(folder!, given, origins),
};

/** A training that is gone on with. */
interface Resumed {
  readonly folder: string;
  readonly given: GivenOptions;
  readonly origins: OptionOrigins;
  readonly summary: CheckpointSummary;
  readonly on: PoolFlags;
  readonly cluster: ClusterFlags | null;
  readonly out: string | undefined;
  readonly log: LogRequest | undefined;
  readonly failures: RunRequest['failures'];
  readonly allowFailures: boolean;
  readonly start: Start;
}

/** @returns the exit status that the training would have had. */
async function resume(folder: string, given: GivenOptions, origins: OptionOrigins): Promise<number> {
  const pace = paceOf(given);
  // Without one it is kept as often as it was.
  const paced = Object.keys(pace).length === 0 ? {} : { checkpoint: pace };
  const summary = await readCheckpoint(folder);
  const run = noteOf(folder, summary);
  const out = (given.out as string | undefined) ?? (run.request.out && seenFrom(run.cwd, run.request.out));
  if (out !== undefined && given.out === undefined) await requireOwnOutput(out);
  const modules = modulesOf(summary.plan).map(({ path, hash }) => ({ path: seenFrom(run.cwd, path), hash }));
  const allowModules = [
    ...((given.allowModules as string[] | undefined) ?? []),
    ...trustedAmong(modules).map(({ path }) => path),
  ];
  const takeOver = given.takeOver === true ? { takeOver: true } : {};
  const own = poolFlagsOf(given);
  const resumed: Resumed = {
    ...{ folder, given, origins, summary, out },
    cluster: clusterOf(given),
    log: logNow(given, run),
    on: { threads: own.threads ?? run.threads, isolate: own.isolate ?? run.isolate },
    failures: { ...run.request.failures, ...failureSettingsOf(given) },
    allowFailures: run.request.allowFailures || given.allowFailures === true,
    start: (rows, how) => resumeTraining(folder, rows, { ...how, ...paced, ...takeOver, allowModules }),
  };
  const head = { command: 'resume', file: folder, out: out ?? null, kept: true };
  return withLivePage(uiOf(given), head, (live) =>
    run.command === 'train' ? goOnTraining(run, resumed, live) : goOnExtending(run, resumed, live),
  );
}

/** Where the training was recorded, seen from here, unless it is said anew. */
function logNow(given: GivenOptions, { cwd, request: { log } }: RunNote): LogRequest | undefined {
  return logOf(log === undefined ? given : { log: seenFrom(cwd, log.folder), ...given });
}

function noteOf(folder: string, summary: CheckpointSummary): RunNote {
  const run = parseRunNote(summary.note);
  if (run !== null) return run;
  const problem = `The checkpoint ${folder} was made by a program, which goes on with it by \`resumeTraining\``;
  throw new TuttiError('ERR_CHECKPOINT', problem, { folder });
}

async function goOnTraining(
  { cwd, request }: TrainNote,
  resumed: Resumed,
  live: LivePage | null,
): Promise<number> {
  const { folder, given, origins, summary, on, cluster, start, out, log, failures, allowFailures } = resumed;
  if (given.test !== undefined && request.test === undefined)
    failOption('test', 'absent, as the training has no file of test rows', given.test);
  const file = inputNow(folder, 'data', seenFrom(cwd, request.file), given.data);
  const test = request.test && inputNow(folder, 'test', seenFrom(cwd, request.test), given.test);
  if (file === '-' && test === '-') failOption('test', 'a file, as standard input is trained on', '-');
  const modules = modulesOf(summary.plan).map(({ path }) => seenFrom(cwd, path));
  await checkOutput(out, [file, ...(test === undefined ? [] : [test]), ...modules]);
  sayStanding(resumed);
  const pool = endWithProcess(createPool(poolOptions(on, toTrain(summary))));
  const place = await placeOf(cluster, pool, { quiet: given.quiet === true });
  return carryOut({ ...request, file, test, out, log, failures, allowFailures }, start, {
    command: 'resume',
    ...{ pool, place, origins, json: given.json === true, quiet: given.quiet === true, notes: [] },
    ...{ kept: keptRun(folder, file, cluster), membersBefore: summary.finished.length, live },
  });
}

function goOnExtending(
  { cwd, request }: ExtendNote,
  resumed: Resumed,
  live: LivePage | null,
): Promise<number> {
  const { folder, given, origins, summary, on, cluster, start, out, log, failures, allowFailures } = resumed;
  if (given.test !== undefined) failOption('test', 'absent for an extension', given.test);
  const file = inputNow(folder, 'data', seenFrom(cwd, request.file), given.data);
  const bundle = seenFrom(cwd, request.bundle);
  sayStanding(resumed);
  const extension = {
    start,
    members: summary.plan.members.length,
    membersBefore: summary.finished.length,
  };
  return runExtension({ ...request, file, bundle, out, log, failures, allowFailures }, () => extension, {
    command: 'resume',
    ...{ given, on, cluster, origins, json: given.json === true, quiet: given.quiet === true },
    ...{ kept: keptRun(folder, file, cluster), live },
  });
}

function toTrain({ plan, finished }: CheckpointSummary): number {
  return plan.members.length - finished.length;
}

function sayStanding({ folder, given, summary }: Resumed): void {
  if (given.quiet === true) return;
  const { plan, finished, running, failed } = summary;
  const more = [
    ...(running.length === 0 ? [] : [`${running.length} in training`]),
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
  ];
  const standing = [`${finished.length} of ${counted(plan.members.length, 'member')} finished`, ...more];
  note(`Going on with ${folder}: ${standing.join(', ')}`);
}
