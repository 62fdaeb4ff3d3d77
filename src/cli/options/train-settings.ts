// Everything `tutti train` can be told: its options by section, and how the command line, a config file
// and the defaults become settings.

import type { CalibrationRequest } from '../../calibration/fit-calibration.js';
import type { LoadOptions } from '../../data/load.js';
import { failOption } from '../../errors.js';
import type { IntervalOptions } from '../../measure/correlation/intervals.js';
import type { ResolvedJobOptions } from '../../plan-folder/job-files/job-options.js';
import { gridPoints, type TrainingOptions } from '../../training/options/options.js';
import { parseTrainingOptions } from '../../training/options/training-schema.js';
import { AGGREGATOR_ROW, CLIP_ROW, clipOf } from './averaging-flags.js';
import { CALIBRATION_ROWS, calibrationOf } from './calibration-flags.js';
import { CHECKPOINT_ROWS, type CheckpointFolder, checkpointOf } from './checkpoint-flags.js';
import { type GivenOptions, JSON_ROW, QUIET_ROW } from './command.js';
import { fromConfig, readConfig } from './config-file.js';
import { DATA_ROWS, QUERY_ROWS } from './data-flags.js';
import { FAILURE_ROWS, type FailureSettings, failureSettingsOf } from './failure-flags.js';
import { INTERVAL_ROWS, intervalsOf } from './figure-flags.js';
import { withFolds } from './fold-words.js';
import { jobFlagsOf } from './job-flags.js';
import { LOG_ROWS, type LogRequest, logOf } from './log-flags.js';
import type { OptionOrigins } from './option-origins.js';
import { failUsage, flagOf, type OptionRow } from './option-row.js';
import { POOL_ROWS, type PoolFlags, poolFlagsOf } from './pool-flags.js';
import { presetNotes } from './preset-notes.js';
import { rowsIn } from './rows.js';
import { trainingNames, trainingRows } from './training-flags.js';
import { CLUSTER_ROWS, type ClusterFlags, clusterOf } from './training-place.js';
import { UI_ROWS, type UiFlags, uiOf } from './ui-flags.js';

const run = rowsIn('run');

export const OUT_ROW = run.path('out', 'where to save the ensemble', {
  short: 'o',
  defaultText: 'not saved',
  common: true,
});

export const ALLOW_FAILURES_ROW = run.flag('allowFailures', 'exit with 0 even if some members failed');

/** How a training is measured when it is done. */
const MEASURING_ROWS: readonly OptionRow[] = [
  { ...AGGREGATOR_ROW, group: 'run', common: true },
  ...CALIBRATION_ROWS.map((row): OptionRow => ({ ...row, group: 'run', common: row.name === 'calibrate' })),
  { ...CLIP_ROW, group: 'run' },
  ...INTERVAL_ROWS,
];

const RUN_ROWS: readonly OptionRow[] = [
  ...POOL_ROWS,
  OUT_ROW,
  ...LOG_ROWS,
  ...CHECKPOINT_ROWS,
  ...CLUSTER_ROWS,
  ...UI_ROWS,
  ...FAILURE_ROWS,
  ALLOW_FAILURES_ROW,
  ...MEASURING_ROWS,
];

const CONFIG_ROW = run.path(
  'config',
  'options from a JSON or YAML file, by these names (learningRate: 0.001); flags win, over its grid and members too',
  { short: 'c', common: true },
);

const TEST_ROW = rowsIn('data').path(
  'test',
  'data file of rows to test on, in place of a share; - for standard input',
  { common: true },
);

/** The options of `tutti train`, in the order of its help. */
export function trainRows(): readonly OptionRow[] {
  return [...DATA_ROWS, TEST_ROW, ...trainingRows(), ...RUN_ROWS, CONFIG_ROW, JSON_ROW, QUIET_ROW];
}

/**
 * The options of a training that others carry out later: what makes its members and its file, and not how it is run here.
 * @param own of the command.
 */
export function plannedRows(own: readonly OptionRow[]): readonly OptionRow[] {
  const training = [...DATA_ROWS, TEST_ROW, ...trainingRows()];
  const later = [...FAILURE_ROWS, ALLOW_FAILURES_ROW, ...MEASURING_ROWS];
  return [...own, ...training, ...later, CONFIG_ROW, JSON_ROW, QUIET_ROW];
}

