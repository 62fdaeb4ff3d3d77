// A member of a task as a job's: its spec from the plan, its state from the store, each held against the other.

import { isDeepStrictEqual } from 'node:util';
import { placeLittleEndian } from '../../bundle/weights.js';
import { stateShape } from '../../engines/wasm/tying.js';
import { TuttiError } from '../../errors.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { isNetwork } from '../../model/network-members.js';
import { reseededStreams } from '../../model/reseed.js';
import { cycleOf, placeInRun } from '../../model/snapshots.js';
import { type EnsemblePlan, hasEpochs, type MemberSpec, type MemberStreams } from '../../model/spec.js';
import type { MemberState } from '../../training/plan/runs.js';
import type { Anchor } from '../../training/plan/tying.js';
import type { GroupMemberJob, Job, MemberJob } from '../../training/session/job.js';
import type { PlannedTraining } from '../../training/session/session.js';
import { stateFloats } from './outcome-check.js';
import type { GetBytes, TaskMember } from './task.js';

/** What of a training a task is held against. */
export type TaskedTraining = Pick<PlannedTraining, 'plan' | 'dataset' | 'reseeds'>;

/** @throws ERR_TASK naming the member when it cannot be one of the training. */
export async function memberOf(
  asked: TaskMember,
  kind: Job['kind'],
  { plan, dataset, reseeds = 0 }: TaskedTraining,
  get: GetBytes,
  slot: number,
): Promise<MemberJob | GroupMemberJob> {
  const { member, until, keepsState, endsGroup } = asked;
  const planned = plan.members[member];
  if (planned === undefined) failMember(member, `where ${plan.members.length} are planned`);
  const spec = withStreams(plan, planned, asked, reseeds);
  const isLockstep = isNetwork(spec) && spec.tying?.mode === 'exact';
  if (isLockstep !== (kind === 'group')) failMember(member, `as a ${kind} of its own`);
  requireEpochs(asked, spec);
  const [from, anchor] = await Promise.all([
    stateOf(asked, spec, dataset, get),
    anchorOf(asked, spec, dataset, get),
  ]);
  const floats = keepsState ? stateFloats(spec, dataset) : null;
  if (keepsState && floats === null) failMember(member, 'whose state nobody keeps');
  const state = floats === null ? null : new Float32Array(allocateShared(4 * floats));
  const job: MemberJob = { kind: 'member', spec, member, slot, from, until, anchor, state };
  return kind === 'group' ? ({ ...job, endsGroup } as GroupMemberJob) : job;
}

/** As planned, or with the streams that a run which began again so often must have. */
function withStreams(
  plan: EnsemblePlan,
  planned: MemberSpec,
  { member, streams }: TaskMember,
  reseeds: number,
): MemberSpec {
  if (isDeepStrictEqual(streams, planned.streams)) return planned;
  const before = planned.streams.reseeds ?? 0;
  const now = streams.reseeds ?? 0;
  const first = member - placeInRun(planned);
  const isDrawn = now > before && now <= before + reseeds;
  const drawn: MemberStreams | null = isDrawn ? reseededStreams(plan, first, now) : null;
  if (!isDeepStrictEqual(streams, drawn)) failMember(member, 'with streams that are not its own');
  return { ...planned, streams };
}

/** From where to where: within its cycle; what has no epochs is fitted at once. */
function requireEpochs({ member, from, until, keepsState }: TaskMember, spec: MemberSpec): void {
  const { first, last } = cycleOf(spec);
  const least = first - 1;
  const before = from?.epoch ?? 0;
  const isRound = isNetwork(spec) && spec.tying?.mode === 'rounds';
  const isWithin = hasEpochs(spec)
    ? until <= last && (from === null ? least === 0 || until === 0 : before >= least && before < until)
    : until === 0 && from === null;
  // Members tied in rounds come by epochs, others by cycles.
  const isWhole = until === last || isRound || !hasEpochs(spec);
  if (!isWithin || !isWhole) failMember(member, `from epoch ${before} to ${until}`);
  const restsThen = hasEpochs(spec) && until < spec.epochs && isNetwork(spec);
  if (keepsState !== restsThen)
    failMember(member, `${keepsState ? 'with' : 'without'} its state at epoch ${until}`);
}

async function stateOf(
  { member, from }: TaskMember,
  spec: MemberSpec,
  dataset: PlannedTraining['dataset'],
  get: GetBytes,
): Promise<MemberState | null> {
  if (from === null) return null;
  const { parameters: digest, ...progress } = from;
  const parameters = floatsFrom(await get(digest), stateFloats(spec, dataset), member);
  return { ...progress, parameters };
}

async function anchorOf(
  { member, anchor }: TaskMember,
  spec: MemberSpec,
  { features, task }: PlannedTraining['dataset'],
  get: GetBytes,
): Promise<Anchor | null> {
  if (anchor === null) return null;
  if (!isNetwork(spec) || spec.tying?.mode !== 'rounds') failMember(member, 'drawn to others');
  const { tied } = stateShape(spec, features, task);
  const length = tied.reduce((sum, own) => sum + own.length, 0);
  return { values: floatsFrom(await get(anchor.values), length, member), memberCount: anchor.memberCount };
}

/** @param length that they must have; null where the member's thread alone knows. */
function floatsFrom(
  bytes: Uint8Array,
  length: number | null,
  member: number,
): Float32Array<SharedArrayBuffer> {
  if (bytes.length % 4 !== 0 || (length !== null && bytes.length !== 4 * length)) {
    failMember(member, `with a state of ${bytes.length} bytes`);
  }
  const floats = new Float32Array(allocateShared(bytes.length));
  placeLittleEndian(floats, 0, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return floats;
}

function failMember(member: number, got: string): never {
  throw new TuttiError('ERR_TASK', `Expected a member of the training, got member ${member} ${got}`, {
    member,
  });
}
