// What a job came to, as bytes and back: outcomes with all that they leave, or the error that it ended with. Nothing in them
// says where or when, so that hosts which compute the same answer the same bytes.

import { historyColumns, historyRows } from '../../bundle/metadata.js';
import type { WireError } from '../../errors.js';
import { sortedPlain } from '../../files/sorted-plain.js';
import { areFinite } from '../../math/finite.js';
import { progressFrom, sentProgress } from '../../training/plan/progress-form.js';
import type { Job, MemberJob, MemberOutcome } from '../../training/session/job.js';
import type { PlannedTraining } from '../../training/session/session.js';
import { contradictionOfOutcome } from './outcome-check.js';
import { Parts, pack, readPacked, UnfitError } from './packed.js';
import type { SentAnswer, SentOutcome } from './schema.js';

/** Errors travel as values: a member's own is what a job came to. */
export type JobAnswer = { readonly outcomes: readonly MemberOutcome[] } | { readonly error: WireError };

/** What of a training an answer is held against. */
export type AnsweredTraining = Pick<PlannedTraining, 'plan' | 'dataset'>;

/** The members of a job, in its order. */
export function membersOf(job: Job): readonly MemberJob[] {
  return job.kind === 'group' ? job.members : [job];
}

/** @param job whose `state` buffers hold what members rest in. */
export function packAnswer(job: Job, answer: JobAnswer): Uint8Array {
  if ('error' in answer) {
    return pack({ kind: 'error', error: sentError(answer.error) } satisfies SentAnswer, []);
  }
  const parts: (Float32Array | Uint8Array)[] = [];
  const members = membersOf(job);
  const outcomes = answer.outcomes.map((outcome, place) => sentOutcome(outcome, members[place]!, parts));
  return pack({ kind: 'outcomes', outcomes } satisfies SentAnswer, parts);
}

/**
 * The reverse of {@link packAnswer}, held against the job before any of it is believed: lengths, epochs, finite weights.
 * States are put into the job's buffers.
 * @param host whose answer it is, for messages.
 * @param isWanted asked last: where the job was given up meanwhile, its buffers are others' and are left alone.
 * @throws ERR_TASK naming the host when it is no answer to the job.
 */
export async function unpackAnswer(
  bytes: Uint8Array,
  job: Job,
  training: AnsweredTraining,
  host: string,
  isWanted: () => boolean = () => true,
): Promise<JobAnswer> {
  const { answerSchema } = await import('./schema.js');
  const { member } = job;
  const asked = { expected: `an answer of host ${host} for member ${member}`, details: { host, member } };
  return readPacked(bytes, answerSchema, asked, (sent, rest) =>
    answerFrom(sent, rest, job, training, isWanted),
  );
}

function answerFrom(
  sent: SentAnswer,
  rest: Uint8Array,
  job: Job,
  training: AnsweredTraining,
  isWanted: () => boolean,
): JobAnswer {
  if (sent.kind === 'error') {
    new Parts(rest, 0);
    return { error: sent.error };
  }
  const members = membersOf(job);
  if (sent.outcomes.length !== members.length) {
    throw new UnfitError(`${sent.outcomes.length} outcomes for ${members.length} members`);
  }
  for (const [place, outcome] of sent.outcomes.entries()) {
    const contradiction = contradictionOfOutcome(outcome, members[place]!, job.kind, training);
    if (contradiction !== null) throw new UnfitError(`one in which ${contradiction}`);
  }
  const parts = new Parts(
    rest,
    sent.outcomes.reduce((sum, outcome) => sum + bytesOf(outcome), 0),
  );
  const places = isWanted();
  return {
    outcomes: sent.outcomes.map((outcome, place) => {
      const { member, state } = members[place]!;
      return outcomeFrom(outcome, member, places ? state : null, parts);
    }),
  };
}

/** Without its stack, which has the paths of a host. */
function sentError({ code, message, details }: WireError) {
  return { code, message, details: sortedPlain(details) };
}

/** The outcome beside its numbers, which are added to `parts`. */
function sentOutcome(
  outcome: MemberOutcome,
  { state }: MemberJob,
  parts: (Float32Array | Uint8Array)[],
): SentOutcome {
  const { status } = outcome;
  if (status === 'stopped') return { status };
  if (status === 'failed') return { status, error: sentError(outcome.error) };
  const history = historyColumns(outcome.history);
  const progress = sentProgress(outcome.progress);
  if (status === 'paused') {
    parts.push(outcome.parameters);
    return { status, history, progress, state: outcome.parameters.length };
  }
  const { delivered, ended } = outcome;
  for (const { parameters, model } of delivered)
    parts.push(...(model === null ? [parameters] : [parameters, model]));
  const rests = !ended && state !== null;
  if (rests) parts.push(state);
  const described = delivered.map(({ epoch, inBagRows, parameters, model }) => ({
    ...{ epoch, inBagRows, parameters: parameters.length },
    modelBytes: model?.length ?? null,
  }));
  return { status, history, progress, delivered: described, ended, state: rests ? state.length : null };
}

function bytesOf(outcome: SentOutcome): number {
  if (outcome.status === 'paused') return 4 * outcome.state;
  if (outcome.status !== 'advanced') return 0;
  const { delivered, state } = outcome;
  const weights = delivered.map(({ parameters, modelBytes }) => 4 * parameters + (modelBytes ?? 0));
  return weights.reduce((sum, bytes) => sum + bytes, 4 * (state ?? 0));
}

/** @param state where its state is put; null where nobody wants it any more. */
function outcomeFrom(
  sent: SentOutcome,
  member: number,
  state: Float32Array | null,
  parts: Parts,
): MemberOutcome {
  const { status } = sent;
  if (status === 'stopped' || status === 'failed') return sent;
  const history = historyRows(sent.history);
  const progress = progressFrom(sent.progress);
  if (status === 'paused') return { status, history, progress, parameters: parts.floats(sent.state) };
  const { delivered: described, ended } = sent;
  const delivered = described.map(({ parameters, modelBytes, epoch, inBagRows }, place) => ({
    parameters: finite(parts.floats(parameters), member + place),
    model: modelBytes === null ? null : parts.bytes(modelBytes),
    ...{ epoch, inBagRows },
  }));
  if (sent.state !== null) parts.floatsInto(state ?? new Float32Array(sent.state));
  return { status, history, progress, delivered, ended };
}

function finite<Weights extends Float32Array>(weights: Weights, member: number): Weights {
  if (areFinite(weights)) return weights;
  throw new UnfitError(`weights of member ${member} that are no numbers`);
}
