// What `tutti train` says: before (data, task, seed), after (scores, error correlation, where it is saved)
// and as JSON.

import { contentHash } from '../../../bundle/content-hash.js';
import type { SavedEnsemble } from '../../../bundle/save.js';
import { outputCount } from '../../../data/dataset/dataset.js';
import type { LoadedData } from '../../../data/load.js';
import { engineOf } from '../../../engines/registry.js';
import type { FailedMember, TrainedEnsemble } from '../../../ensemble/ensemble.js';
import { memberAccount } from '../../../ensemble/member-account.js';
import { stillImproving } from '../../../ensemble/still-improving.js';
import { quoted } from '../../../files/shell-word.js';
import { largest } from '../../../math/statistics.js';
import { hasEpochs, type MemberSpec } from '../../../model/spec.js';
import { accountLines } from '../../../report/account-text.js';
import { calibrationJson, calibrationLines } from '../../../report/calibration-text.js';
import { type EnsembleReport, ensembleReport } from '../../../report/ensemble-report.js';
import type { Palette } from '../../../report/palette.js';
import { reportJson } from '../../../report/report-json.js';
import { reportLines } from '../../../report/report-text.js';
import { byteSize, counted, duration, figure, grouped } from '../../../report/words.js';
import { isRepeated } from '../../../training/coordinator/failure-policy.js';
import { columnLines, splitCommand } from '../../text/columns-text.js';
import { failureTexts } from '../../text/failure-text.js';
import type { KeptRun, TrainingRequest } from './requests.js';

/** What a training, or more of one, came to. */
export interface KeptOutcome {
  readonly ensemble: TrainedEnsemble;
  readonly out: string | undefined;
  readonly saved: SavedEnsemble | null;
  /** Null for a run that was ended before it had trained all its members. */
  readonly report: EnsembleReport | null;
  readonly interrupted: boolean;
  /** The failure that ended it, as the user wished; null where none did. */
  readonly ending: FailedMember | null;
  /** Members that were there before the run. */
  readonly membersBefore: number;
  /** Whether all its members were trained elsewhere. @default false */
  readonly collected?: boolean;
  /** Null for a run that is not kept in a checkpoint. */
  readonly kept: KeptRun | null;
  /** Why it ran on fewer threads than there are; null where it did not. */
  readonly fewerThreads: string | null;
}

/** Everything there is to say after a training. */
export interface TrainOutcome extends KeptOutcome {
  readonly file: string;
  /** The file of rows to test on. */
  readonly test: string | null;
  readonly data: Pick<LoadedData, 'train' | 'test' | 'taskReason' | 'leftOut' | 'notes'> & {
    readonly table: Pick<LoadedData['table'], 'rows'>;
  };
}

/** The data, the guess about the task and its reason, the seed. @param where it is trained; null where nothing is. */
export function headerLines(data: LoadedData, request: TrainingRequest, where: string | null): string[] {
  const { train, test, taskReason, table } = data;
  const { seed, seedDrawn, test: testFile } = request;
  const { task } = train;
  const what =
    task.kind === 'classification'
      ? `classification, ${outputCount(task)} classes`
      : `regression of ${counted(outputCount(task), 'target')}`;
  const file = table.source;
  const held = test === null || testFile !== undefined ? '' : ` (${test.rows} of them held out to test)`;
  const beside = testFile === undefined ? '' : `; ${testFile}: ${counted(test!.rows, 'row')} to test on`;
  const origin = seedDrawn ? `${seed} (drawn; --seed ${seed} repeats this run)` : `${seed}`;
  return [
    `${file}: ${counted(table.rows, 'row')}${held}, ${counted(train.features, 'feature')}${beside}`,
    ...columnLines(data),
    `${what} (${taskReason}); seed ${origin}${where === null ? '' : `; ${where}`}`,
    ...(held === '' ? [] : [`The held-out rows: ${splitCommand(request.file, request.data, seed)}`]),
  ];
}

/** A line per member that failed, in plan order; of many one for each kind of failure. */
export function failureLines(ensemble: TrainedEnsemble): string[] {
  // That a checkpoint could not be written is no fault of a member.
  const failures = ensemble.failures.filter(({ error }) => error.code !== 'ERR_CHECKPOINT');
  return failureTexts(failures).map(({ index, text }) =>
    /^Member \d/.test(text) ? text : `Member ${index} failed: ${text}`,
  );
}

/** How to have members again whose failures may not happen again. */
export function againLines({ ensemble: { failures }, kept }: KeptOutcome): string[] {
  const again = failures.filter(({ error }) => isRepeated(error.code));
  if (kept === null || again.length === 0) return [];
  const who = again.length === 1 ? `member ${again[0]!.index}` : counted(again.length, 'member');
  return [`${kept.resume} tries ${who} again`];
}

/** What a run that was stopped has left, and how to go on with it. */
export function keptLine(outcome: KeptOutcome): string {
  const { ensemble, saved, out, kept, interrupted, ending } = outcome;
  const { members, plan, complete } = ensemble;
  const ended = interrupted || ending === null ? 'Interrupted' : `Ended, as member ${ending.index} failed,`;
  const finished = `${ended} with ${members.length} of ${counted(plan.members.length, 'member')} finished`;
  if (kept !== null) {
    const file =
      saved === null ? '' : `saved them to ${out}${complete ? ', unmeasured' : ' as incomplete'}; `;
    return `${finished}; ${file}${kept.resume} goes on`;
  }
  if (saved !== null && complete) return `${finished}; saved them to ${out}, unmeasured`;
  if (saved !== null) return `${finished}; saved them to ${out} as incomplete: tutti extend trains the rest`;
  if (out === undefined) return `${finished}; nothing saved, as no --out was given`;
  return `${finished}; nothing saved`;
}

