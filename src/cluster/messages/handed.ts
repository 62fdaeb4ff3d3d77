// Members in training as their host hands them over, so that another one can go on from there: with all their epochs since
// the task began, because whoever ends it answers for the whole.

import { historyColumns, historyRows } from '../../bundle/metadata.js';
import { progressFrom, sentProgress } from '../../training/plan/progress-form.js';
import type { HandedMember, Job, MemberJob, MemberOutcome } from '../../training/session/job.js';
import { type AnsweredTraining, type JobAnswer, membersOf } from './answer.js';
import { contradictionOfEpochs, contradictionOfState } from './outcome-check.js';
import { Parts, pack, readPacked, UnfitError } from './packed.js';
import type { SentHanded } from './schema.js';

/** The members of a job, in its order, null for those that are over. */
export type HandedMembers = readonly (HandedMember | null)[];

/** @param handed with all epochs since the task began: `history` is not only of what came since the last time. */
export function packHanded(handed: HandedMembers): Uint8Array {
  const members = handed.map(
    (own) =>
      own && {
        history: historyColumns(own.history),
        progress: sentProgress(own.progress),
        state: own.parameters.length,
      },
  );
  const parts = handed.flatMap((own) => (own === null ? [] : [own.parameters]));
  return pack({ members } satisfies SentHanded, parts);
}

/**
 * The reverse of {@link packHanded}, held against the job as the task has it.
 * @param host whose it is, for messages.
 * @throws ERR_TASK naming the host when it cannot be a state of the job.
 */
export async function unpackHanded(
  bytes: Uint8Array,
  job: Job,
  training: AnsweredTraining,
  host: string,
): Promise<HandedMembers> {
  const { handedSchema } = await import('./schema.js');
  const { member } = job;
  const asked = { expected: `a state of member ${member} from host ${host}`, details: { host, member } };
  return readPacked(bytes, handedSchema, asked, (sent, rest) => handedFrom(sent, rest, job, training));
}

function handedFrom(
  { members: sent }: SentHanded,
  rest: Uint8Array,
  job: Job,
  { dataset }: AnsweredTraining,
): HandedMembers {
  const members = membersOf(job);
  if (sent.length !== members.length) throw new UnfitError(`one of ${sent.length} members`);
  for (const [place, own] of sent.entries()) {
    if (own === null) continue;
    const member = members[place]!;
    const { progress, history, state } = own;
    const contradiction =
      contradictionOfEpochs(progress, history.epoch, member) ?? contradictionOfState(state, member, dataset);
    if (contradiction !== null) throw new UnfitError(`one in which ${contradiction}`);
  }
  const parts = new Parts(
    rest,
    sent.reduce((sum, own) => sum + 4 * (own?.state ?? 0), 0),
  );
  return sent.map(
    (own) =>
      own && {
        history: historyRows(own.history),
        progress: progressFrom(own.progress),
        parameters: parts.floats(own.state),
      },
  );
}

/** The rest of a job; null where members of a group are over, whose outcomes nobody has: then it begins as it was asked. */
export function restOfJob(job: Job, handed: HandedMembers): Job | null {
  if (handed.some((own) => own === null)) return null;
  const goOn = <Own extends MemberJob>(member: Own, place: number): Own => {
    const { progress, parameters } = handed[place]!;
    return { ...member, from: { ...progress, parameters } };
  };
  if (job.kind === 'member') return goOn(job, 0);
  return { ...job, members: job.members.map(goOn) };
}

/** The answer to a whole job from that to the rest of it: with the epochs that came before. */
export function wholeAnswer(handed: HandedMembers, answer: JobAnswer): JobAnswer {
  if ('error' in answer) return answer;
  return { outcomes: answer.outcomes.map((outcome, place) => withHistory(outcome, handed[place] ?? null)) };
}

/** Members handed over in the rest of a job, as of the whole. @param since with all epochs of the rest. */
export function wholeHanded(before: HandedMembers, since: HandedMembers): HandedMembers {
  return since.map((own, place) => own && withHistory(own, before[place] ?? null));
}

function withHistory<Own extends MemberOutcome | HandedMember>(own: Own, before: HandedMember | null): Own {
  if (before === null || !('history' in own)) return own;
  return { ...own, history: [...before.history, ...own.history] };
}