export interface TrainSettings extends PoolFlags {
  readonly data: Omit<LoadOptions, 'seed'>;
  /** The file of rows to test on. */
  readonly test: string | undefined;
  readonly training: TrainingOptions;
  readonly out: string | undefined;
  readonly log: LogRequest | undefined;
  readonly checkpoint: CheckpointFolder | undefined;
  /** Null for a training on this machine. */
  readonly cluster: ClusterFlags | null;
  /** Null for a training that is not watched in a browser. */
  readonly ui: UiFlags | null;
  readonly aggregator: string | undefined;
  /** What is calibrated once it is trained. */
  readonly calibrate: CalibrationRequest | undefined;
  /** Of regressions, when they are measured. */
  readonly clip: { readonly clip?: boolean };
  readonly intervals: Pick<IntervalOptions, 'level' | 'replicates'>;
  readonly failures: FailureSettings;
  readonly allowFailures: boolean;
  /** For whom job files are written, and how; null for none. */
  readonly jobs: ResolvedJobOptions | null;
  readonly json: boolean;
  readonly quiet: boolean;
  /** What the user should know of the merge: each flag that replaces what the file lists. */
  readonly notes: readonly string[];
}

/**
 * Merges the command line over the config file it names, if any, and enters in `origins` what came from the file.
 * @param rows the options there are. @throws ERR_OPTION, ERR_FILE for anything wrong in either.
 */
export async function resolveTrainSettings(
  flags: GivenOptions,
  origins: OptionOrigins,
  rows: readonly OptionRow[] = trainRows(),
): Promise<TrainSettings> {
  const given: GivenOptions = withFolds(flags);
  const fromFile = await fromConfig(given, origins, (path) => readTrainConfig(path, rows));
  if (Array.isArray(fromFile.members) && given.members !== undefined) {
    failOption('members', `absent when ${given.config} lists the members`, given.members);
  }
  const values: Record<string, unknown> = { ...overruled(fromFile, given), ...given };
  if (values.target === undefined)
    failOption('target', 'the name of the column to predict (tutti describe lists them)', undefined);
  const testShare = Number(values.testShare ?? 0);
  if (values.test !== undefined && testShare > 0) failOption('test', 'absent with `testShare`', values.test);
  const dataNames = DATA_ROWS.map(({ name }) => name);
  // Pixels scaled one by one would lose the contrasts that convolutions and tangents live on.
  const scaling = values.image === undefined ? {} : { scaling: 'together' };
  const training = parseTrainingOptions(pick(values, trainingNames()));
  return {
    data: { ...scaling, ...pick(values, [...dataNames, 'preset']) } as unknown as LoadOptions,
    test: values.test as string | undefined,
    training,
    ...poolFlagsOf(values),
    out: values.out as string | undefined,
    log: logOf(values),
    checkpoint: checkpointOf(values),
    cluster: clusterOf(values),
    ui: uiOf(values),
    aggregator: values.aggregator as string | undefined,
    calibrate: calibrationOf(values),
    clip: clipOf(values),
    intervals: intervalsOf(values, values.test !== undefined || testShare > 0),
    failures: failureSettingsOf(values),
    allowFailures: values.allowFailures === true,
    jobs: jobFlagsOf(values),
    json: values.json === true,
    quiet: values.quiet === true,
    notes: [...replacements(fromFile, given), ...untrained(training), ...presetNotes(training.preset)],
  };
}

async function readTrainConfig(path: string, rows: readonly OptionRow[]): Promise<Record<string, unknown>> {
  const keys = rows.filter((row) => row !== CONFIG_ROW);
  const values = withFolds(await readConfig(path, keys, trainingNames()));
  for (const { name } of QUERY_ROWS) {
    if (name in values)
      failUsage(`${path}: Expected \`${name}\` on the command line, in the place of the file of rows`, name);
  }
  // Checked alone first, so that what is wrong in the file is said of the file.
  parseTrainingOptions(pick(values, trainingNames()), path);
  return values;
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

/** A flag that takes the place of an axis of the grid, or of what members of the list have, is worth a word. */
function replacements({ grid = {}, members }: Record<string, unknown>, given: GivenOptions): string[] {
  const listed = Array.isArray(members) ? Object.assign({}, ...members) : {};
  const notesOf = (values: unknown, where: string) =>
    Object.keys(values as object)
      .filter((name) => name in given)
      .map((name) => `${flagOf(name)} replaces what ${given.config} lists in its ${where}`);
  return [...notesOf(grid, 'grid'), ...notesOf(listed, 'members')];
}

/** Points of a grid that no member takes. */
function untrained({ grid, members }: TrainingOptions): string[] {
  if (grid === undefined || typeof members !== 'number') return [];
  const points = gridPoints(grid);
  return members >= points
    ? []
    : [`--members ${members}: of the grid's ${points} points the first ${members} are trained`];
}

/** "The command line wins" reaches into the file's grid and list of members, which would hide a shared option. */
function overruled(config: Record<string, unknown>, given: GivenOptions): Record<string, unknown> {
  const without = (values: object) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !(name in given)));
  const { members, grid, ...rest } = config;
  const kept = grid === undefined ? {} : without(grid as object);
  return {
    ...rest,
    ...(members === undefined ? {} : { members: Array.isArray(members) ? members.map(without) : members }),
    ...(Object.keys(kept).length === 0 ? {} : { grid: kept }),
  };
}