/** The figures of a finished training, and where it went. */
export function summaryLines(outcome: KeptOutcome, palette: Palette): string[] {
  const { ensemble, report, saved, out } = outcome;
  const account = accountLines(memberAccount(ensemble));
  const lines = [palette.bold(trainedLine(outcome)), ...account, ...improvingLines(ensemble), ''];
  const measuredLines = reportLines(report!, palette, false);
  const { calibration } = ensemble;
  const fitted = calibration === null ? [] : calibrationLines(calibration, ensemble.task);
  if (fitted.length > 0) measuredLines.push('', ...fitted);
  if (measuredLines.length > 0) lines.push(...measuredLines);
  else lines.push('No rows out of bag and none held out (--test-share, --test): nothing to measure on');
  if (saved !== null) {
    lines.push('', `Saved ${out} (${byteSize(saved.bytes)})`, `contentHash ${saved.contentHash}`);
    if (measuredLines.length > 0) lines.push(`Every score with its interval: tutti inspect ${quoted(out!)}`);
  }
  return lines;
}

function trainedLine({ ensemble, membersBefore, collected = false }: KeptOutcome): string {
  const { members, plan, wallMs, complete, executors } = ensemble;
  const planned = plan.members.length;
  const more = members.length - membersBefore;
  const noun = planned === 1 ? 'member' : 'members';
  if (collected) {
    const count = complete ? grouped(planned) : `${grouped(members.length)} of ${grouped(planned)}`;
    return `Collected ${count} ${noun} (${[`${plan.arithmetic} arithmetic`, ...executors].join(', ')})`;
  }
  if (more === 0 && complete)
    return `Nothing to train: ${planned === 1 ? 'its one member is' : `all ${grouped(planned)} members are`} there`;
  const count = members.length === planned ? grouped(planned) : `${members.length} of ${planned}`;
  const trained =
    membersBefore === 0 ? `${count} ${noun}` : `${counted(more, 'more member')}, ${count} in all,`;
  const ms = wallMs ?? 0;
  const speed = figure((1000 * more) / ms, 3);
  const how = [`${speed} per second`, `${plan.arithmetic} arithmetic`, ...executors].join(', ');
  return `Trained ${trained} in ${duration(ms)} (${how})`;
}

/** That some members' epochs, or rounds of trees, ended too early, and what would help. */
function improvingLines(ensemble: TrainedEnsemble): string[] {
  const improving = stillImproving(ensemble).map((index) => ensemble.plan.members[index]!);
  return (['epochs', 'rounds'] as const).flatMap((unit) => {
    const own = improving.filter((spec) => unitOf(spec) === unit);
    if (own.length === 0) return [];
    const most = largest(own.map((spec) => (hasEpochs(spec) ? spec.epochs : 0)));
    const who = `${own.length} of ${counted(ensemble.members.length, 'member')}`;
    const were = own.length === 1 ? 'was' : 'were';
    const noun = unit === 'epochs' ? 'epoch' : 'round';
    return [`${who} ${were} still improving when ${counted(most, noun)} ended: try --${unit} ${2 * most}`];
  });
}

function unitOf(spec: MemberSpec): 'epochs' | 'rounds' {
  const { training } = engineOf(spec);
  return training.by === 'epochs' ? (training.unit ?? 'epochs') : 'epochs';
}

/** The one object of `--json`. */
export function trainJson(outcome: TrainOutcome): object {
  const { file, test, data, ensemble } = outcome;
  return {
    file,
    testFile: test,
    task: ensemble.task.kind,
    taskReason: data.taskReason,
    ...namesOf(ensemble),
    rows: data.table.rows,
    trainRows: data.train.rows,
    testRows: data.test?.rows ?? 0,
    leftOut: data.leftOut,
    notes: data.notes,
    ...keptJson(outcome),
  };
}

/** Of that what is not about the file: the members, what was measured of them, and where they are saved. */
export function keptJson(outcome: KeptOutcome): object {
  const { ensemble, saved, report, interrupted, ending, out, membersBefore, kept, fewerThreads } = outcome;
  const { plan, members, failures, complete, wallMs, executors } = ensemble;
  return {
    features: ensemble.features,
    seed: plan.seed,
    arithmetic: plan.arithmetic,
    planned: plan.members.length,
    members: members.length,
    membersBefore,
    account: memberAccount(ensemble),
    complete,
    interrupted,
    endedBy: ending?.index ?? null,
    fewerThreads,
    wallMs,
    executors,
    failures: failures.map(({ index, error: { code, message, details } }) => ({
      index,
      code,
      message,
      details,
    })),
    stillImproving: stillImproving(ensemble),
    contentHash: saved?.contentHash ?? contentHash(ensemble),
    calibration: calibrationJson(ensemble.calibration, ensemble.task),
    checkpoint: kept?.folder ?? null,
    saved: saved === null ? null : { path: out, bytes: saved.bytes },
    ...reportJson(report ?? ensembleReport(ensemble, {})),
  };
}

function namesOf({ task }: TrainedEnsemble): object {
  return task.kind === 'classification' ? { classes: task.classes } : { targets: task.targets };
}
