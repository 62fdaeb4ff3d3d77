// Whether an outcome can be one of a job: what a signed message says is believed no further than its numbers fit, because
// what is believed here is copied into memory that others compute with.

import { contradictionOfStored } from '../../bundle/metadata.js';
import { stateShape } from '../../engines/wasm/tying.js';
import { isNetwork } from '../../model/network-members.js';
import { cycleOf, membersLeft } from '../../model/snapshots.js';
import { hasEpochs, type MemberSpec } from '../../model/spec.js';
import type { SentProgress } from '../../training/plan/progress-form.js';
import type { Job, MemberJob } from '../../training/session/job.js';
import type { PlannedTraining } from '../../training/session/session.js';
import type { SentOutcome } from './schema.js';

/** What contradicts the job in an outcome whose every field is fine, or null. */
export function contradictionOfOutcome(
  outcome: SentOutcome,
  job: MemberJob,
  kind: Job['kind'],
  { dataset }: Pick<PlannedTraining, 'dataset'>,
): string | null {
  const { member, spec, until } = job;
  if (outcome.status === 'stopped') return null;
  if (outcome.status === 'failed')
    return kind === 'group' ? null : `member ${member} fails as one of several`;
  const { progress, history } = outcome;
  const epochs = contradictionOfEpochs(progress, history.epoch, job);
  if (epochs !== null) return epochs;
  if (outcome.status === 'paused') {
    if (!hasEpochs(spec)) return `member ${member}, which has no epochs, is paused`;
    return contradictionOfState(outcome.state, job, dataset);
  }
  const { delivered, ended, state } = outcome;
  if (!ended && progress.epoch !== until) return `member ${member} rests before epoch ${until}`;
  const rests = !ended && job.state !== null;
  if ((state !== null) !== rests) return `member ${member} has ${state === null ? 'no' : 'a'} state`;
  if (state !== null && state !== job.state!.length) return wrongState(member, state, job.state!.length);
  if (!ended && !rests) return `member ${member} is neither over nor at rest`;
  const isComplete = ended || progress.epoch === cycleOf(spec).last;
  const due = isComplete ? membersLeft(spec) : 0;
  if (delivered.length !== due) {
    const got =
      due <= 1 && delivered.length <= 1
        ? due === 1
          ? 'not '
          : ''
        : `${delivered.length} times, not ${due}, `;
    return `member ${member} is ${got}delivered after epoch ${progress.epoch}`;
  }
  for (const [place, { epoch, inBagRows, parameters, modelBytes }] of delivered.entries()) {
    const index = member + place;
    if (epoch > progress.epoch) return `member ${index} has weights of epoch ${epoch}`;
    if (inBagRows > dataset.rows) return `member ${index} has ${inBagRows} of ${dataset.rows} rows in bag`;
    const stored = { index, epoch, inBagRows, parameters, modelBytes, averagingWeight: 1, history };
    const contradiction = contradictionOfStored(stored, spec, dataset.features, dataset.task);
    if (contradiction !== null) return contradiction;
  }
  return null;
}

/** The epochs of the job, each once and in order, to where the member stands. */
export function contradictionOfEpochs(
  { epoch, best }: SentProgress,
  history: readonly number[],
  { member, from, until }: Pick<MemberJob, 'member' | 'from' | 'until'>,
): string | null {
  const before = from?.epoch ?? 0;
  if (epoch < before || epoch > until) return `member ${member} is at epoch ${epoch}`;
  const inOrder = history.length === epoch - before && history.every((own, at) => own === before + 1 + at);
  if (!inOrder) return `the epochs of member ${member} are not those from ${before + 1} to ${epoch}`;
  return best !== null && best.epoch > epoch ? `member ${member} was best in epoch ${best.epoch}` : null;
}

/** Whether a member can rest in so many floats. */
export function contradictionOfState(
  floats: number,
  { member, spec }: Pick<MemberJob, 'member' | 'spec'>,
  dataset: PlannedTraining['dataset'],
): string | null {
  const expected = stateFloats(spec, dataset);
  return expected === null || floats === expected ? null : wrongState(member, floats, expected);
}

/** Floats of a member's state; null where its thread alone knows. */
export function stateFloats(spec: MemberSpec, { features, task }: PlannedTraining['dataset']): number | null {
  return isNetwork(spec) ? stateShape(spec, features, task).lengthFloats : null;
}

function wrongState(member: number, floats: number, expected: number): string {
  return `the state of member ${member} has ${floats} numbers where its spec makes ${expected}`;
}
